"""What monitoring adds to the core: the evidence that an image was built, and an alert fired."""

from typing import Any

from .. import configuration
from ..settings import Settings

REVISION = "org.opencontainers.image.revision"


def built(where: Settings) -> str | None:
    """Return the evidence that an image was built of a commit, with nothing changed since."""
    revision = str(report(where, "image.json").get(REVISION, ""))
    return f"image of commit {revision}" if revision and not revision.endswith("-dirty") else None


def fired(where: Settings) -> str | None:
    """Return the evidence that alerts have fired: their names, as Prometheus told them."""
    found = report(where, "alerts.json").get("data", {}).get("result", [])
    return ", ".join(sorted(each["metric"]["alertname"] for each in found)) or None


def report(where: Settings, name: str) -> dict[str, Any]:
    """Return what a recipe has written down, nothing if it has not been run."""
    path = where.root / "reports" / name
    return configuration.read(path) if path.is_file() else {}  # JSON is YAML


evidence = {"image": built, "alerts": fired}
