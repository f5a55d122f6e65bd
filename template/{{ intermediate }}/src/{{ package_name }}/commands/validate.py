"""The command `validate`."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from ..validation.outcome import Outcome


def run(
    dataset: Annotated[Optional[Path], typer.Option(help="The dataset file.")] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Take the table as the reference, if it is good.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check all rows of the table to learn from, and fail if an expectation does not hold."""
    start = time.perf_counter()
    from .. import settings, terminal
    from ..data import schema
    from ..errors import ProjectError

    try:
        from ..validation import table
    except ModuleNotFoundError as error:
        raise ProjectError(f"{error.name} is not installed; `just setup` installs it") from error
    where = settings.load()
    said = schema.load(dataset or schema.find(where.config))
    with terminal.bar("Validate") as advance:
        found = (table.learn if learn else table.validate)(said, where, advance)
    seconds = round(time.perf_counter() - start, 2)
    if as_json:
        typer.echo(json.dumps({**found.summary(), "seconds": seconds}))
    else:
        show(found, seconds)
    table.refuse(found, learning=learn)
    if learn and not as_json:
        terminal.say(f"{where.config / 'reference.yaml'} has what it shows; commit it.")


def show(found: "Outcome", seconds: float) -> None:
    """Print what held and what failed."""
    from .. import terminal

    held = len(found.findings) - len(found.failed)
    terminal.table("How many expectations held", found.by_column().astype(str))
    for each in found.failed:
        terminal.say(f"Failed: {each}")
    if not found.reference:
        hint = "`just validate --learn` takes this table as the reference for both"
        terminal.say(f"Ranges and categories were not checked: {hint}.")
    counts = f"{held} expectations held, {len(found.failed)} failed"
    terminal.say(f"{found.table}: {counts}; {found.rows:,} rows in {seconds:g} s.")
    terminal.say("The page: reports/validation/index.html")
