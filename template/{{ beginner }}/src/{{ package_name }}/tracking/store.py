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
        remedy = f"{PREFIX}TRACKING_URI says which store to use"
        reason = str(error).partition("\n")[0]
        raise ProjectError(f"tracking store {uri}: {reason}; {remedy}") from error


def check_sqlite(uri: str) -> None:
    """Raise where a SQLite store cannot be written: MLflow itself would try again for an hour."""
    if uri.startswith(FILE):
        with closing(sqlite3.connect(uri.removeprefix(FILE), timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()


def experiment(settings: Settings) -> str:
    """Return the id of the project's experiment, made on the first run.

    Raises:
        ProjectError: the project was moved, and MLflow would still write to where it was.
    """
    root, uri = settings.root, settings.tracking_uri
    artifacts = (root / "mlartifacts").as_uri() if uri.startswith("sqlite:") else None
    known = mlflow.get_experiment_by_name(settings.model_name)
    if known is None:
        return mlflow.create_experiment(settings.model_name, artifact_location=artifacts)
    moved = artifacts and known.artifact_location != artifacts
    if moved and Path(uri.removeprefix(FILE)).is_relative_to(root):
        before = known.artifact_location.removeprefix("file://").removesuffix("/mlartifacts")
        remedy = "move it back, or begin anew: `rm -r mlflow.db mlartifacts`"
        raise ProjectError(f"MLflow kept the runs of this project in {before}; {remedy}")
    return str(known.experiment_id)
