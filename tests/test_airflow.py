"""Airflow runs the pipelines of a project: now, on schedule, and on a server of several."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Start
from elsewhere import Elsewhere
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import PATIENCE, free_port, heard, none_left, tell, wait_until

pytestmark = pytest.mark.projects

ANSWERS = {"level": "intermediate", "orchestrator": "airflow"}
PAGE = "orchestrate.md"
LEFT = {"latest", "metrics.json", "plots"}


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project, whose tasks are tried again after seconds.

    After Ctrl-C the recipe gives Airflow three: in these it must not try again.
    """
    newcomer = start(questions, **ANSWERS)
    newcomer.type("sed -i 's/timedelta(minutes=1)/timedelta(seconds=5)/' dags/*.py")
    newcomer.type("git add --all && git commit --quiet --no-verify --message 'Train quickly'")
    return newcomer


@pytest.fixture
def spoilt(project: Newcomer) -> Iterator[Newcomer]:
    """Give the project to spoil, and mend it afterwards."""
    yield project
    project.type("git checkout --quiet config dags")


def scheduled(newcomer: Newcomer) -> set[tuple[str, str]]:
    """Return the pipelines that have run by schedule, each with how it went."""
    with closing(sqlite3.connect(newcomer.place / ".orchestration" / "airflow.db")) as database:
        found = database.execute("select dag_id, state from dag_run where run_type = 'scheduled'")
        return {(str(name), str(state)) for name, state in found}


def test_pipelines_run_as_the_how_to_says_and_nothing_is_left_nor_goes_elsewhere(
    project: Newcomer, elsewhere: Elsewhere
) -> None:
    project.follow(elsewhere.listen() + project.how_to(PAGE, "Run one now"))

    assert len((project.place / "predictions" / "new.parquet").read_bytes()) > 1000
    assert {each.name for each in project.place.glob("models/*")} >= LEFT
    assert "Data and pipelines are up to date" in project.type("uv run just dvc status")
    assert none_left(project.place)
    assert elsewhere.asked() == []


def test_what_differs_with_airflow_is_green(project: Newcomer) -> None:
    project.type("uv run just test -q tests/orchestration")


def test_a_task_that_fails_is_tried_again_and_none_runs_after_it(spoilt: Newcomer) -> None:
    before = spoilt.runs()
    spoilt.type("sed -i 's/^rows: .*/rows: nothing/' config/etl.yaml")

    said = spoilt.fail("uv run just pipeline training")

    assert said.splitlines()[-1] == "DagRun failed"
    assert said.count("late-flights etl") == said.count("\nerror: ") == 2
    assert "Traceback" not in said
    assert spoilt.runs() == before


def test_ctrl_c_ends_a_pipeline_and_the_next_one_runs(project: Newcomer) -> None:
    with project.start(".venv/bin/just pipeline training") as process:
        heard(process, "Cross-validate")
        tell(process, signal.SIGINT)

        assert process.wait(PATIENCE) == 130
    assert none_left(project.place)
    assert project.runs()[0] == "KILLED"

    project.type("uv run just pipeline etl")


def test_pipelines_run_when_it_is_time_until_ctrl_c_and_stop_at_a_task_that_fails(
    spoilt: Newcomer, elsewhere: Elsewhere
) -> None:
    port = free_port()
    spoilt.type("sed -i 's/schedule=[^#]*/schedule=\"* * * * *\",/' dags/etl.py dags/inference.py")
    spoilt.type("rm -rf data/new")
    done = {("late_flights.etl", "success"), ("late_flights.inference", "failed")}

    with spoilt.start(f"env {elsewhere.variables()} .venv/bin/just schedule {port}") as process:
        heard(process, "The runs are on")
        assert "is in use" in spoilt.fail(f"uv run just schedule {port}")
        assert wait_until(lambda: scheduled(spoilt) >= done)
        tell(process, signal.SIGINT)
        process.wait(PATIENCE)

    assert none_left(spoilt.place)
    assert elsewhere.asked() == []


def test_an_airflow_of_ones_own_finds_the_pipelines(project: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    server = f'export AIRFLOW_HOME="{tmp_path}" AIRFLOW__CORE__LOAD_EXAMPLES=False\n'
    path = 'export PATH="$PWD/.orchestration/airflow/bin:$PATH"\nairflow db migrate\n'

    said = project.type(
        f"{server}{path}{project.how_to(PAGE, 'On a real server')}airflow dags list --local"
    )

    assert "No data found" in said
    assert "late_flights.training" in said
