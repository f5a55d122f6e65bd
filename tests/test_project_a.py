"""Project A: data is versioned, a pipeline trains, an image answers, and an alert arrives.

Everything is done as its owner would: `just image` builds by the project's Dockerfile, `just up`
starts what its compose.yaml says, Prometheus and Alertmanager read the project's own files. Only
intervals are shorter, and ports are others. `containers.py` says what stands in for Docker and for
the public images; MLflow's server runs from the project's image. Grafana alone does not run:
Prometheus is asked what the dashboard asks.
"""

import json
import re
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
from processes import HERE, free_port, wait_until

pytestmark = pytest.mark.projects

QUICKER = r"""
sed -i 's/_interval: 15s/_interval: 1s/' monitoring/prometheus.yml
sed -i 's/for: [0-9]*m/for: 1s/' monitoring/rules.yml
sed -i 's/group_wait: 10s/group_wait: 1s/' monitoring/alertmanager.yml
"""
TRAINED = """
just add-data
just pipeline training
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
READY = [(8000, "/readyz"), (9090, "/-/ready"), (9093, "/-/ready")]
BUT_GRAFANA = "up service mlflow prometheus alertmanager webhook"
EMPTY = {"Predicted values", "Errors of the service"}  # of numbers; and there was none

open_url = build_opener(ProxyHandler({})).open


@dataclass(frozen=True)
class Stack:
    """A project whose service runs, and where its ports are in place of those in compose.yaml."""

    owner: Newcomer
    docker: Docker
    ports: dict[int, int]

    def type(self, commands: str) -> str:
        """Return what commands print, which have Docker and speak of the ports in compose.yaml."""
        typed = re.sub(rf"(?<={HERE}:)\d+", lambda port: str(self.ports[int(port[0])]), commands)
        return self.owner.follow(f'PATH="{self.docker.folder}/bin:$PATH"\n{typed}')

    def get(self, port: int, path: str, body: object = None) -> tuple[int, Any]:
        """Return the status and the text or the JSON with which a service answers; 0 if none."""
        data = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        asked = Request(f"http://{HERE}:{self.ports[port]}{path}", data, kind)
        try:
            with open_url(asked, timeout=30) as answer:
                status, said = answer.status, answer.read().decode()
        except HTTPError as error:
            status, said = error.code, error.read().decode()
        except OSError:
            return 0, ""
        return status, json.loads(said) if said[:1] in ("{", "[") else said

    def has(self, query: str) -> bool:
        """Tell whether Prometheus has an answer to a query."""
        _, said = self.get(9090, f"/api/v1/query?{urlencode({'query': query})}")
        return bool(said["data"]["result"])


@pytest.fixture(scope="module")
def stack(
    start: Start, questions: Questions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Give a project whose service has been started, from nothing to the image."""
    owner = start(questions, level="intermediate")
    docker = Docker(tmp_path_factory.mktemp("docker") / "lab")
    which = "import sys; print(sys.base_prefix, *sys.version_info[:2])"
    prefix, *version = owner.type(f'.venv/bin/python -c "{which}"').split()
    docker.make_python(f"docker.io/library/python:{'.'.join(version)}-slim", Path(prefix))
    compose = owner.place / "compose.yaml"
    images = {name: each["image"] for name, each in services(compose).items()}
    for name, program in PROGRAMS.items():
        docker.make_program(f"docker.io/{images[name]}", *program)
    stack = Stack(owner, docker, moved(compose))
    try:
        stack.type(QUICKER + TRAINED + owner.how_to("build-an-image.md", "Build it"))
        docker.run("tag", owner.place.name, images["mlflow"])
        stack.type(owner.how_to("read-the-dashboard.md", "Start it").replace("up", BUT_GRAFANA))
        assert wait_until(lambda: all(stack.get(*each)[0] == 200 for each in READY))
        yield stack
    finally:
        stack.type("just down --volumes")
        docker.run("system", "reset", "--force")


def services(compose: Path) -> dict[str, Any]:
    """Return the services that a Compose file has, by name."""
    found: dict[str, Any] = yaml.safe_load(compose.read_text())["services"]
    return found


def moved(compose: Path) -> dict[int, int]:
    """Publish the ports of a Compose file on others, which are free, and return these."""
    published = [
        each for service in services(compose).values() for each in service.get("ports", [])
    ]
    ports = {int(each.split(":")[1]): free_port() for each in published}
    text = compose.read_text()
    for port, other in ports.items():
        text = text.replace(f"{HERE}:{port}:", f"{HERE}:{other}:")
    compose.write_text(text)
    return ports


