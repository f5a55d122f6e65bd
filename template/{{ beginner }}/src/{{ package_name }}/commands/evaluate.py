"""The command `evaluate`."""

import json
from typing import Annotated, Optional

import typer

from ..errors import ProjectError


def run(
    runs: Annotated[Optional[list[str]], typer.Argument(help="Ids; else the newest.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Several runs, side by side.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the scores and the plots of a stored run, beside the run before it."""
    if compare or len(runs or []) > 1:
        show_comparison(runs or [], as_json)
    else:
        show_run(runs[0] if runs else None, as_json)


def show_run(run_id: str | None, as_json: bool) -> None:
    """Show one run beside the run before it."""
    from .. import settings, terminal
    from ..modeling import report
    from ..tracking import runs

    where = settings.load()
    run = runs.find_run(run_id, where)
    before = runs.run_before(run, where)
    page, scores = report.write(run, before, where), report.tabulate(run, before)
    if as_json:
        table = json.loads(scores.to_json(orient="index"))
        typer.echo(json.dumps({"run_id": run.info.run_id, "scores": table, "page": str(page)}))
    else:
        finds = f", finding `{looked}`" if (looked := run.data.params.get("positive")) else ""
        terminal.table(f"Run {run.info.run_id} on its holdout{finds}", scores.map("{:.4g}".format))
        terminal.say(f"Plots: {page}")


def show_comparison(run_ids: list[str], as_json: bool) -> None:
    """Show runs side by side, and whether they differ from the first by more than noise."""
    from .. import settings, terminal
    from ..modeling import report

    if len(run_ids) < 2:
        raise ProjectError("name two runs or more to compare: --compare A B")
    metric, scores, intervals = report.compare(run_ids, settings.load())
    if as_json:
        typer.echo(json.dumps({"scores": scores.to_dict(), "intervals": intervals}))
        return
    shown = scores.rename(columns=lambda run_id: run_id[:8])
    terminal.table("On the same holdout", shown.map("{:.4g}".format))
    for run_id, (low, high) in intervals.items():
        noise = "which may be noise" if low <= 0 <= high else "more than noise"
        terminal.say(f"{metric} of {run_id}: {low:+.4f} to {high:+.4f} beside the first, {noise}.")
