"""Estimators: which there are, and the pipeline that brings rows to one."""

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
SCALED = {"linear"}  # whose features get the same mean and deviation; trees need no scale


def build(
    schema: Schema, estimator: str, parameters: Mapping[str, Any], seed: int, classes: int = 2
) -> Pipeline:
    """Return an unfitted pipeline from rows of a dataset to an answer, in three steps.

    Args:
        classes: how many the target has, if it has any.

    Raises:
        ProjectError: there is no such estimator, or it has no such parameter.
    """
    if estimator not in ESTIMATORS:
        raise ProjectError(
            f"estimator `{estimator}` is not known; {nearest(estimator, list(ESTIMATORS))}"
        )
    template = ESTIMATORS[estimator][schema.task]
    known = template.get_params()
    for name in parameters.keys() - known.keys():
        raise ProjectError(f"{estimator} has no parameter `{name}`; {nearest(name, list(known))}")
    seeded = {"random_state": seed} if "random_state" in known else {}
    return Pipeline(
        [
            ("prepare", features.prepare(schema, classes)),
            ("features", features.encode(schema, classes, estimator in SCALED, seed)),
            ("estimator", clone(template).set_params(**{**seeded, **parameters})),
        ]
    )


def predict(pipeline: Pipeline, rows: pd.DataFrame) -> pd.DataFrame:
    """Return `prediction`, and `probability_<class>` of a classifier, a line for each row."""
    if not hasattr(pipeline, "predict_proba"):
        return pd.DataFrame({"prediction": pipeline.predict(rows)}, index=rows.index)
    probability = pipeline.predict_proba(rows)
    return pd.DataFrame(
        {
            "prediction": pipeline.classes_[probability.argmax(axis=1)],
            **{
                f"probability_{name}": probability[:, i] for i, name in enumerate(pipeline.classes_)
            },
        },
        index=rows.index,
    )
