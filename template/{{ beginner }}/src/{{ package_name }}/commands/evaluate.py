"""The command `evaluate`."""

import json
from typing import Annotated, Optional

import typer


def run(
    run_id: Annotated[Optional[str], typer.Option(help="A run; the newest without it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the scores and the plots of a stored run, beside the run before it."""
    from .. import report, settings, terminal, tracking

    where = settings.load()
    chosen = tracking.find_run(run_id, where)
    before = tracking.run_before(chosen, where)
    page = report.write(chosen, before, where)
    scores = report.compare(chosen, before)

    if as_json:
        found = {"run_id": chosen.info.run_id, "scores": json.loads(scores.to_json(orient="index"))}
        typer.echo(json.dumps({**found, "page": str(page)}))
    else:
        title = f"Run {chosen.info.run_id} on its holdout"
        terminal.table(title, scores.map("{:.4g}".format))
        terminal.say(f"Plots: {page}")
