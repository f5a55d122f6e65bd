"""The intermediate default project validates its table, and nothing learns from a broken one."""

import json
import re
from collections.abc import Iterable, Iterator

import pytest
from newcomer import Newcomer

pytestmark = pytest.mark.projects

FROM = "from late_flights import settings; from late_flights.tracking import runs"
MODELS = f"uv run --quiet python -c '{FROM}; {{ask}}'"
COUNT = MODELS.format(ask="print(len(runs.finished_runs(settings.load())))")
TAGS = MODELS.format(ask="print(runs.finished_runs(settings.load())[0].data.tags)")
EVIDENCE = MODELS.format(
    ask="from late_flights.validation import plugin; print(plugin.trusted(settings.load()))"
)
TABLE = "data/processed/table.parquet"
CHANGE = """
uv run --quiet python - <<'END'
import pandas as pd
table = pd.read_parquet("kept.parquet")
{change}
table.to_parquet("data/processed/table.parquet")
END
"""
MISTAKES = {  # what is changed, and how the lines begin that tell
    "celsius": ('table["temp"] = (table["temp"] - 32) * 5 / 9', "temp: expect_column_quantile"),
    "kilometres": (
        'table["distance"] = table["distance"].astype(float) * 1.609',
        "distance: expect_column_quantile",
    ),
    "an airport vanished": (
        'table = table[table["origin"] != "JFK"]',
        "origin: expect_column_dist",
    ),
    "a carrier vanished": (
        'table = table[table["carrier"] != "AS"]',
        "carrier: expect_column_dist",
    ),
    "an emptied column": (
        'table["wind_gust"] = float("nan")',
        "wind_gust: expect_column_values_to",
    ),
    "a column that slipped": (
        'table["dest"] = table["dest"].shift()',
        "dest: expect_column_values",
    ),
    "an unknown class": ('table.iloc[0, 19] = "maybe"', "late: expect_column_values_to_be_in"),
    "a month twice": ("table = pd.concat([table, table[:27000]])", "the table: expect_compound"),
}
SLIPPED = {  # by a row: which column, and how the line begins that tells
    "temperatures": ("temp", "the table: expect_column_pair_values_a_to_be_greater_than_b"),
    "distances": ("distance", "distance: expect_column_mean_to_be_between"),
    "aircraft": ("plane_model", "plane_seats: expect_column_mean_to_be_between"),
}
SLIP = 'table["{column}"] = table["{column}"].shift().bfill()'
TWICE = "table = pd.concat([table, table])"
HONEST = {
    "the first nine tenths of the year": 'table = table.sort_values("time_hour")[:294000]',
    "the second half of the year": 'table = table.sort_values("time_hour")[160000:]',
}


@pytest.fixture(scope="module")
def owner(intermediate_owner: Newcomer) -> Newcomer:
    """Return who stands in the intermediate default project and has learnt from its table."""
    how_to = intermediate_owner.how_to("validate.md", "Learn from a good table, once")
    intermediate_owner.follow(how_to)
    return intermediate_owner


@pytest.fixture
def spoilt(owner: Newcomer) -> Iterator[Newcomer]:
    """Return who may change the table and its suite, which are mended afterwards."""
    owner.type(f"cp {TABLE} kept.parquet")
    yield owner
    owner.type(f"mv kept.parquet {TABLE} && git checkout --quiet config")


def test_the_first_time_a_suite_is_learnt_and_the_owner_told(intermediate_owner: Newcomer) -> None:
    said = intermediate_owner.type("rm -f config/expectations.json && uv run just validate")

    assert "expectations.json: learnt from this table; look at it, and commit it" in said
    assert "95 expectations are met" in said


def test_the_pipeline_of_the_how_to_trains_on_a_validated_table(owner: Newcomer) -> None:
    owner.follow(owner.how_to("validate.md", "Validate, then train"))

    assert "'data.validated': '95'" in owner.type(TAGS)
    assert owner.type(EVIDENCE).endswith("None\n")


