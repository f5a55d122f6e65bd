"""Airflow runs pipelines: now, when it is time, and on a server; what it starts is gone with it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from conftest import Checked, Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer, commands
from support import copied

pytestmark = pytest.mark.projects

ANSWERS = {"level": "intermediate", "orchestrator": "airflow"}
JUST_ALONE = "python3 -m venv .venv && .venv/bin/pip install --quiet --upgrade pip rust-just"
MADE = "data/new/minute.parquet"
MAKE = f"etl --source flights=data/raw/flights.csv --output {MADE}"
PATIENCE = 180  # seconds, on a busy machine


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


def page(newcomer: Newcomer, heading: str) -> str:
    """Return the commands of the how-to below one of its headings."""
    text = (newcomer.place / "docs" / "how-to" / "orchestrate.md").read_text()
    return commands(text, heading)


def say(newcomer: Newcomer, name: str, *steps: str, schedule: str | None = None) -> None:
    """Write down the one pipeline that there is."""
    said = {"pipelines": {name: {"steps": [*steps], "schedule": schedule}}, "retries": 0}
    (newcomer.place / "config" / "orchestration.yaml").write_text(yaml.safe_dump(said))


@contextmanager
def scheduling(newcomer: Newcomer, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Give what the how-to says to start, and end it by force if it is still there."""
    recipe = page(newcomer, "Let them run by themselves").strip()
    process = subprocess.Popen(
        [f".venv/bin/{recipe} --port {port}"],
        cwd=newcomer.place,
        env={key: os.environ[key] for key in os.environ if key != "VIRTUAL_ENV"},
        shell=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(happened: Callable[[], bool]) -> bool:
    """Wait until something has happened, and tell whether it has."""
    end = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < end:
        time.sleep(0.5)
    return happened()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def working_in(folder: Path) -> list[str]:
    """Return the processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def listening(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def test_the_check_of_the_project_is_green(project: Newcomer, checked: Checked) -> None:
    project.type("uv run just check")
    checked(**ANSWERS)


def test_a_pipeline_runs_now(project: Newcomer) -> None:
    said = project.follow(page(project, "Run one now"))

    assert said.splitlines()[-1] == "Pipeline etl: all steps done."


def test_a_step_that_fails_is_an_error_that_names_it(mended: Newcomer) -> None:
    say(mended, "broken", "predict nowhere.csv", MAKE)

    with pytest.raises(subprocess.CalledProcessError) as failed:
        mended.follow("just pipeline broken")

    said = failed.value.stdout.splitlines()
    assert said[-1] == "error: pipeline broken: the step predict fails"
    assert "Traceback" not in failed.value.stdout
    assert not (mended.place / MADE).exists()


def test_a_pipeline_runs_when_it_is_time_until_ctrl_c(mended: Newcomer) -> None:
    port = free_port()
    say(mended, "minute", MAKE, schedule="* * * * *")

    with scheduling(mended, port) as process:
        ran = wait_until((mended.place / MADE).exists)
        shown = listening(port)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(PATIENCE)

    assert ran and shown
    assert working_in(mended.place) == []


def test_a_schedule_that_is_killed_takes_everything_with_it(mended: Newcomer) -> None:
    port = free_port()

    with scheduling(mended, port) as process:
        shown = wait_until(lambda: listening(port))
        os.killpg(process.pid, signal.SIGTERM)

    assert shown
    assert wait_until(lambda: working_in(mended.place) == [])


def test_an_airflow_of_ones_own_finds_the_pipelines(
    project: Newcomer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dags").mkdir()
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    server = 'export PATH="$PWD/.orchestration/airflow/bin:$PATH"\nairflow db migrate\n'

    said = project.type(f"{server}{page(project, 'On a real server')}airflow dags list --local")

    assert "No data found" in said
    assert "training" in said


def test_a_second_setup_leaves_the_environment_of_airflow_as_it_is(project: Newcomer) -> None:
    made = (project.place / ".orchestration" / "airflow" / "pyvenv.cfg").stat().st_mtime_ns

    project.type("uv run just setup")

    kept = (project.place / ".orchestration" / "airflow" / "pyvenv.cfg").stat().st_mtime_ns
    assert kept == made


def test_pip_tools_makes_the_environment_of_airflow_too(
    owner: Newcomer, questions: Questions, tmp_path: Path
) -> None:
    place = copied(questions, tmp_path / "p", {**ANSWERS, "packaging": "pip-tools"}).path
    newcomer = Newcomer(owner.machine, place)
    newcomer.type(f"{JUST_ALONE} && .venv/bin/just _orchestration")

    assert newcomer.type(".orchestration/airflow/bin/airflow version").splitlines()[-1] == "3.3.2"
    assert newcomer.type(".venv/bin/just _orchestration") == ""
