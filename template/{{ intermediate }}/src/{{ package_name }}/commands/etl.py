"""The command `etl`."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ..errors import ProjectError

if TYPE_CHECKING:
    from ..etl.table import Outcome


def run(
    source: Annotated[
        Optional[list[str]], typer.Option(help="New rows: name=path, in place of a source.")
    ] = None,
    output: Annotated[Optional[Path], typer.Option(help="Where to, with --source.")] = None,
    engine: Annotated[Optional[str], typer.Option(help="What runs the SQL: duckdb, spark.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make the table to learn from, or with --source one for new rows: sources, SQL, Parquet."""
    from .. import plugins, settings, terminal
    from ..etl import plan, table
    from ..etl.engine import EtlSettings

    if bool(source) != (output is not None):
        raise ProjectError("--source and --output go together: new rows, and where they go")
    where, how, start = settings.load(), settings.read(EtlSettings), time.perf_counter()
    how = how.model_copy(update={"engine": engine or how.engine})
    recipe = plan.replaced(plan.load(where), source or [])
    with terminal.steps(table.STEPS) as step:
        outcome = table.make(recipe, where, how, step, output)
    plugins.tell(plugins.load(), "step_finished", "etl")
    report(outcome, round(time.perf_counter() - start, 2), as_json)


def report(outcome: "Outcome", seconds: float, as_json: bool) -> None:
    """Print which table there is now, and how long it took."""
    from .. import terminal

    if as_json:
        typer.echo(json.dumps({**asdict(outcome), "path": str(outcome.path), "seconds": seconds}))
    else:
        done = f"made in {seconds:g} s" if outcome.made else "up to date"
        terminal.say(f"{outcome.path}: {outcome.rows:,} rows, {done}.")
