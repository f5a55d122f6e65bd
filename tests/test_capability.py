"""A capability joins a default project by its own files alone, one for each plug-in point."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest
import toy
from mlops_ladder.questions import Questions
from newcomer import Newcomer

pytestmark = pytest.mark.projects

LEVEL_UP = f"""
uv run just level-up {toy.LEVEL} --defaults
uv run just setup
git add --all
git commit --quiet --no-verify --message "Level up"
"""
FLIGHTS = "data/raw/flights.csv"
TABLE = "data/processed/table.parquet"
BROKEN = ("commands/broken.py", "broken/__init__.py", "broken/plugin.py")


@pytest.fixture(scope="module")
def player(start: Callable[[Questions], Newcomer], toy_questions: Questions) -> Newcomer:
    """Return the owner of a small project that has gone up to the toy level."""
    newcomer = start(toy_questions)
    newcomer.type(LEVEL_UP)
    return newcomer


@pytest.fixture(scope="module")
def checked(player: Newcomer) -> str:
    """Return what `just check` says of the grown project."""
    return player.type("uv run just check")


@pytest.fixture(scope="module")
def trained(player: Newcomer) -> list[str]:
    """Return what the toy noted of a training run."""
    said = player.type("uv run just train")
    run_id = re.findall(r"^Run (\w+), registered", said, re.MULTILINE)[0]
    return [line for line in diary(player) if line.startswith(run_id)]


@pytest.fixture
def broken(player: Newcomer) -> Iterator[None]:
    """Add a command and a plug-in that cannot be imported, while the test lasts."""
    package = player.place / "src" / "late_flights"
    (package / "broken").mkdir()
    for name in BROKEN:
        (package / name).write_text("import nothing_like_it\n")
    yield
    for name in BROKEN:
        (package / name).unlink()
    player.type("rm -r src/late_flights/broken")


def diary(player: Newcomer) -> list[str]:
    """Return the lines that the observer of the toy has written."""
    return (player.place / "reports" / "toy.txt").read_text().splitlines()


def refusal(player: Newcomer, command: str) -> str:
    """Return what a command prints that fails."""
    with pytest.raises(subprocess.CalledProcessError) as failed:
        player.type(command)
    return str(failed.value.stdout)


def test_the_grown_project_is_green(checked: str) -> None:
    assert " passed" in checked


def test_a_level_up_does_no_step_of_the_owner(
    player: Newcomer, checked: str, trained: list[str]
) -> None:
    steps = json.loads(player.type("uv run just roadmap --json"))

    done = {step["step"]: step["evidence"] for step in steps if step["done"]}
    assert done == {"7. Play": "1 runs in the diary"}


def test_a_command_and_its_recipe_join(player: Newcomer) -> None:
    assert "The toy is red." in player.type("uv run just play")


def test_setup_ends_in_what_the_level_needs(player: Newcomer) -> None:
    assert "The toy is set up." in player.type("uv run just setup")


def test_settings_have_a_prefix_of_their_own(player: Newcomer) -> None:
    assert "The toy is blue." in player.type("LATE_FLIGHTS_TOY_COLOUR=blue uv run just play")


def test_an_engine_predicts(player: Newcomer, trained: list[str]) -> None:
    player.type(f"uv run just predict {FLIGHTS} --engine toy --output predictions/toy.csv")

    answers = (player.place / "predictions" / "toy.csv").read_text().splitlines()
    assert {line.rpartition(",")[2] for line in answers} == {"prediction", "squeak"}


def test_an_observer_sees_a_run_start_and_finish(trained: list[str]) -> None:
    events = [line.partition(" ")[2] for line in trained]

    assert events == [f"started on {TABLE}", "finished"]


def test_an_observer_sees_a_run_that_its_owner_stops(player: Newcomer) -> None:
    training = subprocess.Popen(
        [".venv/bin/late-flights", "train"],
        cwd=player.place,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert training.stderr is not None
    next(line for line in training.stderr if "fold 1" in line)

    os.killpg(training.pid, signal.SIGINT)

    training.communicate()
    assert diary(player)[-1].endswith("failed by KeyboardInterrupt")


def test_a_command_that_cannot_be_imported_is_named(player: Newcomer, broken: None) -> None:
    said = refusal(player, "uv run late-flights broken")

    assert "commands/broken.py cannot be imported" in said and "nothing_like_it" in said


def test_a_command_that_cannot_be_imported_is_shown_as_such(player: Newcomer, broken: None) -> None:
    said = player.type("uv run late-flights --help")

    assert re.search(r"broken\s+Unavailable: ModuleNotFoundError", said)


def test_the_other_commands_work_beside_a_broken_one(player: Newcomer, broken: None) -> None:
    assert "The toy is red." in player.type("uv run just play")


def test_a_plug_in_that_cannot_be_imported_is_named_and_the_others_work(
    player: Newcomer, broken: None
) -> None:
    said = player.type("uv run just roadmap --json")

    assert "warning: broken/plugin.py cannot be imported: ModuleNotFoundError" in said
    assert '"level": "toy"' in said
