"""The plug-in points of a real project: what its owner adds joins, and what is broken is named."""

import re
from collections.abc import Iterator

import pytest
from newcomer import Newcomer

pytestmark = pytest.mark.projects

BROKEN = ("commands/broken.py", "broken/__init__.py", "broken/plugin.py")
LISTENER = """
import sys

def run_started(run_id, schema):
    print("a run of", schema.path, file=sys.stderr)

def run_failed(run_id, error):
    print("no model by", type(error).__name__, file=sys.stderr)
"""
HEAVY = """
uv run --quiet --all-extras --no-extra spark python - <<'END'
import sys
from late_flights import plugins

plugins.offered("remedy")
print(*{"mlflow", "pyspark", "sklearn"} & sys.modules.keys())
END
"""
NEWEST = """
MLFLOW_TRACKING_URI=sqlite:///mlflow.db uv run --quiet python - <<'END'
import mlflow

print(*mlflow.search_runs(search_all_experiments=True).loc[0, ["status", "tags.data.of"]])
END
"""


@pytest.fixture(scope="module")
def owner(intermediate_owner: Newcomer) -> Newcomer:
    """Return who stands in the intermediate default project."""
    return intermediate_owner


@pytest.fixture
def broken(owner: Newcomer) -> Iterator[None]:
    """Add a command and a plug-in that cannot be imported, while the test lasts."""
    add(owner, dict.fromkeys(BROKEN, "import nothing_like_it\n"))
    yield
    take_away(owner)


@pytest.fixture(scope="module")
def stopped(owner: Newcomer) -> list[str]:
    """Return what is said when the owner of a plug-in stops a run."""
    add(owner, {"watch/__init__.py": "", "watch/plugin.py": LISTENER})
    _, said = owner.stop(".venv/bin/late-flights train", at="fold 1")
    take_away(owner)
    return said


def add(owner: Newcomer, files: dict[str, str]) -> None:
    """Write modules of the package, which nobody commits."""
    for name, text in files.items():
        path = owner.place / "src" / "late_flights" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def take_away(owner: Newcomer) -> None:
    """Take away what was added to the package."""
    owner.type("git clean --quiet --force -dx src")


def test_settings_have_a_prefix_of_their_own(owner: Newcomer) -> None:
    said = owner.fail("LATE_FLIGHTS_ETL_ENGINE=abacus uv run just etl")

    assert "error: there is no engine `abacus`; there are duckdb, spark" in said


def test_asking_plug_ins_imports_no_heavy_library(owner: Newcomer) -> None:
    assert owner.type(HEAVY) == "\n"


def test_a_plug_in_of_the_owner_sees_a_run_that_is_stopped(stopped: list[str]) -> None:
    assert stopped[-2:] == ["no model by KeyboardInterrupt", "interrupted"]


def test_a_run_that_is_stopped_has_what_a_plug_in_noted(
    owner: Newcomer, stopped: list[str]
) -> None:
    assert owner.type(NEWEST).splitlines()[-1] == "KILLED data/raw/flights.csv"


def test_a_command_that_cannot_be_imported_is_named(owner: Newcomer, broken: None) -> None:
    said = owner.fail("uv run late-flights broken")

    assert "commands/broken.py cannot be imported" in said and "nothing_like_it" in said


def test_a_command_that_cannot_be_imported_is_shown_as_such(owner: Newcomer, broken: None) -> None:
    said = owner.type("uv run late-flights --help")

    assert re.search(r"broken\s+Unavailable: ModuleNotFoundError", said)


def test_the_other_commands_work_beside_a_broken_one(owner: Newcomer, broken: None) -> None:
    assert "327,346 rows, up to date" in owner.type("uv run just etl")


def test_a_plug_in_that_cannot_be_imported_is_named_and_the_others_work(
    owner: Newcomer, broken: None
) -> None:
    said = owner.type("uv run just roadmap --json")

    assert "warning: broken/plugin.py cannot be imported: ModuleNotFoundError" in said
    assert '"level": "intermediate"' in said
