"""Airflow runs pipelines: now, when it is time, and on a server; what it starts is gone with it."""

import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
import yaml
from conftest import Start
from elsewhere import Elsewhere
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import PATIENCE, free_port, heard, listening, none_left, tell, wait_until

pytestmark = pytest.mark.projects

ANSWERS = {"level": "intermediate", "orchestrator": "airflow"}
PAGE = "orchestrate.md"
MADE = "data/new/minute.parquet"
MAKE = f"etl --source flights=data/raw/flights.csv --output {MADE}"


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project with Airflow."""
    newcomer = start(questions, **ANSWERS)
    newcomer.type("git add --all && git commit --quiet --allow-empty --message edits")
    return newcomer


@pytest.fixture
def mended(project: Newcomer) -> Iterator[Newcomer]:
    """Give the project to change what runs, and mend it afterwards."""
    yield project
    project.type("git reset --quiet --hard && rm -rf data/new")


def say(
    newcomer: Newcomer, schedule: str | None = None, timeout: int = 600, **pipelines: list[str]
) -> None:
    """Write down the pipelines that there are, each with its steps."""
    told = {name: {"steps": steps, "schedule": schedule} for name, steps in pipelines.items()}
    said = {"pipelines": told, "retries": 0, "timeout": timeout}
    (newcomer.place / "config" / "orchestration.yaml").write_text(yaml.safe_dump(said))


def refused(newcomer: Newcomer, command: str) -> list[str]:
    """Return the lines that a command prints which fails."""
    return newcomer.fail(f'PATH="$PWD/.venv/bin:$PATH"\n{command}').splitlines()


def scheduling(
    newcomer: Newcomer, port: int, variables: str = ""
) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Start what the how-to says."""
    recipe = newcomer.how_to(PAGE, "Let them run by themselves").strip()
    return newcomer.start(f"env {variables} .venv/bin/{recipe} --port {port}")


def none_works_in(folder: Path) -> bool:
    """Tell whether no process works in a folder; Airflow's have names without any path."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if process.readlink() == folder:
                return False
        except OSError:
            continue
    return True


def scheduled(newcomer: Newcomer) -> set[tuple[str, str]]:
    """Return the pipelines that have run by schedule, each with how it went; no other has run."""
    with closing(sqlite3.connect(newcomer.place / ".orchestration" / "airflow.db")) as database:
        found = database.execute("select dag_id, state, run_type from dag_run").fetchall()
    assert {kind for _, _, kind in found} <= {"scheduled"}
    return {(str(name), str(state)) for name, state, _ in found}


def test_pipelines_run_now_and_nothing_goes_elsewhere(
    project: Newcomer, elsewhere: Elsewhere
) -> None:
    said = project.follow(elsewhere.listen() + project.how_to(PAGE, "Run one now"))

    assert "Pipeline training: all steps done." in said
    assert said.splitlines()[-1] == "Pipeline inference: all steps done."
    assert elsewhere.asked() == []


def test_what_differs_with_airflow_is_green(project: Newcomer) -> None:
    project.type("uv run just test -q tests/orchestration")


def test_a_pipeline_may_run_twice_at_once(project: Newcomer) -> None:
    with project.start(".venv/bin/late-flights pipeline training") as process:
        heard(process, "Cross-validate")

        assert "Pipeline training: all steps done." in project.type("uv run just pipeline training")

        heard(process, "Pipeline training: all steps done.")


def test_a_step_that_fails_is_an_error_that_names_it_below_why(mended: Newcomer) -> None:
    say(mended, own=["predict nowhere.csv", MAKE])

    said = refused(mended, "just pipeline own")

    assert said[-2].startswith("error: nowhere.csv: ")
    assert said[-1] == "error: pipeline own: the step predict fails"
    assert not (mended.place / MADE).exists()


def test_a_step_that_airflow_would_skip_has_failed(mended: Newcomer) -> None:
    say(mended, own=["etl"])

    said = refused(mended, """LATE_FLIGHTS_COMMAND="sh -c 'exit 99'" just pipeline own""")

    assert said == ["error: pipeline own: the step etl fails"]


def test_a_step_that_takes_too_long_is_ended(mended: Newcomer) -> None:
    say(mended, timeout=3, own=["train"])

    said = refused(mended, "just pipeline own")

    assert said[-1] == "error: pipeline own: the step train takes too long"
    assert none_left(mended.place)
    assert "RUNNING" not in mended.runs()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_pipeline_that_is_ended_takes_its_step_with_it(
    project: Newcomer, how: signal.Signals
) -> None:
    with project.start(".venv/bin/late-flights pipeline training") as process:
        heard(process, "Cross-validate")

        tell(process, how)

        assert process.wait(PATIENCE) == 130
        assert none_left(project.place)
    assert project.runs()[0] == "KILLED"


def test_a_pipeline_that_was_killed_does_not_go_on(mended: Newcomer) -> None:
    say(mended, own=["train", MAKE])

    with mended.start(".venv/bin/late-flights pipeline own") as process:
        heard(process, "Cross-validate")
        tell(process, signal.SIGKILL)

        assert none_left(mended.place)
    assert not (mended.place / MADE).exists()


def test_pipelines_run_when_it_is_time_until_ctrl_c_and_stop_at_a_step_that_fails(
    mended: Newcomer, elsewhere: Elsewhere
) -> None:
    say(mended, "* * * * *", own=[MAKE], broken=["predict nowhere.csv", f"{MAKE}.never"])
    port = free_port()
    done = {("late_flights.own", "success"), ("late_flights.broken", "failed")}

    with scheduling(mended, port, elsewhere.variables()) as process:
        assert wait_until(lambda: listening(port))
        assert wait_until(lambda: scheduled(mended) >= done)
        tell(process, signal.SIGINT)
        process.wait(PATIENCE)

    assert wait_until(lambda: none_works_in(mended.place))
    assert [path.name for path in (mended.place / MADE).parent.iterdir()] == ["minute.parquet"]
    assert elsewhere.asked() == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_schedule_that_is_ended_takes_everything_with_it(
    project: Newcomer, how: signal.Signals
) -> None:
    port = free_port()

    with scheduling(project, port) as process:
        assert wait_until(lambda: listening(port))
        tell(process, how)

        assert none_left(project.place)
    assert wait_until(lambda: none_works_in(project.place))


def test_an_airflow_of_ones_own_finds_the_pipelines(project: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    server = f'export AIRFLOW_HOME="{tmp_path}" AIRFLOW__CORE__LOAD_EXAMPLES=False\n'
    path = 'export PATH="$PWD/.orchestration/airflow/bin:$PATH"\nairflow db migrate\n'

    said = project.type(
        f"{server}{path}{project.how_to(PAGE, 'On a real server')}airflow dags list --local"
    )

    assert "No data found" in said
    assert "training" in said


def test_a_second_setup_leaves_the_environment_of_airflow_as_it_is(project: Newcomer) -> None:
    made = (project.place / ".orchestration" / "airflow" / "pyvenv.cfg").stat().st_mtime_ns

    project.type("uv run just setup")

    kept = (project.place / ".orchestration" / "airflow" / "pyvenv.cfg").stat().st_mtime_ns
    assert kept == made
