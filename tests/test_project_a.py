"""Project A: data is versioned, a pipeline trains, an image answers, and an alert arrives.

Everything is done as its owner would: `just up` builds the image by the project's Dockerfile, and
starts what the project's compose.yaml says, Prometheus and Alertmanager by the project's files.
Only what is quicker, and which ports are open, is changed in them; `containers.py` says what stands
in for Docker and for the public images. MLflow runs from the project's own image. Grafana is the
one service that does not run: Prometheus is asked what its dashboard asks.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pandas as pd
import pytest
import yaml
from conftest import Start
from containers import Docker
from dashboard import queries
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import free_port, wait_until

pytestmark = pytest.mark.projects

QUICKER = r"""
sed -i 's/_interval: 15s/_interval: 1s/' monitoring/prometheus.yml
sed -i 's/for: [0-9]*m/for: 1s/' monitoring/rules.yml
sed -i 's/group_wait: 10s/group_wait: 1s/' monitoring/alertmanager.yml
"""
DELIVERED = """
uv run just add-data
uv run just pipeline training
git add --all
git commit --quiet --no-verify --message 'Project A'
"""
PROGRAMS = {  # of Debian, with what the public images start them with
    "prometheus": (
        Path("/usr/bin/prometheus"),
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus",
    ),
    "alertmanager": (
        Path("/usr/bin/prometheus-alertmanager"),
        "--config.file=/etc/alertmanager/alertmanager.yml",
        "--storage.path=/alertmanager",
    ),
}
EMPTY = {"Predicted values", "Errors of the service"}  # of numbers; and none was made

open_url = build_opener(ProxyHandler({})).open


@dataclass(frozen=True)
class Stack:
    """A project whose service runs, and which port stands for which of compose.yaml."""

    owner: Newcomer
    docker: Docker
    ports: dict[str, int]

    def get(self, service: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return the status and what a service answers, in JSON if it is."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        asked = Request(url, data, {"Content-Type": "application/json"})
        try:
            with open_url(asked, timeout=30) as answer:
                status, said = answer.status, answer.read().decode()
        except HTTPError as error:
            status, said = error.code, error.read().decode()
        except OSError:
            return 0, ""
        return status, json.loads(said) if said[:1] in "{[" else said

    def ask(self, query: str) -> list[Any]:
        """Return what Prometheus answers to a query."""
        _, said = self.get("prometheus", f"/api/v1/query?{urlencode({'query': query})}")
        return list(said["data"]["result"])

    def container(self, service: str) -> str:
        """Return the name of the container of a service."""
        return f"{self.owner.place.name}_{service}_1"

    def logs(self, service: str) -> str:
        """Return what a service has said."""
        return self.docker.run("logs", self.container(service))

    def just(self, recipe: str) -> str:
        """Return what a recipe prints that works with Docker."""
        return self.owner.type(f'PATH="{self.docker.folder}/bin:$PATH"\nuv run just {recipe}')


@pytest.fixture(scope="module")
def stack(
    start: Start, questions: Questions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Give a project whose service has been started, from nothing to the image."""
    owner = start(questions, level="intermediate")
    docker = Docker(tmp_path_factory.mktemp("docker") / "lab")
    which = "import sys; print(sys.base_prefix, *sys.version_info[:2])"
    prefix, *version = owner.type(f'.venv/bin/python -c "{which}"').split()
    images = {name: each["image"] for name, each in services(owner.place).items()}
    docker.make_python(f"docker.io/library/python:{'.'.join(version)}-slim", Path(prefix))
    for name, program in PROGRAMS.items():
        docker.make_program(f"docker.io/{images[name]}", *program)
    stack = Stack(owner, docker, moved(owner.place / "compose.yaml"))
    owner.type(QUICKER + DELIVERED)
    stack.just("image")
    docker.run("tag", "late-flights", images["mlflow"])
    try:
        stack.just("up service mlflow prometheus alertmanager webhook")
        assert wait_until(lambda: stack.get("service", "/readyz")[0] == 200), stack.logs("service")
        yield stack
    finally:
        stack.just("down --volumes")
        docker.run("system", "reset", "--force")


