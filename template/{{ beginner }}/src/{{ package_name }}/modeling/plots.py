"""Plots: pictures of how a model answers, by name."""

from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn import metrics
from sklearn.calibration import CalibrationDisplay
from sklearn.inspection import permutation_importance
from sklearn.pipeline import Pipeline

from ..data.schema import Schema
from . import evaluation

SHUFFLES = 1000  # of columns, in all: each takes an answer for up to 2,000 rows

matplotlib.use("agg")


def draw(schema: Schema, answers: pd.DataFrame) -> dict[str, Axes]:
    """Return the plots of `answers`, which hold the truth as `target`."""
    truth, prediction = answers["target"], answers["prediction"]
    if schema.task == "regression":
        return draw_numbers(truth, prediction)
    known = evaluation.classes(answers)
    confusion = axes("How often is each class taken for which?")
    metrics.ConfusionMatrixDisplay.from_predictions(
        truth.astype(str), prediction.astype(str), labels=known, ax=confusion, cmap="Blues"
    )
    if len(known) != 2:
        return {"confusion_matrix": confusion}
    wanted = evaluation.positive(schema, known)
    curves = draw_curves(truth == wanted, answers[f"probability_{wanted}"], wanted)
    return {**curves, "confusion_matrix": confusion}


def draw_curves(truth: pd.Series, probability: pd.Series, wanted: str) -> dict[str, Axes]:
    """Return the curves of a binary classification that looks for the class `wanted`."""

    def curve(title: str, display: Any, **options: Any) -> Axes:
        drawn = axes(title)
        display.from_predictions(truth, probability, ax=drawn, name="model", **options)
        drawn.set(
            xlabel=drawn.get_xlabel().split(" (")[0], ylabel=drawn.get_ylabel().split(" (")[0]
        )
        return drawn

    chance = {"plot_chance_level": True}
    deciles = {"n_bins": 10, "strategy": "quantile"}
    return {
        "roc_curve": curve(
            f"Finding `{wanted}`: hits, false alarms", metrics.RocCurveDisplay, **chance
        ),
        "precision_recall_curve": curve(
            f"Finding `{wanted}`: how many, how surely", metrics.PrecisionRecallDisplay, **chance
        ),
        "calibration_curve": curve(
            "Do the probabilities mean what they say?", CalibrationDisplay, **deciles
        ),
    }


def draw_numbers(truth: pd.Series, prediction: pd.Series) -> dict[str, Axes]:
    """Return the plots of a regression."""

    def points(title: str, kind: str) -> Axes:
        drawn = axes(title)
        metrics.PredictionErrorDisplay.from_predictions(
            truth, prediction, kind=kind, ax=drawn, random_state=0, scatter_kwargs={"s": 8}
        )
        return drawn

    return {
        "predicted_actual": points("Is it right?", "actual_vs_predicted"),
        "residuals": points("By how much is it wrong?", "residual_vs_predicted"),
    }


def draw_importance(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series, seed: int) -> Axes:
    """Return the plot of how much worse a model gets where a column of `rows` is shuffled.

    It is empty where there are too many columns to shuffle each.
    """
    times = min(5, SHUFFLES // rows.shape[1])
    if not times:
        return axes(f"More than {SHUFFLES:,} columns: which matter was not tried")
    found = permutation_importance(
        pipeline,
        rows,
        target,
        scoring=score,
        n_repeats=times,
        random_state=seed,
        max_samples=min(len(rows), 2000),
    )
    order = found.importances_mean.argsort()[-20:]
    drawn = axes("What does it look at?")
    names = [str(name) for name in rows.columns[order]]
    drawn.barh(names, found.importances_mean[order], xerr=found.importances_std[order])
    drawn.set_xlabel("rise of the loss where the column is shuffled")
    return drawn


def score(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series) -> float:
    """Return the loss of a model on `rows`, negative, so that more is better."""
    if not hasattr(pipeline, "predict_proba"):
        return -float(metrics.root_mean_squared_error(target, pipeline.predict(rows)))
    probability = pipeline.predict_proba(rows)
    return -float(metrics.log_loss(target, probability, labels=pipeline.classes_))


def axes(title: str) -> Axes:
    """Return the axes of a new figure."""
    made = Figure(figsize=(6, 5), layout="constrained").subplots()
    made.set_title(title)
    return made
