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

CURVES: dict[str, tuple[str, Any]] = {
    "roc_curve": ("Finding `{}`: hits, false alarms", metrics.RocCurveDisplay),
    "precision_recall_curve": ("Finding `{}`: how many, how sure", metrics.PrecisionRecallDisplay),
    "calibration_curve": ("Do the probabilities mean what they say?", CalibrationDisplay),
}
SAMPLE = 2000  # rows, at most, by which importance is measured
SHUFFLES = 1000  # of columns, in all: each takes an answer for every row of the sample

matplotlib.use("agg")


def draw(schema: Schema, answers: pd.DataFrame) -> dict[str, Axes]:
    """Return the plots of `answers`, which hold the truth as `target`."""
    truth, prediction = answers["target"], answers["prediction"]
    if schema.task == "regression":
        return draw_clouds(truth, prediction)
    known = evaluation.classes(answers)
    matrix = axes("How often is each class taken for which?")
    look: dict[str, Any] = {"labels": known, "cmap": "Blues", "colorbar": False}
    pair = truth.astype(str), prediction.astype(str)
    metrics.ConfusionMatrixDisplay.from_predictions(*pair, ax=matrix, **look)
    if len(known) != 2:
        return {"confusion_matrix": matrix}
    name = evaluation.positive(schema, known)
    curves = draw_curves(truth == name, answers[f"probability_{name}"], name)
    return {**curves, "confusion_matrix": matrix}


def draw_curves(truth: pd.Series, probability: pd.Series, name: str) -> dict[str, Axes]:
    """Return the curves of a binary classification that looks for the class `name`."""
    chance, deciles = {"plot_chance_level": True}, {"n_bins": 10, "strategy": "quantile"}
    curves = {}
    for plot, (title, display) in CURVES.items():
        curve = curves[plot] = axes(title.format(name))
        options = deciles if display is CalibrationDisplay else chance
        display.from_predictions(truth, probability, ax=curve, name="model", **options)
        curve.set_xlabel(curve.get_xlabel().partition(" (")[0])
        curve.set_ylabel(curve.get_ylabel().partition(" (")[0])
    return curves


def draw_clouds(truth: pd.Series, prediction: pd.Series) -> dict[str, Axes]:
    """Return the plots of a regression."""
    right, wrong = axes("Is it right?"), axes("By how much is it wrong?")
    look: dict[str, Any] = {"random_state": 0, "scatter_kwargs": {"s": 8}}
    draw_cloud = metrics.PredictionErrorDisplay.from_predictions
    for kind, cloud in (("actual_vs_predicted", right), ("residual_vs_predicted", wrong)):
        draw_cloud(truth, prediction, kind=kind, ax=cloud, **look)
    return {"predicted_actual": right, "residuals": wrong}


def draw_importance(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series, seed: int) -> Axes:
    """Return the plot of how much worse a model gets where a column of `rows` is shuffled.

    It is empty where there are too many columns to shuffle each.
    """
    times = min(5, SHUFFLES // rows.shape[1])
    if not times:
        return axes(f"More than {SHUFFLES:,} columns: which matter was not tried")
    sample = rows.sample(min(len(rows), SAMPLE), random_state=seed)  # shuffled and unshuffled alike
    how = {"scoring": scorer(pipeline), "n_repeats": times, "random_state": seed}
    importance = permutation_importance(pipeline, sample, target[sample.index], **how)
    order = importance.importances_mean.argsort()[-20:]
    names = [str(name) for name in rows.columns[order]]
    bars = axes("What does it look at?")
    bars.barh(names, importance.importances_mean[order], xerr=importance.importances_std[order])
    bars.set_xlabel("rise of the loss where the column is shuffled")
    return bars


def scorer(pipeline: Pipeline) -> Any:
    """Return what scores a fitted model by its loss, negative, so that more is better."""
    if not hasattr(pipeline, "predict_proba"):
        return "neg_root_mean_squared_error"
    how = {"greater_is_better": False, "response_method": "predict_proba"}
    return metrics.make_scorer(metrics.log_loss, **how, labels=pipeline.classes_)


def axes(title: str) -> Axes:
    """Return the axes of a new figure."""
    empty = Figure(figsize=(6, 5), layout="constrained").subplots()
    empty.set_title(title)
    return empty
