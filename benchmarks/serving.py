"""How fast a model answers over HTTP: each service, MLflow's server, and the pipeline without any.

All in one run, with the same model and the same rows, and one process each. Clients ask again as
soon as they are answered.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import copier
import psutil
from processes import free_port

from .measure import Report, Row, Workbench, environment, main, run, typical

ADAPTERS = {"fastapi": 15, "flask": 5, "bentoml": 5}  # how many times MLflow's requests, at least
MLFLOW, HELLO = "mlflow models serve", "bare ASGI hello"
IMPORTS = ["-c", "import mlflow, sklearn"]
MLFLOW_COMMAND = [*MLFLOW.split(), "--model-uri=models:/late-flights/latest", "--env-manager=local"]
CLIENTS, SECONDS, LONG = 50, 8, 30
MOST_TIMES_ALONE = 1.3  # of the time that the pipeline takes for a row from JSON
MOST_TIMES_START = 2
MOST_GROWTH = 1.1  # of its memory, under load
ROUNDS = 3

# The rows to ask about, as the services and as MLflow's server take them.
QUESTIONS = """
import json
import sys
from pathlib import Path

import pandas as pd
from late_flights import settings
from late_flights.data import conversion
from late_flights.tracking import models

schema = models.load(None, settings.load()).schema
rows = pd.read_parquet(schema.path)[schema.features].sample(200, random_state=0)
seen = conversion.convert(rows, schema, Path(schema.path))
rows = json.loads(seen.to_json(orient="records", date_format="iso", double_precision=15))
json.dump([{"rows": [row]} for row in rows], open(sys.argv[1], "w"))
json.dump([{"dataframe_records": [row]} for row in rows], open(sys.argv[2], "w"))
"""

# The same rows, from JSON through the pipeline, with nothing between: seconds for each.
PIPELINE = """
import json
import sys
import time
from pathlib import Path

import pandas as pd
from late_flights import settings
from late_flights.data import conversion
from late_flights.modeling import estimators
from late_flights.tracking import models

stored = models.load(None, settings.load())
times = []
for text in map(json.dumps, json.load(open(sys.argv[1]))):
    start = time.perf_counter()
    rows = pd.DataFrame(json.loads(text)["rows"])
    seen = conversion.convert(rows, stored.schema, Path("rows"))
    json.dumps(estimators.predict(stored.pipeline, seen).to_dict("records"))
    times.append(time.perf_counter() - start)
print(json.dumps(times))
"""

HELLO_APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})
"""

# Clients that ask again as soon as they are answered: how long each answer took, and what failed.
CLIENTS_PROGRAM = """
import asyncio
import itertools
import json
import sys
import time

port, path, questions, clients, seconds = sys.argv[1:]
bodies = [json.dumps(each).encode() for each in json.load(open(questions))]
head = "POST {} HTTP/1.1\\r\\nHost: here\\r\\nContent-Type: application/json\\r\\n"
head += "Content-Length: {}\\r\\n\\r\\n"
requests = itertools.cycle([head.format(path, len(body)).encode() + body for body in bodies])
times, failed, end = [], 0, time.perf_counter() + float(seconds)


async def ask():
    global failed
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    while time.perf_counter() < end:
        start = time.perf_counter()
        writer.write(next(requests))
        told = await reader.readuntil(b"\\r\\n\\r\\n")
        length = told.lower().partition(b"content-length:")[2].split()[0]
        await reader.readexactly(int(length))
        times.append(time.perf_counter() - start)
        failed += not told.startswith(b"HTTP/1.1 200")
    writer.close()


async def ask_all():
    await asyncio.gather(*(ask() for _ in range(int(clients))))

asyncio.run(ask_all())
times.sort()
print(json.dumps({"count": len(times), "failed": failed, "p50": times[len(times) // 2],
                  "p99": times[len(times) * 99 // 100]}))
"""


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    process: "subprocess.Popen[bytes]"
    port: int
    path: str
    ready_after: float  # seconds

    def memory(self) -> float:
        """Return what it has in memory, in MB."""
        whole = psutil.Process(self.process.pid)
        return sum(float(each.memory_info().rss) for each in [whole, *whole.children(True)]) / 2**20


@dataclass(frozen=True)
class Answers:
    """What clients were answered."""

    count: int
    failed: int
    p50: float  # seconds
    p99: float
    seconds: float

    @property
    def cost(self) -> float:
        """The milliseconds of one answer, as many at a time as there are clients."""
        return 1000 * self.seconds / self.count


def prepare(bench: Workbench) -> dict[str, Path]:
    """Train a model, and return where the code of each service is; one environment has all."""
    project, folders = bench.intermediate, {}
    run(["uv", "run", "--quiet", "just", "train"], project)
    for adapter in ADAPTERS:
        folders[adapter] = bench.folder / "services" / adapter
        copier.run_copy(
            str(bench.template),
            folders[adapter],
            data={"level": "intermediate", "serving": adapter},
            vcs_ref="HEAD",
            defaults=True,
            quiet=True,
        )
        wanted: list[str | Path] = [
            "--extra",
            "serving",
            "--requirement",
            folders[adapter] / "pyproject.toml",
        ]
        python = str(project / ".venv" / "bin" / "python")
        run(["uv", "pip", "install", "--quiet", "--python", python, *wanted], project)
    run([project / ".venv/bin/python", "-c", QUESTIONS, *questions(bench)], project)
    (bench.folder / "hello.py").write_text(HELLO_APP)
    return folders


