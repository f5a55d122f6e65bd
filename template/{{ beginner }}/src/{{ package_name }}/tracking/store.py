"""The store: where MLflow keeps runs and models, in a file of the project or on a server."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from ..data import files
from ..errors import ProjectError
from ..settings import PREFIX, Settings

FILE = "sqlite:///"
PLACES = {  # where MLflow's tables name the folder of artifacts
    "experiments": "artifact_location",
    "runs": "artifact_uri",
    "logged_models": "artifact_location",
    "model_versions": "storage_location",
}


@contextmanager
def opened(settings: Settings) -> Iterator[str]:
    """Connect to the tracking store, give the experiment's id, put errors in plain words."""
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    uri = settings.tracking_uri
    mlflow.set_tracking_uri(uri)
    try:
        check_sqlite(uri)
        with files.alone(settings.root):  # two runs cannot make a store at once
            experiment_id = experiment(settings)
        yield experiment_id
    except (MlflowException, sqlite3.Error, OSError) as error:
        why, remedy = str(error).partition("\n")[0], f"{PREFIX}TRACKING_URI says which store to use"
        raise ProjectError(f"tracking store {uri}: {why}; {remedy}") from error


def check_sqlite(uri: str) -> None:
    """Raise where a SQLite store cannot be written: MLflow itself would try again for an hour."""
    if uri.startswith(FILE):
        with closing(sqlite3.connect(uri.removeprefix(FILE), timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()


def experiment(settings: Settings) -> str:
    """Return the id of the project's experiment, made on the first run."""
    name, uri = settings.model_name, settings.tracking_uri
    artifacts = (settings.root / "mlartifacts").as_uri() if uri.startswith(FILE) else None
    known = mlflow.get_experiment_by_name(name)
    if known is None:
        return mlflow.create_experiment(name, artifact_location=artifacts)
    store, before = Path(uri.removeprefix(FILE)), known.artifact_location
    ours = store.is_relative_to(settings.root) and before.endswith("/mlartifacts")
    if artifacts and ours and before != artifacts:
        follow(store, before, artifacts)
    return str(known.experiment_id)


def follow(store: Path, before: str, now: str) -> None:
    """Tell a store that its artifacts lie where its project has been moved to."""
    with closing(sqlite3.connect(store)) as database, database:
        for table, column in PLACES.items():
            there = f"rtrim(replace({column} || '/', ?, ?), '/')"
            database.execute(f"UPDATE {table} SET {column} = {there}", (f"{before}/", f"{now}/"))
