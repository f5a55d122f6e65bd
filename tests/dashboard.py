"""What the dashboard of a project asks Prometheus."""

import json
from collections.abc import Iterator
from pathlib import Path

OF_GRAFANA = {"$__rate_interval": "1m"}  # what it puts in place of a variable


def queries(monitoring: Path) -> Iterator[tuple[str, str]]:
    """Yield the title of each panel with each of its queries, as Grafana sends it."""
    for panel in json.loads((monitoring / "grafana" / "serving.json").read_text())["panels"]:
        for target in panel["targets"]:
            query = target["expr"]
            for variable, value in OF_GRAFANA.items():
                query = query.replace(variable, value)
            yield panel["title"], query
