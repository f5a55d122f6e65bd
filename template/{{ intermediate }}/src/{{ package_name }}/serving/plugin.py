"""What serving adds to the core: the evidence that the service has answered, and is watched."""

from typing import Any

from .. import configuration
from ..settings import Settings


def answered(where: Settings) -> str | None:
    """Return the evidence that a model of this project answered over HTTP: what it said."""
    from ..tracking import runs

    said = read(where, "predictions/answer.json")
    known = [run.info.run_id for run in runs.finished_runs(where)]
    model = said.get("model") or {}
    return f"version {model['version']} answered" if model.get("run_id") in known else None


def built(where: Settings) -> str | None:
    """Return the evidence that an image was built of a commit, with nothing changed since."""
    revision = read(where, "reports/image.json").get("org.opencontainers.image.revision", "")
    return f"image of commit {revision}" if revision and "dirty" not in revision else None


def alerted(where: Settings) -> str | None:
    """Return the evidence that alerts have fired: their names, as Prometheus told them."""
    found = read(where, "reports/alerts.json").get("data", {}).get("result", [])
    return ", ".join(sorted(each["metric"]["alertname"] for each in found)) or None


def read(where: Settings, name: str) -> dict[str, Any]:
    """Return what a JSON file of the project has, nothing if it is not there."""
    path = where.root / name
    return configuration.read(path) if path.is_file() else {}  # JSON is YAML


evidence = {"answer": answered, "image": built, "alerts": alerted}
