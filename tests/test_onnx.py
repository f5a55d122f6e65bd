"""What follows the first step of a model's pipeline can be exported to ONNX, and answers the same.

Later levels export, explain and serve it so, and may not change a project's `features.py` then.
"""

from typing import Any

import numpy as np
import packages
import pandas as pd
import pytest
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from threadpoolctl import threadpool_limits

ROLES = {
    "numeric": ["distance", "price"],
    "categorical": ["carrier", "dest"],
    "datetime": {"time hour": ["dayofweek", "hour"]},
}
TARGETS = {
    "two classes": "classification",
    "three classes": "classification",
    "number": "regression",
}
LEARNT, ALL = 4_000, 14_000
WITHIN, SHARE = 1e-5, 0.999


def flights() -> pd.DataFrame:
    """Return rows with gaps everywhere; the later ones have categories that the first have not."""
    random = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "distance": random.gamma(2.0, 700.0, ALL).round(),
            "price": random.normal(200.0, 80.0, ALL),
            "carrier": random.choice(list("ABCDEFGH"), ALL),
            "dest": [f"D{number}" for number in random.geometric(0.01, ALL)],
            "time hour": pd.date_range("2013-01-01", periods=ALL, freq="h"),
        }
    )
    rows["number"] = np.log(rows["price"].abs() + 1) + rows["carrier"].eq("A") * random.random(ALL)
    for column in (*ROLES["numeric"], *ROLES["categorical"], *ROLES["datetime"]):
        rows[column] = rows[column].mask(random.random(ALL) < 0.05)
    rows.loc[random.random(ALL) < 0.1 * (rows.index >= LEARNT), "carrier"] = "never seen"
    rows["two classes"] = np.where(rows["number"] > 5.4, "late", "punctual")
    thirds = pd.qcut(rows["number"], 3, labels=["early", "punctual", "late"])
    return rows.assign(**{"three classes": thirds.astype(str)})


def answers(pipeline: Any, rows: pd.DataFrame) -> np.ndarray:
    """Return the probability of each class of each row, or the number."""
    if hasattr(pipeline, "predict_proba"):
        return np.asarray(pipeline.predict_proba(rows))
    return np.asarray(pipeline.predict(rows))[:, np.newaxis]


def exported(pipeline: Any, prepared: pd.DataFrame, texts: list[str]) -> np.ndarray:
    """Return the same by the ONNX graph of what follows the first step."""
    columns = {name: name in texts for name in prepared}
    kinds = {name: StringTensorType if columns[name] else FloatTensorType for name in columns}
    classifies = hasattr(pipeline, "predict_proba")
    graph = to_onnx(
        pipeline[1:],
        initial_types=[(name, kinds[name]([None, 1])) for name in columns],
        options={"zipmap": False} if classifies else None,
    )
    session = InferenceSession(graph.SerializeToString())
    cells = {
        name: prepared[[name]].to_numpy(object if columns[name] else "float32") for name in columns
    }
    feed = dict(zip((each.name for each in session.get_inputs()), cells.values(), strict=True))
    return np.asarray(session.run(None, feed)[1 if classifies else 0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # those of skl2onnx
@pytest.mark.parametrize("estimator", ["boosting", "linear"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_model_answers_the_same_by_onnx(
    load: packages.Import, estimator: str, target: str
) -> None:
    rows = flights()
    learnt, task = rows.iloc[:LEARNT], TARGETS[target]
    schema = load("data.schema").Schema(path="", target=target, task=task, **ROLES)
    classes = learnt[target].nunique()
    pipeline = load("modeling.estimators").build(schema, estimator, {}, 0, classes)
    with threadpool_limits(1):  # threads that wait for each other cost more than they save
        pipeline.fit(learnt[schema.features], learnt[target].to_numpy())
        own = answers(pipeline, rows)
    other = exported(pipeline, pipeline[:1].transform(rows), [*ROLES["categorical"]])

    near = (np.abs(own - other) <= WITHIN).all(axis=1).mean()
    print(f"{estimator}, {target}: {near:.4%} of rows, at most {np.abs(own - other).max():.1e}")
    assert near >= SHARE
