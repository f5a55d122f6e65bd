"""The model answers over HTTP as `predict` does, and the server is gone when it is told to go."""

import csv
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from newcomer import Newcomer

pytestmark = pytest.mark.projects

Rows = list[dict[str, Any]]

FORMS: dict[str, Callable[[Rows], object]] = {
    "dataframe_records": lambda rows: rows,
    "dataframe_split": lambda rows: {
        "columns": list(rows[0]),
        "data": [list(row.values()) for row in rows],
    },
}


@dataclass(frozen=True)
class Served:
    """What the server answered in each of MLflow's forms, and whether its port is free again."""

    answers: dict[str, list[str]]
    by_the_how_to: str
    port_is_free: bool


@pytest.fixture(scope="module")
def table(owner: Newcomer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table of flights of the whole year, one without its distance and its carrier."""
    with (owner.place / "data" / "raw" / "flights.csv").open() as file:
        rows = list(islice(csv.DictReader(file), 0, None, 5000))
    rows[0] |= {"distance": "", "carrier": ""}
    path = tmp_path_factory.mktemp("serving") / "flights.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def predicted(owner: Newcomer, table: Path) -> list[str]:
    """Return what `predict` says of each row."""
    output = table.with_name("predicted.csv")
    owner.type(f"uv run just predict '{table}' --output '{output}'")
    with output.open() as file:
        predictions = [row["prediction"] for row in csv.DictReader(file)]
    assert {*predictions} == {"no", "yes"}
    return predictions


@pytest.fixture(scope="module")
def served(owner: Newcomer, table: Path) -> Served:
    """Return what a server said that `just serve` has started, and that is stopped again."""
    with table.open() as file:
        rows = [{name: typed(text) for name, text in row.items()} for row in csv.DictReader(file)]
    port = free_port()
    with serving(owner.place, port) as address:
        answers = {form: ask(address, {form: FORMS[form](rows)}) for form in FORMS}
        page = owner.how_to("ask-over-http.md")
        by_the_how_to = owner.type(page.replace("http://127.0.0.1:5001", address))
    return Served(answers, by_the_how_to, is_free(port))


def typed(text: str) -> str | int | None:
    """Return the cell of a CSV file as MLflow takes it in JSON: a time has no zone, it is UTC."""
    return int(text) if text.isdigit() else text.removesuffix("Z") or None


@contextmanager
def serving(project: Path, port: int) -> Iterator[str]:
    """Give the address of the server that `just serve` starts, and end all that it started."""
    server = subprocess.Popen(
        [".venv/bin/just", "serve", "--port", str(port)],
        cwd=project,
        env={key: os.environ[key] for key in os.environ if key != "VIRTUAL_ENV"},
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: server.poll() is not None or answers(f"{address}/ping"))
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # the child that listens would outlive its parent
        server.wait()
        wait_until(lambda: is_free(port))


def wait_until(happened: Callable[[], bool], seconds: float = 90) -> None:
    """Return once something has happened, or when patience is at its end."""
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.2)


def answers(address: str) -> bool:
    """Tell whether a server answers."""
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def ask(address: str, question: object) -> list[str]:
    """Return the predictions of a server."""
    body, kind = json.dumps(question).encode(), {"Content-Type": "application/json"}
    with urlopen(Request(f"{address}/invocations", body, kind), timeout=60) as answer:
        predictions: list[str] = json.load(answer)["predictions"]
        return predictions


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether nobody listens on a port of this machine."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("form", FORMS)
def test_the_server_answers_what_predict_says(
    served: Served, predicted: list[str], form: str
) -> None:
    assert served.answers[form] == predicted


def test_the_server_answers_the_question_of_the_how_to(served: Served) -> None:
    assert '{"predictions": ["' in served.by_the_how_to


def test_nobody_listens_once_the_server_is_stopped(served: Served) -> None:
    assert served.port_is_free
