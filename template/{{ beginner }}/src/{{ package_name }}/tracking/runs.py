"""Tracking: the only place that knows MLflow, which keeps runs, artifacts and models."""

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from matplotlib.axes import Axes
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import PREFIX, Settings
from . import provenance

ANSWERS = "holdout.parquet"
FINISHED = "attributes.status = 'FINISHED'"


@contextmanager
def store(settings: Settings) -> Iterator[str]:
    """Connect to the tracking store, give the experiment's id, put errors in plain words."""
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    where = settings.tracking_uri
    mlflow.set_tracking_uri(where)
    try:
        check_sqlite(where)
        yield experiment(settings)
    except (MlflowException, sqlite3.Error, OSError) as error:
        what = str(error).partition("\n")[0]
        reason = f"{what}; {PREFIX}TRACKING_URI says which store to use"
        raise ProjectError(f"tracking store {where}: {reason}") from error


def check_sqlite(where: str) -> None:
    """Raise where a SQLite store cannot be written: MLflow itself would try again for an hour."""
    if where.startswith("sqlite:///"):
        with closing(sqlite3.connect(where.removeprefix("sqlite:///"), timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()


def experiment(settings: Settings) -> str:
    """Return the id of the project's experiment, made on the first run."""
    found = mlflow.get_experiment_by_name(settings.model_name)
    if found is not None:
        return str(found.experiment_id)
    local = settings.tracking_uri.startswith("sqlite:")
    artifacts = (settings.root / "mlartifacts").as_uri() if local else None
    return mlflow.create_experiment(settings.model_name, artifact_location=artifacts)


@contextmanager
def run(settings: Settings) -> Iterator[str]:
    """Track what happens inside as a run and give its id; an interrupted one ends as KILLED."""
    with store(settings) as experiment_id, mlflow.start_run(experiment_id=experiment_id) as active:
        try:
            yield active.info.run_id
        except KeyboardInterrupt:
            mlflow.end_run("KILLED")
            raise


def log_context(schema: Schema, parameters: dict[str, Any], source: Path) -> None:
    """Log what a run depends on: its parameters, its schema, the data in `source`, the commit."""
    mlflow.log_params({**parameters, "task": schema.task, "target": schema.target})
    data = {"data.path": schema.path, "data.sha256": provenance.fingerprint(source)}
    mlflow.set_tags({**data, **provenance.commit()})
    mlflow.log_dict(schema.model_dump(mode="json"), "dataset.yaml")


def log_scores(prefix: str, scores: Mapping[Any, float], step: int | None = None) -> None:
    """Log metrics as `<prefix>_<metric>`."""
    mlflow.log_metrics({f"{prefix}_{name}": value for name, value in scores.items()}, step=step)


def log_plots(plots: Mapping[str, Axes]) -> None:
    """Log each plot as `plots/<name>.png`."""
    for name, axes in plots.items():
        mlflow.log_figure(axes.get_figure(root=True), f"plots/{name}.png")


def log_answers(answers: pd.DataFrame) -> None:
    """Log what a model said of each row of the holdout, beside the truth."""
    mlflow.log_table(answers, ANSWERS)
    mlflow.set_tag("holdout", pd.util.hash_pandas_object(answers["target"].astype(str)).sum())


def find_run(run_id: str | None, settings: Settings) -> Run:
    """Return the finished run whose id is or begins with `run_id`; without one, the newest.

    Raises:
        ProjectError: there is no such run or more than one, or it did not finish.
    """
    with store(settings) as experiment_id:
        if run_id is None:
            if newest := newest_run(experiment_id):
                return newest
            raise ProjectError("there is no finished run yet; `just train` makes one")
        if not run_id.isalnum():
            raise ProjectError(f"{run_id!r} is no id of a run; `just ui` shows them")
        found = search(None, f"attributes.run_id LIKE '{run_id}%'", count=2)
        if len(found) != 1:
            many = "more than one" if found else "no"
            raise ProjectError(f"there is {many} run {run_id}; `just ui` shows all")
        if found[0].info.status != "FINISHED":
            raise ProjectError(f"run {run_id} is {found[0].info.status}; choose a finished one")
        return found[0]


def run_before(run: Run, settings: Settings) -> Run | None:
    """Return the newest finished run before `run` that was judged by the same rows, if any."""
    older = f" and tags.holdout = '{run.data.tags.get('holdout')}' and attributes.start_time < "
    with store(settings) as experiment_id:
        return newest_run(experiment_id, older + str(run.info.start_time))


def newest_run(experiment_id: str, condition: str = "") -> Run | None:
    """Return the newest finished run that meets a condition, if there is one."""
    return next(iter(search(experiment_id, FINISHED + condition, count=1)), None)


def finished_runs(settings: Settings) -> list[Run]:
    """Return every finished run of the project, the newest first."""
    with store(settings) as experiment_id:
        return search(experiment_id, FINISHED)


def search(experiment_id: str | None, condition: str, count: int = 50_000) -> list[Run]:
    """Return runs that meet a condition, of an experiment or of all, the newest first."""
    return mlflow.search_runs(
        [experiment_id] if experiment_id else None,
        condition,
        max_results=count,
        order_by=["attributes.start_time DESC"],
        search_all_experiments=experiment_id is None,
        output_format="list",
    )


def download(run: Run, artifact: str, settings: Settings) -> Path:
    """Return where an artifact of a run lies on this machine."""
    with store(settings):
        return Path(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/{artifact}"))