def complain(owner: Newcomer, changes: Iterable[str]) -> str:
    """Return what is said of a table with all of these changes: it takes seconds each time."""
    owner.type(f"cp {TABLE} kept.parquet")
    owner.type(CHANGE.format(change="\n".join(changes)))
    said = owner.fail("uv run just validate")
    owner.type(f"mv kept.parquet {TABLE}")
    return said


@pytest.fixture(scope="module")
def complaints(owner: Newcomer) -> str:
    """Return what is said of a table with all of the mistakes."""
    return complain(owner, (change for change, _ in MISTAKES.values()))


@pytest.fixture(scope="module")
def complaints_of_slipped(owner: Newcomer) -> str:
    """Return what is said of a table whose columns have slipped, each by itself."""
    return complain(owner, (SLIP.format(column=column) for column, _ in SLIPPED.values()))


@pytest.mark.parametrize("line", [line for _, line in MISTAKES.values()], ids=MISTAKES)
def test_a_mistake_is_found(complaints: str, line: str) -> None:
    assert f"Failed: {line}" in complaints


@pytest.mark.parametrize("line", [line for _, line in SLIPPED.values()], ids=SLIPPED)
def test_a_column_that_slipped_by_a_row_is_found(complaints_of_slipped: str, line: str) -> None:
    assert f"Failed: {line}" in complaints_of_slipped


@pytest.mark.parametrize("airport", ["EWR", "JFK", "LGA"])
def test_the_weather_of_another_airport_is_found(spoilt: Newcomer, airport: str) -> None:
    spoilt.type(f"sed -i \"s/= flights.origin/= '{airport}'/\" config/table.sql && uv run just etl")

    said = spoilt.fail("uv run just validate")

    assert re.search("Failed: (humid|wind_speed): expect_column_mean_to_be_between", said)


def test_the_last_line_has_the_remedy(complaints: str) -> None:
    assert "expectations failed; mend the table; if it is right" in complaints.splitlines()[-1]
    assert "Traceback" not in complaints


def test_the_same_file_twice_is_found(spoilt: Newcomer) -> None:
    spoilt.type(CHANGE.format(change=TWICE))

    assert "Failed: the table: expect_table_row_count" in spoilt.fail("uv run just validate")


@pytest.mark.parametrize("change", HONEST.values(), ids=HONEST)
def test_an_honest_table_passes(spoilt: Newcomer, change: str) -> None:
    spoilt.type(CHANGE.format(change=change))

    assert "95 expectations are met" in spoilt.type("uv run just validate")


def test_a_table_that_fails_trains_nothing(spoilt: Newcomer) -> None:
    before = spoilt.type(COUNT)
    spoilt.type(CHANGE.format(change='table["temp"] *= 10'))

    spoilt.fail("uv run just validate && uv run just train")

    assert spoilt.type(COUNT) == before


def test_a_missing_table_is_made_by_etl(owner: Newcomer) -> None:
    owner.type("mv data/processed data/elsewhere")

    said = owner.fail("uv run just validate")

    owner.type("mv data/elsewhere data/processed")
    assert said.strip().endswith("no such file; `just etl` makes it")


def test_an_expectation_is_added_as_the_how_to_shows(spoilt: Newcomer) -> None:
    page = (spoilt.place / "docs" / "how-to" / "validate.md").read_text()
    (code,) = re.findall("```python\n(.*?)```", page, re.DOTALL)
    (entry,) = re.findall("```json\n(.*?)```", page, re.DOTALL)
    file = spoilt.place / "config" / "expectations.json"
    suite = json.loads(file.read_text())
    suite["expectations"].append(json.loads(entry))
    file.write_text(json.dumps(suite))

    spoilt.type(f".venv/bin/python - <<'END'\n{code}END\nuv run just validate && uv run just train")

    assert "'data.validated': '97'" in spoilt.type(TAGS)
    assert "97 expectations met, of a suite that you edited" in spoilt.type(EVIDENCE)
    assert "was edited; --force" in spoilt.fail("uv run just validate --learn")
