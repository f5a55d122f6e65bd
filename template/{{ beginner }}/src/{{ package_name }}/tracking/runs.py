"""Runs: what was tried, on which data, and what came out; kept by MLflow."""

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow
import pandas as pd
from mlflow.data.dataset_source_registry import resolve_dataset_source
from mlflow.data.meta_dataset import MetaDataset
from mlflow.entities import Run

from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from . import provenance, store

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ANSWERS = "holdout.parquet"
Values = dict[str, Any]  # by their names


@contextmanager
def run(settings: Settings) -> Iterator[str]:
    """Track what happens inside as a run and give its id; an interrupted one ends as KILLED."""
    os.environ.pop("MLFLOW_RUN_ID", None)  # a run that another program has begun
    with store.opened(settings) as where, mlflow.start_run(experiment_id=where) as active:
        try:
            yield active.info.run_id
        except KeyboardInterrupt:
            mlflow.end_run("KILLED")
            raise


def log_context(schema: Schema, plan: Values, estimator: Values, source: Path) -> None:
    """Log what a run depends on: parameters, its schema, the data in `source`, the commit.

    Args:
        plan: what the run was told, and how many rows it has.
        estimator: the parameters of the estimator, logged as `estimator.<name>`.
    """
    named = {f"estimator.{name}": value for name, value in estimator.items()}
    named |= {"positive": schema.positive} if schema.positive else {}
    mlflow.log_params({**plan, **named, "task": schema.task, "target": schema.target})
    digest = provenance.fingerprint(source)
    mlflow.set_tags({"data.path": schema.path, "data.sha256": digest, **provenance.commit()})
    with warnings.catch_warnings(action="ignore"):  # MLflow knows local files twice
        origin = resolve_dataset_source(source.absolute().as_uri())
    learnt = MetaDataset(origin, schema.path, digest[:36])  # type: ignore[abstract]  # it is not
    mlflow.log_input(learnt, context="training")
    mlflow.log_dict(schema.model_dump(mode="json"), "dataset.yaml")


def log_scores(name: str, folds: pd.DataFrame, **others: Mapping[str, float]) -> None:
    """Log the scores of folds, a step each, their mean and deviation, and others; name the run."""
    mlflow.set_tag("mlflow.runName", name)
    for number, scores in enumerate(folds.to_dict("records"), start=1):
        mlflow.log_metrics({f"fold_{metric}": scores[metric] for metric in scores}, step=number)
    scores_of: Values = {"cv_mean": folds.mean(), "cv_sd": folds.std(), **others}
    for of, values in scores_of.items():
        mlflow.log_metrics({f"{of}_{name}": values[name] for name in folds})


def log_plots(plots: "Mapping[str, Axes]") -> None:
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
    if run_id is None:
        if newest := finished_runs(settings, count=1):
            return newest[0]
        raise ProjectError("there is no finished run yet; `just train` makes one")
    found = search(settings, f"attributes.run_id LIKE '{run_id}%'", count=2, everywhere=True)
    if len(found) != 1:
        many = "more than one" if found else "no"
        raise ProjectError(f"there is {many} run {run_id}; `just ui` shows all")
    if found[0].info.status != "FINISHED":
        raise ProjectError(f"run {run_id} is {found[0].info.status}; choose a finished one")
    return found[0]


def run_before(run: Run, settings: Settings) -> Run | None:
    """Return the newest finished run before `run` that was judged by the same rows, if any."""
    same = f"tags.holdout = '{run.data.tags.get('holdout')}'"
    older = f" and {same} and attributes.start_time < {run.info.start_time}"
    return next(iter(finished_runs(settings, older, count=1)), None)


def finished_runs(settings: Settings, condition: str = "", count: int = 50_000) -> list[Run]:
    """Return finished runs of the project that meet a condition, the newest first."""
    return search(settings, f"attributes.status = 'FINISHED'{condition}", count)


def search(settings: Settings, condition: str, count: int, everywhere: bool = False) -> list[Run]:
    """Return runs that meet a condition, of the project or `everywhere`, the newest first."""
    with store.opened(settings) as experiment_id:
        return mlflow.search_runs(
            None if everywhere else [experiment_id],
            condition,
            max_results=count,
            search_all_experiments=everywhere,
            output_format="list",
        )


def download(run: Run, artifact: str, settings: Settings) -> Path:
    """Return where an artifact of a run lies on this machine."""
    with store.opened(settings):
        return Path(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/{artifact}"))
