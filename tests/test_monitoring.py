"""Rules, dashboard and routes are what Prometheus, its tools and Alertmanager take them for."""

import json
import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml
from dashboard import queries
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS

pytestmark = pytest.mark.projects


@pytest.fixture
def project(questions: Questions, rendering: Rendering) -> dict[str, bytes]:
    """Return the files of a project."""
    return rendering.shared(questions.complete({"level": LEVELS[-1]}))


@pytest.fixture
def monitoring(project: dict[str, bytes], tmp_path: Path) -> Path:
    """Return the folder `monitoring/` of a project."""
    for path in (path for path in project if path.startswith("monitoring/")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(project[path])
    return tmp_path / "monitoring"


def complaints(*command: str | Path) -> str:
    """Return what a program says that is not content."""
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def test_prometheus_and_alertmanager_take_their_files(monitoring: Path) -> None:
    assert complaints("promtool", "check", "config", monitoring / "prometheus.yml") == ""
    assert complaints("amtool", "check-config", monitoring / "alertmanager.yml") == ""


def test_the_rules_alert_when_they_should(monitoring: Path) -> None:
    assert complaints("promtool", "test", "rules", monitoring / "rules_test.yml") == ""


def test_each_alert_has_a_case(monitoring: Path) -> None:
    groups = yaml.safe_load((monitoring / "rules.yml").read_text())["groups"]
    cases = yaml.safe_load((monitoring / "rules_test.yml").read_text())["tests"]

    alerts = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    tested = [case for each in cases for case in each.get("alert_rule_test", [])]

    assert {case["alertname"] for case in tested if case["exp_alerts"]} == alerts


def test_prometheus_reads_every_query_of_the_dashboard(monitoring: Path) -> None:
    texts = [query for _, query in queries(monitoring)]
    rules = [{"record": f"query_{n}", "expr": text} for n, text in enumerate(texts)]
    file = monitoring / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))

    assert len(rules) > 10
    assert complaints("promtool", "check", "rules", file) == ""


def test_the_dashboard_shows_what_the_rules_record(monitoring: Path) -> None:
    rules = (monitoring / "rules.yml").read_text()
    recorded = set(re.findall(r"record: (\S+)", rules))

    shown = {name for _, query in queries(monitoring) for name in re.findall(r"\w+:\w+:\w+", query)}

    assert shown and shown <= recorded


def test_grafana_has_the_source_that_the_dashboard_asks(monitoring: Path) -> None:
    panels = json.loads((monitoring / "grafana" / "serving.json").read_text())["panels"]
    [source] = yaml.safe_load((monitoring / "grafana" / "datasources.yml").read_text())[
        "datasources"
    ]

    assert {panel["datasource"]["uid"] for panel in panels} == {source["uid"]}


def test_compose_mounts_files_that_are_there(project: dict[str, bytes]) -> None:
    services = yaml.safe_load(project["compose.yaml"])["services"].values()
    mounted = [each.split(":")[:2] for service in services for each in service.get("volumes", [])]
    ours = {inside: path[2:] for path, inside in mounted if path.startswith("./")}

    folders = {str(folder) for path in project for folder in PurePosixPath(path).parents}
    [provider] = yaml.safe_load(project["monitoring/grafana/dashboards.yml"])["providers"]

    assert {*ours.values()} <= project.keys() | folders
    assert f"{provider['options']['path']}/serving.json" in ours
