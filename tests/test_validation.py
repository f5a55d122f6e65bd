"""The intermediate default project validates its table, and nothing learns from a broken one."""

import json
from collections.abc import Iterator

import pytest
from newcomer import Newcomer

pytestmark = pytest.mark.projects

CHECKED = "data/processed/table.parquet: {held} expectations held, 0 failed; 327,346 rows in"
FROM = "from late_flights import settings; from late_flights.tracking import runs"
MODELS = f"uv run --quiet python -c '{FROM}; {{ask}}'"
COUNT = MODELS.format(ask="print(len(runs.finished_runs(settings.load())))")
TAGS = MODELS.format(ask="print(runs.finished_runs(settings.load())[0].data.tags)")
BREAK = """
sed -i.old 's/cast(weather.temp as double)/100 * &/' config/table.sql && rm config/*.old
uv run just etl
"""
MEND = "git checkout --quiet config && uv run just etl"
OWN = """
sed -i.old 's/^columns: .*/columns: {distance: {minimum: 50}}/' config/validation.yaml
rm config/*.old
uv run just validate
uv run just train
git checkout --quiet config
"""


@pytest.fixture(scope="module")
def owner(intermediate_owner: Newcomer) -> Newcomer:
    """Return who stands in the intermediate default project and has a reference."""
    learn = intermediate_owner.how_to("validate.md", "Take a good table as the reference")
    intermediate_owner.follow(learn)
    return intermediate_owner


@pytest.fixture
def broken(owner: Newcomer) -> Iterator[Newcomer]:
    """Return who has broken the SQL and made the table again; afterwards it is mended."""
    owner.type(BREAK)
    yield owner
    owner.type(MEND)


def steps(owner: Newcomer) -> list[str]:
    """Return the steps of the roadmap that are done."""
    said = json.loads(owner.type("uv run --quiet just roadmap --json"))
    return [step["step"] for step in said if step["done"]]


def test_a_fresh_project_holds_what_its_schema_says(intermediate_owner: Newcomer) -> None:
    said = intermediate_owner.type("uv run just validate")

    assert CHECKED.format(held=38) in said


def test_the_table_holds_what_it_showed(owner: Newcomer) -> None:
    assert CHECKED.format(held=60) in owner.type("uv run just validate")


def test_the_pipeline_of_the_how_to_trains_on_a_validated_table(owner: Newcomer) -> None:
    owner.follow(owner.how_to("validate.md", "Validate, then train"))

    assert "'data.validated': '60'" in owner.type(TAGS)
    assert "1. Data validation" not in steps(owner)


def test_a_broken_table_names_its_column_and_nothing_trains(broken: Newcomer) -> None:
    before = broken.type(COUNT)

    said = broken.fail("uv run just validate && uv run just train")

    assert "Failed: temp: expect_column_values_to_be_between (" in said
    assert "expectations failed in `temp`; mend it" in said.splitlines()[-1]
    assert "Traceback" not in said and broken.type(COUNT) == before


def test_a_missing_table_is_made_by_etl(owner: Newcomer) -> None:
    owner.type("mv data/processed data/elsewhere")

    said = owner.fail("uv run just validate")

    owner.type("mv data/elsewhere data/processed")
    assert said.strip().endswith("no such file; `just etl` makes it")


def test_a_step_is_done_by_an_expectation_of_the_owner(owner: Newcomer) -> None:
    owner.type(OWN)

    assert "1. Data validation" in steps(owner)