def questions(bench: Workbench) -> list[Path]:
    """Return the files with the questions: for the services, and for MLflow's server."""
    return [bench.folder / "questions.json", bench.folder / "mlflow.json"]


@contextmanager
def served(
    bench: Workbench, command: list[str], path: str, source: Path | None
) -> Iterator[Server]:
    """Start a server of the project, its code from `source`, and end all that it started."""
    port, programs = free_port(), bench.intermediate / ".venv" / "bin"
    told = {
        "MLFLOW_TRACKING_URI": "sqlite:///mlflow.db",
        "OMP_NUM_THREADS": "1",
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(source / "src" if source else bench.folder),
    }
    start = time.perf_counter()
    process = subprocess.Popen(
        [programs / command[0], *command[1:], "--port", str(port)],
        cwd=bench.intermediate,
        env=environment() | told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not ready(f"http://127.0.0.1:{port}"):
            if process.poll() is not None:
                raise RuntimeError(f"{command} has ended")
            time.sleep(0.02)
        yield Server(process, port, path, time.perf_counter() - start)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def ready(address: str) -> bool:
    """Tell whether a service has its model; MLflow's server says so by `/ping`."""
    for path in ("/readyz", "/ping"):
        try:
            with urlopen(address + path, timeout=60) as answer:
                return bool(answer.status == 200)
        except OSError:
            continue
    return False


def ask(server: Server, questions: Path, clients: int, seconds: float) -> Answers:
    """Let clients ask for some seconds."""
    program = [sys.executable, "-c", CLIENTS_PROGRAM, str(server.port), server.path]
    said = run([*program, str(questions), str(clients), str(seconds)], Path())
    answers = Answers(**json.loads(said), seconds=seconds)
    if answers.failed == answers.count:
        raise RuntimeError(f"{server.path} answers nothing")
    return answers


def measured(bench: Workbench) -> Report:
    """Measure each server with one client and with many, then the default one for longer."""
    folders = prepare(bench)
    ours, theirs = questions(bench)
    commands = {
        **{name: (["late-flights", "serve"], "/predict", folders[name], ours) for name in folders},
        MLFLOW: (MLFLOW_COMMAND, "/invocations", None, theirs),
        HELLO: (["uvicorn", "hello:app"], "/", None, ours),
    }
    alone, many = {}, {}
    for name, (command, path, source, file) in commands.items():
        with served(bench, command, path, source) as server:
            ask(server, file, CLIENTS, 2)  # what comes first is slower
            alone[name] = ask(server, file, 1, SECONDS)
            many[name] = ask(server, file, CLIENTS, SECONDS)
    return Report(
        "The model answers over HTTP",
        [
            *compare(bench, alone, many),
            *endure(bench, folders["fastapi"]),
            *begin(bench, folders["fastapi"]),
        ],
        f"One process each, {SECONDS} s with 1 and with {CLIENTS} clients; a request is one row.",
    )


def compare(bench: Workbench, alone: dict[str, Answers], many: dict[str, Answers]) -> Iterator[Row]:
    """Yield what a request costs: with many clients beside MLflow's server, alone the pipeline."""
    python = bench.intermediate / ".venv" / "bin" / "python"
    times = json.loads(run([python, "-c", PIPELINE, questions(bench)[0]], bench.intermediate))
    pipeline = 1000 * median(times)
    for name in many:
        bound = 1 / ADAPTERS[name] if name in ADAPTERS else None
        cost, other = many[name].cost, many[MLFLOW].cost
        what = f"{name}, {CLIENTS} clients, a request of {1000 / cost:,.0f} in a second"
        yield Row(what, cost, MLFLOW, other, most_times=bound, unit="ms")
        yield Row(f"{name}, {CLIENTS} clients, p99", 1000 * many[name].p99, unit="ms")
        yield Row(f"{name}, failed", many[name].failed + alone[name].failed, most=0, unit="")
    for name in alone:
        bound = MOST_TIMES_ALONE if name == "fastapi" else None
        what, beside = f"{name}, 1 client, median", "the pipeline in the process"
        yield Row(what, 1000 * alone[name].p50, beside, pipeline, most_times=bound, unit="ms")


def endure(bench: Workbench, source: Path) -> Iterator[Row]:
    """Yield what fails under load, how long the slowest answers take, and how memory grows."""
    with served(bench, ["late-flights", "serve"], "/predict", source) as server:
        ask(server, questions(bench)[0], CLIENTS, SECONDS)
        before = server.memory()
        said = ask(server, questions(bench)[0], CLIENTS, LONG)
        after = server.memory()
    during = f"fastapi, {CLIENTS} clients for {LONG} s"
    yield Row(f"{during}, failed of {said.count:,}", said.failed, most=0, unit="")
    yield Row(f"{during}, p99", 1000 * said.p99, unit="ms")
    yield Row(f"{during}, memory", after, "before", before, most_times=MOST_GROWTH, unit="MB")


def begin(bench: Workbench, source: Path) -> Iterator[Row]:
    """Yield how long the service takes until it has a model, beside what it has to import."""

    def start() -> None:
        with served(bench, ["late-flights", "serve"], "/predict", source) as server:
            times.append(server.ready_after)

    times: list[float] = []
    python = bench.intermediate / ".venv" / "bin" / "python"
    imports = partial(run, [python, *IMPORTS], bench.intermediate)
    _, other = typical(ROUNDS, start, imports)
    beside = 'python -c "import mlflow, sklearn"'
    yield Row(
        "fastapi, ready after", median(times), beside, other.wall, most_times=MOST_TIMES_START
    )


if __name__ == "__main__":
    main(measured)
