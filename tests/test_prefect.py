"""Prefect runs the pipelines of a project: now, by schedule, and without a trace once ended."""

import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from conftest import Start
from elsewhere import Elsewhere
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import PATIENCE, free_port, heard, none_left, tell, wait_until

pytestmark = pytest.mark.projects


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project, whose steps are tried again without a pause."""
    newcomer = start(questions, level="intermediate")
    newcomer.type("sed -i 's/wait: 60 /wait: 0 /' config/orchestration.yaml")
    newcomer.type("git add --all && git commit --quiet --no-verify --message 'Train quickly'")
    return newcomer


@pytest.fixture
def spoilt(project: Newcomer) -> Iterator[Newcomer]:
    """Give the project to spoil, and mend it afterwards."""
    yield project
    project.type("git checkout --quiet config && uv run just etl")


def scheduling(
    project: Newcomer, port: int | None = None, variables: str = ""
) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Start what runs pipelines when their time has come."""
    schedule = f".venv/bin/late-flights schedule --port {port or free_port()}"
    return project.start(f"env {variables} {schedule}")


def known(server: str, what: str) -> set[str]:
    """Return the names of what a server knows."""
    asking = Request(f"{server}/{what}/filter", b"{}", {"Content-Type": "application/json"})
    with urlopen(asking) as answer:
        return {each["name"] for each in json.load(answer)}


def test_pipelines_run_as_the_how_to_says_and_a_step_of_the_roadmap_is_done(
    project: Newcomer,
) -> None:
    said = project.follow(project.how_to("orchestrate.md", "Run one now"))

    assert "Pipeline training: all steps done." in said
    assert "Pipeline inference: all steps done." in said
    assert len((project.place / "predictions" / "flights.parquet").read_bytes()) > 1000
    project.type("uv run just pipeline training")
    assert '"evidence": "2 models by training"' in project.type("uv run just roadmap --json")


def test_nothing_is_left_of_a_pipeline_and_nothing_goes_elsewhere(
    project: Newcomer, elsewhere: Elsewhere
) -> None:
    project.type(f"{elsewhere.listen()}uv run just pipeline training")

    assert none_left(project.place)
    assert elsewhere.asked() == []
    assert not list((project.machine / "home").rglob("*prefect*"))


def test_after_an_expectation_that_fails_nothing_trains(spoilt: Newcomer) -> None:
    before = spoilt.runs()
    spoilt.type(
        "sed -i 's/^columns: .*/columns: {distance: {minimum: 500}}/' config/validation.yaml"
    )

    said = spoilt.fail("uv run just pipeline training")

    assert said.count("Failed: distance: expect_column_values_to_be_between (") == 2
    assert said.splitlines()[-1].startswith("error: pipeline training: `validate` fails: ")
    assert said.count("Retry 1/1 will start") == 1
    assert "Traceback" not in said
    assert spoilt.runs() == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_pipeline_that_is_ended_takes_its_step_and_its_server_with_it(
    project: Newcomer, how: signal.Signals
) -> None:
    with project.start(".venv/bin/late-flights pipeline training") as process:
        heard(process, "Cross-validate")

        tell(process, how)

        assert process.wait(PATIENCE) == (-how if how is signal.SIGKILL else 130)
    assert none_left(project.place)
    assert project.runs()[0] == "KILLED"


def test_a_table_that_another_run_makes_is_left_to_it(project: Newcomer) -> None:
    folder = project.place / "data" / "processed" / ".table.parquet.making"
    folder.mkdir()
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)

    said = project.fail("uv run just pipeline etl")

    os.close(held)
    assert said.count("another run makes it just now; wait for it") > 1  # it was tried again


def test_a_pipeline_runs_when_its_time_has_come_and_nothing_goes_elsewhere(
    spoilt: Newcomer, elsewhere: Elsewhere
) -> None:
    said = spoilt.place / "config" / "orchestration.yaml"
    said.write_text(said.read_text().replace('"0 2 * * *"', '"* * * * *"'))
    spoilt.type("rm data/processed/table.parquet")

    with scheduling(spoilt, variables=elsewhere.variables()) as process:
        assert heard(process, "etl: ") == "etl: * * * * *\n"
        heard(process, "table.parquet: 2,000 rows, made in")

        tell(process, signal.SIGINT)

        assert process.wait(PATIENCE) == 0
    assert none_left(spoilt.place)
    assert elsewhere.asked() == []


def test_a_schedule_that_is_killed_takes_the_step_that_runs_with_it(project: Newcomer) -> None:
    port = free_port()
    server = f"http://127.0.0.1:{port}/api"

    with scheduling(project, port) as process:
        heard(process, "shows the runs")
        assert wait_until(lambda: "training" in known(server, "deployments"))
        run = ".venv/bin/prefect deployment run late_flights/training"
        project.type(f"PREFECT_API_URL={server} {run}")  # as by its pages
        heard(process, "Cross-validate")

        tell(process, signal.SIGKILL)

    assert none_left(project.place)
    assert project.runs()[0] == "KILLED"


def test_a_schedule_that_nothing_starts_any_more_is_an_error(project: Newcomer) -> None:
    with scheduling(project) as process:
        heard(process, "shows the runs")
        end = f"pkill -f '^{project.place}/\\S+ -m late_flights.orchestration.serving$' || true"
        assert wait_until(lambda: not project.type(end) and process.poll() is not None)

        assert process.wait(PATIENCE) == 1
        assert process.stdout is not None
        assert "error: what starts the pipelines has ended" in process.stdout.read()
    assert none_left(project.place)


def test_a_pipeline_may_run_twice_at_once(project: Newcomer) -> None:
    with project.start(".venv/bin/late-flights pipeline training") as process:
        heard(process, "Cross-validate")

        assert "Pipeline training: all steps done." in project.type("uv run just pipeline training")

        heard(process, "Pipeline training: all steps done.")


def test_pipelines_run_on_a_server_by_the_name_of_the_project(
    project: Newcomer, tmp_path: Path
) -> None:
    port = free_port()
    server = f"http://127.0.0.1:{port}/api"

    with scheduling(project, port) as process:
        heard(process, "shows the runs")
        there = f'PREFECT_API_URL={server} PREFECT_HOME="{tmp_path}"'
        project.type(f"{there} uv run just pipeline etl")

        assert wait_until(lambda: len(known(server, "deployments")) == 3)
        assert known(server, "flows") == {"late_flights"}
        assert known(server, "flow_runs") >= {"etl"}
        assert not list(tmp_path.glob("*.db"))  # of a server of its own
        tell(process, signal.SIGINT)
        process.wait(PATIENCE)


def test_a_server_that_is_not_there_is_named(project: Newcomer) -> None:
    there = "http://127.0.0.1:1/api"

    said = project.fail(f"PREFECT_API_URL={there} uv run just pipeline etl")

    assert said.splitlines()[-1].startswith(f"error: {there}: no server of Prefect answers")
