"""Prefect runs the pipelines of a project: now, on schedule, and on a server of several."""

import json
import signal
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from conftest import Start
from elsewhere import Elsewhere
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import PATIENCE, free_port, heard, none_left, tell

pytestmark = pytest.mark.projects

FLOWS = "src/late_flights/orchestration/flows.py"
PAGE = "orchestrate.md"


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project, whose steps are tried again without a pause."""
    newcomer = start(questions, level="intermediate")
    newcomer.type(f"sed -i 's/retry_delay_seconds=60/retry_delay_seconds=0/' {FLOWS}")
    newcomer.type("git add --all && git commit --quiet --no-verify --message 'Train quickly'")
    return newcomer


@pytest.fixture
def spoilt(project: Newcomer) -> Iterator[Newcomer]:
    """Give the project to spoil, and mend it afterwards."""
    yield project
    project.type("git checkout --quiet config src")


def known(server: str, what: str) -> set[str]:
    """Return the names of what a server knows."""
    asking = Request(f"{server}/{what}/filter", b"{}", {"Content-Type": "application/json"})
    with urlopen(asking) as answer:
        return {each["name"] for each in json.load(answer)}


def test_pipelines_run_as_the_how_to_says_and_nothing_is_left_nor_goes_elsewhere(
    project: Newcomer, elsewhere: Elsewhere
) -> None:
    project.follow(elsewhere.listen() + project.how_to(PAGE, "Run one now"))

    assert len((project.place / "predictions" / "new.parquet").read_bytes()) > 1000
    assert none_left(project.place)
    assert elsewhere.asked() == []
    assert not list((project.machine / "home").rglob("*prefect*"))


def test_a_step_that_fails_is_tried_again_and_none_runs_after_it(spoilt: Newcomer) -> None:
    before = spoilt.runs()
    spoilt.type("sed -i 's/^rows: .*/rows: nothing/' config/etl.yaml")

    said = spoilt.fail("uv run just pipeline training")

    assert said.count("\nerror: `etl` failed: ") == 1
    assert said.count("Retry 1/1 will start") == 1
    assert "Traceback" not in said
    assert spoilt.runs() == before


def test_ctrl_c_ends_a_pipeline_and_the_next_one_is_evidence(project: Newcomer) -> None:
    with project.start(".venv/bin/just pipeline training") as process:
        heard(process, "Cross-validate")
        tell(process, signal.SIGINT)

        assert process.wait(PATIENCE) == 130
    assert none_left(project.place)
    assert project.runs()[0] == "KILLED"

    project.type("uv run just pipeline training")

    assert '"evidence": "2 models by late_flights.training"' in project.type(
        "uv run just roadmap --json"
    )


def test_a_pipeline_runs_when_its_time_has_come_on_a_server_of_others(
    spoilt: Newcomer, elsewhere: Elsewhere
) -> None:
    port = free_port()
    server = f"http://127.0.0.1:{port}/api"
    spoilt.type(f"sed -i 's/cron=\"0 2/cron=\"* */' {FLOWS}")

    with spoilt.start(f"env {elsewhere.variables()} .venv/bin/just schedule {port}") as process:
        heard(process, "table.parquet: 2,000 rows, up to date")
        assert known(server, "flows") == {
            f"late_flights.{name}" for name in ("etl", "training", "inference")
        }
        assert "is in use" in spoilt.fail(f"uv run just schedule {port}")
        spoilt.type(f"PREFECT_API_URL={server} uv run just pipeline etl")
        assert len(known(server, "flow_runs")) > 1
        tell(process, signal.SIGINT)
        process.wait(PATIENCE)
    assert none_left(spoilt.place)
    assert elsewhere.asked() == []
