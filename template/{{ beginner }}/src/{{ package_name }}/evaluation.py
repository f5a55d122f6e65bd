"""Evaluation: how good answers are, next to those of the trivial model."""

from collections.abc import Mapping

import pandas as pd
from sklearn import metrics

from .schema import Schema

HEADLINE = {"classification": "roc_auc", "regression": "rmse"}
LESS_IS_BETTER = {"log_loss", "brier_score", "rmse", "mae", "median_absolute_error"}

Scores = dict[str, float]


def classes(answers: pd.DataFrame) -> list[str]:
    """Return the classes that `answers` gives probabilities of, in the order of its columns."""
    prefix = "probability_"
    names = map(str, answers)
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def positive(schema: Schema, known: list[str]) -> str:
    """Return the class that a binary model looks for: as the schema says, else the last."""
    return schema.positive if schema.positive in known else known[-1]


def score(schema: Schema, answers: pd.DataFrame) -> Scores:
    """Return the metrics of `answers`, by scikit-learn's names.

    Args:
        schema: says which task it was.
        answers: what `model.predict` gives, and the column `target` with the truth.
    """
    if schema.task == "regression":
        return score_numbers(answers["target"], answers["prediction"])
    known = classes(answers)
    if len(known) == 2:
        return score_two_classes(answers, positive(schema, known))
    return score_classes(answers, known)


def score_numbers(truth: pd.Series, answer: pd.Series) -> Scores:
    """Return the metrics of a regression, in the unit of the target but for R²."""
    return {
        "rmse": metrics.root_mean_squared_error(truth, answer),
        "mae": metrics.mean_absolute_error(truth, answer),
        "median_absolute_error": metrics.median_absolute_error(truth, answer),
        "r2": metrics.r2_score(truth, answer),
    }


def score_two_classes(answers: pd.DataFrame, wanted: str) -> Scores:
    """Return the metrics of a binary classification that looks for the class `wanted`."""
    truth = answers["target"] == wanted
    answer = answers["prediction"] == wanted
    probability = answers[f"probability_{wanted}"]
    return {
        "roc_auc": metrics.roc_auc_score(truth, probability),
        "average_precision": metrics.average_precision_score(truth, probability),
        "log_loss": metrics.log_loss(truth, probability),
        "brier_score": metrics.brier_score_loss(truth, probability),
        "accuracy": metrics.accuracy_score(truth, answer),
        "precision": metrics.precision_score(truth, answer, zero_division=0.0),
        "recall": metrics.recall_score(truth, answer),
    }


def score_classes(answers: pd.DataFrame, known: list[str]) -> Scores:
    """Return the metrics of a classification into three classes or more; means are over classes."""
    truth, answer = answers["target"].astype(str), answers["prediction"].astype(str)
    probability = answers[[f"probability_{name}" for name in known]].to_numpy()
    return {
        "roc_auc": metrics.roc_auc_score(truth, probability, multi_class="ovr", labels=known),
        "log_loss": metrics.log_loss(truth, probability, labels=known),
        "accuracy": metrics.accuracy_score(truth, answer),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answer),
        "f1_macro": metrics.f1_score(truth, answer, average="macro"),
    }


def better(metric: str, value: float, other: float) -> bool:
    """Tell whether `value` of a metric is better than an `other` one."""
    return value < other if metric in LESS_IS_BETTER else value > other


def beats_trivial(
    schema: Schema, scores: Mapping[str, float], trivial: Mapping[str, float]
) -> bool:
    """Tell whether a model is better than the one that always gives the same answer."""
    metric = HEADLINE[schema.task]
    return better(metric, scores[metric], trivial[metric])