@pytest.fixture(scope="module")
def rows(stack: Stack) -> pd.DataFrame:
    """Return the newest rows of the table, as the service describes what it takes."""
    _, described = stack.get(8000, "/openapi.json")
    cells = described["components"]["schemas"]["Row"]["properties"]
    numeric = [name for name in cells if {"type": "number"} in cells[name]["anyOf"]]
    table = pd.read_parquet(stack.owner.place / "data" / "processed" / "table.parquet")
    return table[[*cells]].astype(dict.fromkeys(numeric, float)).tail(200)


def asked(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what to send to the service about some rows."""
    return {"rows": json.loads(rows.to_json(orient="records", date_format="iso"))}


def test_the_image_answers_as_predict_does(stack: Stack, rows: pd.DataFrame) -> None:
    rows.to_parquet(stack.owner.place / "rows.parquet")
    stack.type("just predict rows.parquet --output predicted.parquet")
    predicted = pd.read_parquet(stack.owner.place / "predicted.parquet")

    status, answer = stack.get(8000, "/predict", asked(rows))

    assert status == 200
    assert [
        {name: each["probabilities"][name] for name in ("no", "yes")} | {"": each["prediction"]}
        for each in answer["predictions"]
    ] == [
        {"no": no, "yes": yes, "": prediction}
        for no, yes, prediction in zip(
            predicted["probability_no"],
            predicted["probability_yes"],
            predicted["prediction"],
            strict=True,
        )
    ]


def test_nobody_in_the_container_is_root_or_can_write(stack: Stack) -> None:
    writing = "import os; print(os.getuid()); open('here', 'w')"

    with pytest.raises(CalledProcessError) as refused:
        stack.docker.run("exec", "late-flights_service_1", "python", "-c", writing)

    assert refused.value.stdout == "10001\n"


def test_docker_asks_whether_the_service_is_ready(stack: Stack) -> None:
    assert stack.docker.run("healthcheck", "run", "late-flights_service_1") == ""


def test_mlflow_takes_runs(stack: Stack) -> None:
    assert wait_until(lambda: stack.get(5000, "/health") == (200, "OK"))


def test_the_dashboard_shows_what_the_service_does(stack: Stack, rows: pd.DataFrame) -> None:
    odd = asked(rows.assign(carrier="??", distance=None))

    def all_shown() -> bool:
        stack.get(8000, "/predict", odd)
        asking = queries(stack.owner.place / "monitoring")
        return {title for title, query in asking if not stack.has(query)} <= EMPTY

    assert wait_until(all_shown)


def test_an_alert_reaches_the_webhook_and_counts_on_the_roadmap(stack: Stack) -> None:
    page = stack.owner.how_to("read-the-dashboard.md", "Make one fire").replace("300", "30")
    url = f"http://{HERE}:9090"

    said = stack.type(page.replace("just alerts", f"just alerts {url}"))

    assert '"alertname":"HighRejectionRate"' in said
    roadmap = json.loads(stack.type("just roadmap --json"))
    done = {step["step"]: step["evidence"] for step in roadmap if step["done"]}
    assert "image of commit" in done["3. Containers"]
    assert "HighRejectionRate" in done["7. Monitoring"]


def test_the_rules_are_checked_as_the_how_to_says(stack: Stack) -> None:
    stack.type(stack.owner.how_to("read-the-dashboard.md", "Change a rule"))


def test_an_image_without_a_model_takes_one_that_is_mounted(stack: Stack) -> None:
    stack.type("cp -r models/latest models/another")
    page = stack.owner.how_to("build-an-image.md", "Another model")
    stack.docker.run("stop", "late-flights_service_1")

    stack.type(page.replace("run --rm", "run --rm --detach --name mounted"))

    assert wait_until(lambda: stack.get(8000, "/readyz")[0] == 200)
    stack.docker.run("stop", "mounted")


def test_the_image_writes_to_tmp_alone_and_ends_when_it_is_told_to(stack: Stack) -> None:
    page = stack.owner.how_to("build-an-image.md", "Run it")
    # podman would give more places to write, in memory, which Docker does not
    started = page.replace("run --rm", "run --detach --name alone --read-only-tmpfs=false")

    stack.type(started)

    assert wait_until(lambda: stack.get(8000, "/readyz")[0] == 200)
    stack.docker.run("stop", "alone")
    assert stack.docker.run("inspect", "--format", "{{.State.ExitCode}}", "alone") == "0\n"
    stack.docker.run("rm", "alone")
