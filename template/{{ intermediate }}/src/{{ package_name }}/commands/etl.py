"""The command `etl`."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional

import typer

from ..errors import ProjectError


def run(
    source: Annotated[
        Optional[list[str]], typer.Option(help="New rows: name=path, in place of a source.")
    ] = None,
    output: Annotated[Optional[Path], typer.Option(help="Where to, with --source.")] = None,
    engine: Annotated[Optional[str], typer.Option(help="What runs the SQL: duckdb, spark.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make the table to learn from, or with --source one for new rows: sources, SQL, Parquet."""
    from .. import settings, terminal
    from ..etl import plan
    from ..etl import settings as etl_settings
    from ..etl import table

    if bool(source) != (output is not None):
        raise ProjectError("--source and --output go together: new rows, and where they go")
    where, how, start = settings.load(), etl_settings.load(), time.perf_counter()
    how = how.model_copy(update={"engine": engine or how.engine})
    recipe = plan.load(where)
    with terminal.steps(table.STEPS) as step:
        if output is None:
            outcome = table.make(recipe, where, how, step)
        else:
            new = plan.replaced(recipe, source or [])
            outcome = table.join(new, output, where, how, step)
    seconds = round(time.perf_counter() - start, 2)
    if as_json:
        typer.echo(json.dumps({**asdict(outcome), "path": str(outcome.path), "seconds": seconds}))
    else:
        done = f"made in {seconds:g} s" if outcome.made else "up to date"
        terminal.say(f"{outcome.path}: {outcome.rows:,} rows, {done}.")
