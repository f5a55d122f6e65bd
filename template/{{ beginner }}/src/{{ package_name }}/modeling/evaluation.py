"""Evaluation: how good answers are, next to those of the trivial model."""

import numpy as np
import pandas as pd
from sklearn import metrics

from ..data.schema import Schema

HEADLINE = {"classification": "roc_auc", "regression": "rmse"}
LESS_IS_BETTER = {"log_loss", "brier_score", "rmse", "mae", "median_absolute_error"}
Scores = dict[str, float]


def classes(answers: pd.DataFrame) -> list[str]:
    """Return the classes that `answers` gives probabilities of, in the order of its columns."""
    return [*answers.filter(like="probability_").columns.str.removeprefix("probability_")]


def positive(schema: Schema, known: list[str]) -> str:
    """Return the class that a binary model looks for: as the schema says, else the last."""
    return schema.positive if schema.positive in known else known[-1]


def headline(schema: Schema, answers: pd.DataFrame) -> float:
    """Return the metric that `HEADLINE` names; of many classes, the mean of one against the rest.

    Args:
        answers: what `estimators.predict` gives, and the column `target` with the truth.
    """
    if schema.task == "regression":
        return float(metrics.root_mean_squared_error(answers["target"], answers["prediction"]))
    known = classes(answers)
    truth = answers["target"].astype(str)
    judged = [positive(schema, known)] if len(known) == 2 else known
    scores = [
        metrics.roc_auc_score(truth == name, answers[f"probability_{name}"])
        for name in judged
        if 0 < (truth == name).sum() < len(truth)
    ]
    return float(np.mean(scores)) if scores else float("nan")


def score(schema: Schema, answers: pd.DataFrame) -> Scores:
    """Return the metrics of `answers` by scikit-learn's names, the headline first, then by name."""
    first = {HEADLINE[schema.task]: headline(schema, answers)}
    truth, answer = answers["target"], answers["prediction"]
    if schema.task == "regression":
        return first | {
            "mae": metrics.mean_absolute_error(truth, answer),
            "median_absolute_error": metrics.median_absolute_error(truth, answer),
            "r2": metrics.r2_score(truth, answer),
        }
    truth, answer, known = truth.astype(str), answer.astype(str), classes(answers)
    chances = answers.filter(like="probability_")
    loss = metrics.log_loss(truth, chances, labels=known)
    first["accuracy"] = metrics.accuracy_score(truth, answer)
    if len(known) != 2:
        recall = metrics.recall_score(truth, answer, average="macro", zero_division=np.nan)
        f1 = metrics.f1_score(truth, answer, average="macro")
        return first | {"balanced_accuracy": recall, "f1_macro": f1, "log_loss": loss}
    name = positive(schema, known)
    truth, answer, chance = truth == name, answer == name, answers[f"probability_{name}"]
    return first | {
        "average_precision": metrics.average_precision_score(truth, chance),
        "brier_score": metrics.brier_score_loss(truth, chance),
        "log_loss": loss,
        "precision": metrics.precision_score(truth, answer, zero_division=0.0),
        "recall": metrics.recall_score(truth, answer, zero_division=0.0),
    }


def difference(
    schema: Schema, first: pd.DataFrame, second: pd.DataFrame, draws: int = 1000
) -> tuple[float, float]:
    """Return the 95 % interval of the second headline less the first, by a paired bootstrap.

    Both models answer the same drawn rows, so what is hard for both does not count. Where the
    interval holds zero, the difference may be noise.
    """
    random = np.random.default_rng(0)
    differences = []
    for _ in range(draws):
        rows = random.integers(len(first), size=len(first))
        differences.append(headline(schema, second.iloc[rows]) - headline(schema, first.iloc[rows]))
    low, high = np.nanquantile(differences, [0.025, 0.975])
    return float(low), float(high)


def better(metric: str, value: float, other: float) -> bool:
    """Tell whether `value` of a metric is better than an `other` one."""
    return value < other if metric in LESS_IS_BETTER else value > other
