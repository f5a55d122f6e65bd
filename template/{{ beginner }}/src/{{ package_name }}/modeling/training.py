"""Training: cross-validate, fit, judge by the holdout, track and register."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from pydantic import BaseModel, Field
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from .. import plugins
from ..data import dataset
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from ..terminal import Step
from ..tracking import models, runs
from . import estimators, evaluation, plots
from .evaluation import Scores

STEPS_BESIDE_FOLDS = 5


class Training(BaseModel, extra="forbid", frozen=True):
    """What `config/training.yaml` says of a run."""

    estimator: str = "boosting"
    parameters: dict[str, Any] = Field(default={}, exclude=True)  # a run has them all
    folds: int = Field(default=5, ge=2, le=50)
    holdout: float = Field(default=0.2, ge=0.05, le=0.5)
    seed: int = Field(default=0, ge=0, lt=2**32)


@dataclass(frozen=True)
class Outcome:
    """What a run found: scores of each fold, of the holdout, and of the trivial model on it."""

    run_id: str
    version: int
    positive: str | None  # the class to look for, where there are two
    folds: pd.DataFrame
    holdout: Scores
    trivial: Scores
    rows: int
    rows_of: int
    rows_held_out: int
    unanswered: dict[str, int]  # how many rows have no target, by what is written there


def train(schema: Schema, training: Training, settings: Settings, step: Step) -> Outcome:
    """Train on the data of `schema` as `training` says, and register the model.

    Args:
        step: is told what happens, at the start of each of `folds` + `STEPS_BESIDE_FOLDS` steps.

    Raises:
        ProjectError: the data, the configuration or the tracking store is not as it must be.
    """
    step("Read the data")
    source, seed = settings.root / schema.path, training.seed
    split, counts = dataset.take(schema, source, training.holdout, seed)
    schema = dataset.name_positive(schema, split.train)
    classes = split.train[schema.target].nunique()
    pipeline = estimators.build(schema, training.estimator, training.parameters, seed, classes)
    with runs.run(settings) as run_id, plugins.observed(run_id, schema, settings):
        step("Log what the run depends on")
        runs.log_context(schema, counts | training.model_dump(), pipeline[-1].get_params(), source)
        folds = cross_validate(pipeline, split.train, schema, training, step)
        step("Fit on all training rows")
        fit(pipeline, split.train, schema)
        step("Judge by the holdout")
        holdout, trivial = judge(pipeline, split, schema, seed)
        headline = evaluation.HEADLINE[schema.task]
        name = f"{training.estimator}, {headline} {holdout[headline]:.4g}"
        runs.log_scores(name, folds, holdout=holdout, trivial=trivial)
        step("Save and register the model")
        version = models.save(pipeline, schema, split.holdout[schema.features].head(5), settings)
    return Outcome(run_id, version, schema.positive, folds, holdout, trivial, **counts)


def judge(pipeline: Pipeline, split: dataset.Split, schema: Schema, seed: int) -> list[Scores]:
    """Return the scores of a fitted model and of the trivial one; track the answers and plots."""
    rows = split.holdout
    answers = answer(pipeline, rows, schema)
    importance = plots.draw_importance(pipeline, rows[schema.features], rows[schema.target], seed)
    runs.log_plots({**plots.draw(schema, answers), "importance": importance})
    runs.log_answers(answers)
    trivial = fit(estimators.build(schema, "trivial", {}, seed), split.train, schema)
    return [evaluation.score(schema, each) for each in (answers, answer(trivial, rows, schema))]


def fit(pipeline: Pipeline, rows: pd.DataFrame, schema: Schema) -> Pipeline:
    """Fit a pipeline on rows of a dataset, and return it; a refusal is put in plain words."""
    try:
        # threads that learn from fewer rows wait for each other longer than they work
        with threadpool_limits(1 if len(rows) < 1_000_000 else None, user_api="openmp"):
            return pipeline.fit(rows[schema.features], rows[schema.target].to_numpy())
    except ValueError as error:
        raise ProjectError(f"`{schema.target}` cannot be learnt: {error}") from error


def answer(pipeline: Pipeline, rows: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return what a pipeline says of each of `rows`, with its number and the truth.

    A class that the pipeline never saw has no chance: a probability of 0.
    """
    answers = estimators.predict(pipeline, rows[schema.features])
    if schema.task == "classification":
        every = [f"probability_{name}" for name in rows[schema.target].cat.categories]
        answers = answers.reindex(columns=["prediction", *every], fill_value=0.0)
    answers.insert(0, "target", rows[schema.target].to_numpy())
    answers.insert(0, "row", rows.index)
    return answers


def cross_validate(
    pipeline: Pipeline, rows: pd.DataFrame, schema: Schema, training: Training, step: Step
) -> pd.DataFrame:
    """Return the scores of each fold, by a fresh copy of `pipeline`, shape (folds, metrics)."""
    folds = dataset.folds(rows, schema, training.folds, training.seed)
    scores = []
    for number, (learn, judge) in enumerate(folds, start=1):
        step(f"Cross-validate, fold {number} of {training.folds}")
        dataset.check_target(rows.iloc[learn], schema)
        fitted = fit(clone(pipeline), rows.iloc[learn], schema)
        scores.append(evaluation.score(schema, answer(fitted, rows.iloc[judge], schema)))
    return pd.DataFrame(scores, index=range(1, training.folds + 1))