def services(project: Path) -> dict[str, Any]:
    """Return the services of a project by name, as Compose is told of them."""
    found: dict[str, Any] = yaml.safe_load((project / "compose.yaml").read_text())["services"]
    return found


def moved(compose: Path) -> dict[str, int]:
    """Publish the ports of services on others, which are free, and return these by service."""
    ports, text = {}, compose.read_text()
    for name, service in services(compose.parent).items():
        for published in service.get("ports", []):
            ports[name] = free_port()
            inside = published.rpartition(":")[2]
            text = text.replace(published, f"127.0.0.1:{ports[name]}:{inside}")
    compose.write_text(text)
    return ports


@pytest.fixture(scope="module")
def rows(stack: Stack) -> pd.DataFrame:
    """Return the newest rows of the table, with the columns that the service asks for."""
    _, described = stack.get("service", "/openapi.json")
    [example] = described["components"]["schemas"]["Question"]["example"]["rows"]
    table = pd.read_parquet(stack.owner.place / "data" / "processed" / "table.parquet")
    return table[list(example)].tail(200)


def asked(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what to send to the service about some rows."""
    return {"rows": json.loads(rows.to_json(orient="records", date_format="iso"))}


def test_the_image_answers_as_predict_does(stack: Stack, rows: pd.DataFrame) -> None:
    rows.to_parquet(stack.owner.place / "rows.parquet")
    stack.owner.type("uv run just predict rows.parquet --output predicted.parquet")
    predicted = pd.read_parquet(stack.owner.place / "predicted.parquet")

    status, answer = stack.get("service", "/predict", asked(rows))

    assert status == 200
    answers = pd.DataFrame(each["probabilities"] for each in answer["predictions"])
    assert [each["prediction"] for each in answer["predictions"]] == [*predicted["prediction"]]
    assert answers.add_prefix("probability_").equals(
        predicted[[f"probability_{name}" for name in answers]].reset_index(drop=True)
    )


def test_nobody_in_the_container_is_root_or_can_write(stack: Stack) -> None:
    writing = "import os; print(os.getuid()); open('here', 'w')"

    with pytest.raises(CalledProcessError) as refused:
        stack.docker.run("exec", stack.container("service"), "python", "-c", writing)

    assert refused.value.stdout == "10001\n"


def test_docker_asks_whether_the_service_is_ready(stack: Stack) -> None:
    assert stack.docker.run("healthcheck", "run", stack.container("service")) == ""


def test_mlflow_takes_runs(stack: Stack) -> None:
    assert wait_until(lambda: stack.get("mlflow", "/health") == (200, "OK"))


def test_an_alert_reaches_the_webhook(stack: Stack) -> None:
    def rejected_and_told() -> bool:
        assert stack.get("service", "/predict", {"rows": [{}]})[0] == 422
        return '"alertname":"HighRejectionRate"' in stack.logs("webhook")

    assert wait_until(rejected_and_told)


def test_the_dashboard_shows_what_the_service_does(stack: Stack, rows: pd.DataFrame) -> None:
    odd = asked(rows.assign(carrier="??", distance=None))

    def all_shown() -> bool:
        stack.get("service", "/predict", odd)
        asking = queries(stack.owner.place / "monitoring")
        return {title for title, query in asking if not stack.ask(query)} == EMPTY

    assert wait_until(all_shown)


def test_the_roadmap_counts_what_was_reached(stack: Stack) -> None:
    stack.owner.type(f"uv run just alerts http://127.0.0.1:{stack.ports['prometheus']}")

    said = json.loads(stack.owner.type("uv run just roadmap --json"))

    done = {step["step"]: step["evidence"] for step in said if step["done"]}
    assert done["3. Containerization"].startswith("late-flights:0.1.0-")
    assert "HighRejectionRate" in done["7. Monitoring"]


def test_the_service_ends_when_it_is_told_to(stack: Stack) -> None:
    stack.docker.run("stop", stack.container("service"))

    assert (
        stack.docker.run("inspect", "--format", "{{.State.ExitCode}}", stack.container("service"))
        == "0\n"
    )
