"""The service of a project, by each adapter: nothing that is sent makes it fail, and it is gone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from conftest import Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import free_port, none_left, wait_until

pytestmark = pytest.mark.projects

ADAPTERS = ("fastapi", "flask", "bentoml")
CHECKS = "not_a_server_error,response_schema_conformance"  # of what is sent, and what comes back
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Served:
    """Who has a project with a model, and the adapter that it answers by."""

    adapter: str
    newcomer: Newcomer


@pytest.fixture(scope="module", params=ADAPTERS)
def served(request: pytest.FixtureRequest, start: Start, questions: Questions) -> Served:
    """Return who has trained a model on few rows."""
    newcomer = start(questions, level="intermediate", serving=request.param)
    newcomer.type("uv run just train")
    return Served(request.param, newcomer)


@contextmanager
def serving(served: Served, recipe: str = "serve") -> Iterator[str]:
    """Give the address of the server that a recipe starts, once it is ready."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    ready = {"serve": "/readyz", "serve-mlflow": "/ping"}[recipe]
    with served.newcomer.start(f".venv/bin/just {recipe} --port {port}") as server:
        Thread(target=server.communicate).start()  # a log that nobody reads would stop it
        assert wait_until(lambda: status(address + ready) == 200)
        yield address
    assert none_left(served.newcomer.place)


def status(address: str) -> int | None:
    """Return the status of an answer, if there is one."""
    try:
        with urlopen(address, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return None


def ask(address: str, question: object | None = None) -> Any:
    """Return what a server answers, in JSON."""
    body = None if question is None else json.dumps(question).encode()
    with urlopen(Request(address, body, JSON), timeout=60) as answer:
        return json.load(answer)


def test_nothing_that_is_sent_makes_it_fail(served: Served) -> None:
    with serving(served) as address:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"]
        how = ["--url", address, "--checks", CHECKS, "--seed", "1", "--max-examples", "100"]
        done = subprocess.run(
            [*command, *how, "--no-color", "--suppress-health-check", "all"],
            cwd=served.newcomer.machine,  # where it keeps what it has found
            capture_output=True,
            text=True,
        )

    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout


def test_the_how_to_works_and_its_answer_is_the_evidence(served: Served) -> None:
    with serving(served) as address:
        page = served.newcomer.how_to("serve.md")
        served.newcomer.follow(page.replace("http://127.0.0.1:8000", address))

    steps = json.loads(served.newcomer.type("uv run just roadmap --json"))
    (found,) = (step["evidence"] for step in steps if step["step"] == "4. Serving")
    assert found == "version 1 answered"


def test_mlflows_own_server_still_answers_the_same(served: Served) -> None:
    with serving(served) as address:
        question = ask(f"{address}/example")
        said = ask(f"{address}/predict", question)["predictions"]

    with serving(served, "serve-mlflow") as address:
        records = {"dataframe_records": question["rows"]}
        predictions = ask(f"{address}/invocations", records)["predictions"]

    assert predictions == [each["prediction"] for each in said]
