"""The command `export`."""

from pathlib import Path
from typing import Annotated, Optional

import typer

from ..errors import ProjectError


def run(
    run_id: Annotated[Optional[str], typer.Option(help="A run; else the newest.")] = None,
    model: Annotated[Optional[Path], typer.Option(help="Folder for the model.")] = None,
    metrics: Annotated[Optional[Path], typer.Option(help="JSON file for its metrics.")] = None,
    plots: Annotated[Optional[Path], typer.Option(help="Folder for its plots.")] = None,
) -> None:
    """Copy the model, the metrics or the plots of a run to files that can be versioned."""
    from .. import settings, terminal
    from ..tracking import runs
    from ..versioning import export

    if model == metrics == plots:
        raise ProjectError("say what to export, and where to: --model, --metrics or --plots")
    where = settings.load()
    chosen = runs.find_run(run_id, where)
    if model:
        export.copy(chosen, "model", model, where)
    if metrics:
        export.write_metrics(chosen, metrics)
    if plots:
        export.copy(chosen, "plots", plots, where)
    for path in filter(None, (model, metrics, plots)):
        terminal.say(f"{path}: of run {chosen.info.run_id}.")
