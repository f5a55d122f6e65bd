"""However odd what a model learns from or answers, a project's modeling does not stumble."""

from typing import Any

import numpy as np
import packages
import pandas as pd
import pytest

SOLD_OUT = pd.DataFrame(
    {"target": ["yes", "yes", "no", "no"], "prediction": ["yes", "no", "no", "no"]}
).assign(probability_no=[0.2, 0.6, 0.5, 0.9], probability_yes=[0.8, 0.4, 0.5, 0.1])


def ask(load: packages.Import, task: str = "classification", **roles: Any) -> Any:
    """Return a schema that asks for `y`, of a column `heat` where no role is given."""
    asked = roles or {"numeric": ["heat"]}
    return load("data.schema").Schema(path="", target="y", task=task, **asked)


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize(
    ("column", "roles"),
    [
        (np.full(40, np.nan), {"numeric": ["empty"]}),
        (pd.Series([pd.NaT] * 40), {"datetime": {"empty": ["month"]}}),
        (pd.Series([None] * 40, dtype="category"), {"categorical": ["empty"]}),
    ],
    ids=["number", "date", "category"],
)
def test_a_column_without_any_value_is_the_same_in_every_row(
    load: packages.Import, column: Any, roles: Any, one_hot: bool
) -> None:
    rows, answers = pd.DataFrame({"empty": column}), [number % 3 for number in range(40)]
    question = ask(load, "classification" if one_hot else "regression", **roles)
    (_, prepare), (_, encode) = load("modeling.features").steps(question, 3, False, 0)

    prepared = prepare.fit_transform(rows)
    seen = encode.fit(prepared, answers).transform(prepared)

    assert seen.shape == (40, 1)
    assert len(np.unique(seen)) == 1


def test_every_part_of_a_date_is_known(load: packages.Import) -> None:
    parts = {"year": 2026, "quarter": 3, "month": 9, "day": 27, "dayofweek": 6}
    parts |= {"hour": 16, "minute": 45}
    rows = pd.DataFrame({"day": [pd.Timestamp("2026-09-27 16:45")]})

    seen = pd.DataFrame(load("modeling.features").calendar(rows, {"day": list(parts)}))

    assert seen.loc[0].to_dict() == {f"day.{part}": parts[part] for part in parts}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["yes", "no"])
def test_a_single_class_to_judge_by_leaves_the_headline_open(
    load: packages.Import, name: str
) -> None:
    judged = SOLD_OUT[SOLD_OUT["target"] == name]

    assert np.isnan(load("modeling.evaluation").headline(ask(load), judged))


def test_categories_score_like_texts(load: packages.Import) -> None:
    score = load("modeling.evaluation").score
    categories = SOLD_OUT.astype({"target": "category", "prediction": "category"})

    assert score(ask(load), categories) == score(ask(load), SOLD_OUT)


def test_the_difference_of_a_model_to_itself_is_none(load: packages.Import) -> None:
    difference = load("modeling.evaluation").difference

    assert difference(ask(load), SOLD_OUT, SOLD_OUT, draws=20) == (0, 0)
