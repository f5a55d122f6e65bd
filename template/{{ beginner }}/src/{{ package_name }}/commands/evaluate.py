"""The command `evaluate`."""

import json
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ..errors import ProjectError

if TYPE_CHECKING:
    from ..settings import Settings


def run(
    runs: Annotated[
        Optional[list[str]], typer.Argument(help="Ids of runs; by default the newest.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Several runs, side by side.")] = False,
    run_id: Annotated[Optional[str], typer.Option(help="Same as naming one run.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the scores and the plots of a stored run, beside the run before it."""
    from .. import settings

    where = settings.load()
    named = [*(runs or []), *([run_id] if run_id else [])]
    if compare:
        show_comparison(named, where, as_json)
    elif len(named) > 1:
        raise ProjectError("name one run, or compare several: --compare A B")
    else:
        show_run(named[0] if named else None, where, as_json)


def show_run(run_id: str | None, where: "Settings", as_json: bool) -> None:
    """Show one run beside the run before it."""
    from .. import terminal
    from ..modeling import report
    from ..tracking import runs

    chosen = runs.find_run(run_id, where)
    before = runs.run_before(chosen, where)
    page = report.write(chosen, before, where)
    scores = report.compare(chosen, before)
    if as_json:
        found = {"run_id": chosen.info.run_id, "scores": json.loads(scores.to_json(orient="index"))}
        typer.echo(json.dumps({**found, "page": str(page)}))
    else:
        terminal.table(f"Run {chosen.info.run_id} on its holdout", scores.map("{:.4g}".format))
        terminal.say(f"Plots: {page}")


def show_comparison(run_ids: list[str], where: "Settings", as_json: bool) -> None:
    """Show runs side by side, and whether they differ from the first by more than noise."""
    from .. import terminal
    from ..modeling import comparison

    if len(run_ids) < 2:
        raise ProjectError("name two runs or more to compare: --compare A B")
    found = comparison.compare(run_ids, where)
    if as_json:
        scores = json.loads(found.scores.to_json())
        typer.echo(json.dumps({"scores": scores, "intervals": found.intervals}))
        return
    shown = found.scores.rename(columns=lambda run_id: run_id[:8])
    terminal.table("On the same holdout", shown.map("{:.4g}".format))
    for run_id, (low, high) in found.intervals.items():
        noise = "which may be noise" if low <= 0 <= high else "more than noise"
        terminal.say(
            f"{found.metric} of {run_id}: {low:+.4f} to {high:+.4f} beside the first, {noise}."
        )
