"""The dashboard of a project: what it asks Prometheus, and a picture of what it shows.

The picture in a project's docs is made by a browser, while Prometheus has something to show, by
`python tests/dashboard.py MONITORING http://127.0.0.1:9090 15 >dashboard.svg`: with the project's
folder `monitoring/`, and the minutes to draw.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

OF_GRAFANA = {"$__rate_interval": "1m"}  # what it puts in place of a variable
PAGE = Path(__file__).with_suffix(".html")
BROWSER = "chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=20000 --dump-dom"


def panels(monitoring: Path) -> list[dict[str, Any]]:
    """Return the panels of the dashboard."""
    text = (monitoring / "grafana" / "serving.json").read_text()
    for variable, value in OF_GRAFANA.items():
        text = text.replace(variable, value)
    found: list[dict[str, Any]] = json.loads(text)["panels"]
    return found


def queries(monitoring: Path) -> Iterator[tuple[str, str]]:
    """Yield the title of each panel with each of its queries, as Grafana sends it."""
    for panel in panels(monitoring):
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def draw(monitoring: Path, prometheus: str, minutes: int) -> str:
    """Return the dashboard as a browser draws it, in SVG."""
    shown = {"panels": json.dumps(panels(monitoring)), "prometheus": prometheus, "minutes": minutes}
    with TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(Template(PAGE.read_text()).substitute(shown))
        command = [*BROWSER.split(), f"--user-data-dir={folder}/browser", page.as_uri()]
        drawn = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return drawn[drawn.rindex("<svg ") : drawn.rindex("</svg>")] + "</svg>\n"


if __name__ == "__main__":
    print(draw(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])), end="")
