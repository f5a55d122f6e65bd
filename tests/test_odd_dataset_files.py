"""Whatever an owner writes into a dataset file is kept as it is, or refused by its name."""

from pathlib import Path
from typing import Any

import packages
import pandas as pd
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("empty_folder")

FILE = Path("dataset.yaml")
USUAL = {"path": "days.csv", "target": "cones", "task": "regression"}
BASE = yaml.safe_dump({**USUAL, "numeric": ["heat", "rain"], "datetime": {"day": ["month"]}})

columns = st.lists(st.sampled_from("abcdef"), unique=True)


@pytest.mark.parametrize(
    "name",
    ["no", "null", "1", "a: b", "- a", "# a", "größe", "'", '"', " ", "\t", "{a}", "*", "\xa0"],
)
def test_any_name_of_a_column_is_quoted_where_it_must(load: packages.Import, name: str) -> None:
    schema = load("data.schema")
    described = load("data.description").Description(
        schema.Schema(**USUAL, numeric=(name,)), {"cones": "", name: ""}, 20
    )

    FILE.write_text(load("data.dataset_file").compose(described, "days.csv"), encoding="utf-8")

    assert schema.load(FILE) == described.schema


@example("heat " * 1000)
@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_stays_on_one_line_and_comes_back(load: packages.Import, text: str) -> None:
    quoted = load("data.dataset_file").quote(text)

    assert len(quoted.splitlines()) == 1
    assert yaml.safe_load(quoted) == text


@pytest.mark.parametrize("text", ["", "\n# a comment", "größe: 1", "\n# While nobody edits this"])
def test_what_is_not_stamped_is_an_edit(load: packages.Import, text: str) -> None:
    FILE.write_bytes(text.encode("latin-1"))

    assert not load("data.dataset_file").untouched(FILE)


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"numeric": ["heat", "heat"]}, "column `heat` has two roles"),
        ({"datetime": {"day": []}, "identifier": ["day"]}, "column `day` has two roles"),
        ({"categorical": ["sky"], "time": "sky"}, "column `sky` is the time"),
        ({"numeric": ["heat"], "time": "cones"}, "column `cones` is the time"),
        ({}, "no features are named"),
    ],
)
def test_roles_that_contradict_each_other_are_refused(
    load: packages.Import, roles: dict[str, Any], message: str
) -> None:
    FILE.write_text(yaml.safe_dump({**USUAL, **roles}))

    with pytest.raises(load("errors").ProjectError, match=f"^dataset.yaml: {message}"):
        load("data.schema").load(FILE)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("task: guessing", "`task` should be 'classification' or 'regression', not 'guessing'"),
        ("decimal: x", "`decimal` should be '.' or ',', not 'x'"),
        ("separator: ''", "`separator` .* at least 1 character"),
        ("separator: ;;", "`separator` .* at most 1 character, not ';;'"),
        ("drop: rain", "`drop` should be a list of columns, not 'rain'"),
        ("categorical: 5", "`categorical` should be a list of columns, not 5"),
        ("categorical: [1]", r"`categorical.0` should be a valid string, not 1"),
        ("datetime: {day: [weekday]}", "`datetime.day.0` should be .*'dayofweek'.* not 'weekday'"),
        ("entity: [flight]", "`entity` should be a valid string"),
    ],
)
def test_a_wrong_line_is_named_with_its_file(
    load: packages.Import, line: str, message: str
) -> None:
    others = yaml.safe_load(BASE)
    others.pop(line.partition(":")[0], None)
    FILE.write_text(f"{yaml.safe_dump(others)}\n{line}\n")

    with pytest.raises(load("errors").ProjectError, match=f"dataset.yaml: {message}"):
        load("data.schema").load(FILE)


@pytest.mark.parametrize("base", ["table.yaml", "./table.yaml", "inner/../table.yaml"])
def test_a_circle_is_refused_however_it_is_written(load: packages.Import, base: str) -> None:
    Path("inner").mkdir()
    FILE.write_text(f"extends: {base}\n")
    Path("table.yaml").write_text("extends: dataset.yaml\n")

    with pytest.raises(load("errors").ProjectError, match="circle: dataset.yaml -> table.yaml -> "):
        load("data.schema").load(FILE)


def test_a_file_may_extend_one_in_another_folder(load: packages.Import) -> None:
    Path("base").mkdir()
    Path("base/dataset.yaml").write_text(BASE)
    FILE.write_text("extends: base/dataset.yaml\n")

    assert load("data.schema").load(FILE).target == "cones"


@given(base=columns, added=columns, dropped=columns)
def test_a_role_is_what_was_there_and_what_is_added_less_what_is_dropped(
    load: packages.Import, base: list[str], added: list[str], dropped: list[str]
) -> None:
    unite = load("data.schema").unite

    united = unite({"numeric": base}, {"numeric": added, "drop": dropped})

    assert united["numeric"] == [name for name in base + added if name not in dropped]
    assert unite({"numeric": base}, {}) == unite({}, {"numeric": base})


@pytest.mark.parametrize(
    ("task", "answers", "message"),
    [
        (
            "classification",
            [f"kind {number % 10}" for number in range(30)],
            "number of classes = 1",
        ),
        ("regression", [5.0] * 30, "target `cones` has one value in 30 rows"),
    ],
)
def test_a_target_that_cannot_be_learnt_is_refused(
    load: packages.Import, task: str, answers: list[Any], message: str
) -> None:
    schema = load("data.schema").Schema(**{**USUAL, "task": task}, numeric=["heat"])
    rows = pd.DataFrame({"heat": range(30), "cones": answers})

    with pytest.raises(load("errors").ProjectError, match=message):
        load("data.dataset").split(rows, schema, 0.2, seed=0)
