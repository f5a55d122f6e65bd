"""The intermediate default project makes its table, and what is joined lifts the model."""

import json
from collections.abc import Iterator

import pytest
from conftest import OWN_TABLE, Checked
from elsewhere import Elsewhere
from newcomer import Newcomer

pytestmark = pytest.mark.projects

LEAST = 0.66  # ROC AUC on the newest fifth
OWN = f"""{OWN_TABLE}uv run just describe data/raw/own.csv --target late
git add --all
git commit --quiet --no-verify --message "Ask about our own data"
"""


@pytest.fixture(scope="module")
def owner(intermediate_owner: Newcomer) -> Newcomer:
    """Return who stands in the intermediate default project."""
    return intermediate_owner


@pytest.fixture
def leaver(owner: Newcomer) -> Iterator[Newcomer]:
    """Return who may leave the example; afterwards it is back."""
    commit = owner.type("git rev-parse HEAD").strip()
    yield owner
    owner.type(f"git reset --quiet --hard {commit} && uv run just etl")


@pytest.fixture(scope="module")
def runs(owner: Newcomer) -> list[str]:
    """Return the run on the flights alone, and the one on the table with what is joined."""
    datasets = ("--dataset config/dataset.yaml", "")
    said = [owner.type(f"uv run --quiet just train --json {each}") for each in datasets]
    return [json.loads(each.splitlines()[-1])["run_id"] for each in said]


def refused(owner: Newcomer, command: str) -> str:
    """Return the last line of a command that fails."""
    return owner.fail(command).splitlines()[-1]


def test_the_project_is_green_as_it_is_generated_and_needs_no_other_machine(
    owner: Newcomer, checked: Checked, elsewhere: Elsewhere
) -> None:
    owner.type(f"{elsewhere.listen()}uv run just check")

    assert elsewhere.asked() == []
    checked(level="intermediate")


def test_setup_has_made_the_table(owner: Newcomer) -> None:
    assert "table.parquet: 327,346 rows, up to date." in owner.type("uv run just etl")


def test_what_is_joined_lifts_the_model_by_more_than_noise(
    owner: Newcomer, runs: list[str]
) -> None:
    said = owner.type(f"uv run --quiet just evaluate --compare --json {' '.join(runs)}")

    found = json.loads(said)
    assert found["scores"][runs[1]]["roc_auc"] >= LEAST
    assert found["intervals"][runs[1]][0] > 0


def test_new_rows_are_joined_as_predict_says(owner: Newcomer, runs: list[str]) -> None:
    owner.type("head -n 101 data/raw/flights.csv | cut -d, -f 1-19 > new.csv")
    command = "just etl --source flights=new.csv --output new.parquet"

    line = refused(owner, "uv run just predict new.csv")

    assert line == f"error: new.csv: there is no column `temp`; `{command}` joins it"
    said = owner.follow(owner.how_to("etl.md", "New rows"))
    assert "100 rows, with their predictions" in said


def test_a_model_of_another_table_is_evidence_and_validation_is_next(
    owner: Newcomer, runs: list[str]
) -> None:
    def following() -> str:
        said = json.loads(owner.type("uv run --quiet just roadmap --json"))
        return str(next(step["next"] for step in said if step["step"] == "1. Data engineering"))

    before = following()
    owner.type("sed -i.old 's/weather.temp as double/& - 32/' config/table.sql")
    owner.type("sed -i.old 's/double - 32)/double) - 32/' config/table.sql && rm config/*.old")
    owner.type("uv run just etl && uv run just train")
    owner.type("git checkout --quiet config && uv run just etl")

    assert "join a column" in before and "expect something of your own" in following()


def test_without_spark_the_message_says_how_to_add_it(owner: Newcomer) -> None:
    line = refused(owner, "uv run just etl --engine spark")

    assert line == "error: pyspark is not installed; `just spark` installs it"


def test_the_example_is_left_by_one_answer(leaver: Newcomer) -> None:
    assert "`just own-data` leaves the example's joins" in leaver.type(OWN)
    assert "table.sql: " in refused(leaver, "uv run just etl")

    leaver.type("uv run just own-data --defaults")

    assert "table.parquet: 300 rows, made in" in leaver.type("uv run just etl")
    assert "300 of 300 rows" in leaver.type("uv run just train")
