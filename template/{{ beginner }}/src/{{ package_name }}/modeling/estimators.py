"""Estimators: which there are, and the pipeline that leads from rows to one of them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from ..configuration import nearest
from ..data.schema import Schema
from ..errors import ProjectError
from . import features

ESTIMATORS: dict[str, dict[str, BaseEstimator]] = {
    "boosting": {
        "classification": HistGradientBoostingClassifier(),
        "regression": HistGradientBoostingRegressor(),
    },
    "linear": {"classification": LogisticRegression(max_iter=1000), "regression": Ridge()},
    "trivial": {"classification": DummyClassifier(), "regression": DummyRegressor()},
}
SCALED = {"linear"}  # features of equal mean and deviation; in ONNX they would mislead trees


def build(
    schema: Schema, estimator: str, parameters: Mapping[str, Any], seed: int, classes: int = 2
) -> Pipeline:
    """Return an unfitted pipeline from rows of a dataset to an answer.

    Args:
        classes: how many different values the target has.

    Raises:
        ProjectError: there is no such estimator, or it has no such parameter.
    """
    if estimator not in ESTIMATORS:
        known = nearest(estimator, ESTIMATORS)
        raise ProjectError(f"estimator `{estimator}` is not known; {known}")
    chosen = clone(ESTIMATORS[estimator][schema.task])
    defaults = chosen.get_params()
    for name in parameters.keys() - defaults.keys():
        raise ProjectError(f"{estimator} has no parameter `{name}`; {nearest(name, defaults)}")
    seeded = {"random_state": seed} if "random_state" in defaults else {}
    chosen.set_params(**{**seeded, **parameters})
    steps = features.steps(schema, classes, estimator in SCALED, seed)
    return Pipeline([*steps, ("estimator", chosen)])


def predict(pipeline: Pipeline, rows: pd.DataFrame) -> pd.DataFrame:
    """Return `prediction`, and `probability_<class>` of a classifier, a line for each row."""
    if not hasattr(pipeline, "predict_proba"):
        return pd.DataFrame({"prediction": pipeline.predict(rows)}, rows.index)
    probability = pipeline.predict_proba(rows)
    names = [f"probability_{name}" for name in pipeline.classes_]
    answers = pd.DataFrame(probability, rows.index, names)
    answers.insert(0, "prediction", pipeline.classes_[probability.argmax(axis=1)])
    return answers
