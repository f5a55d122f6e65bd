"""The command `predict`."""

import json
from pathlib import Path
from typing import Annotated, Optional

import typer


def run(
    data: Annotated[Path, typer.Argument(help="A table: CSV, or Parquet by its suffix.")],
    run_id: Annotated[
        Optional[str], typer.Option(help="A run; the newest model without it.")
    ] = None,
    output: Annotated[Optional[Path], typer.Option(help="Where to: .csv or .parquet.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Predict for each row of a table, by the newest registered model."""
    from .. import prediction, settings, storage, terminal

    where = settings.load()
    target = output or where.root / "predictions" / data.name
    stored = storage.load(run_id, where)
    with terminal.bar("Predict") as advance:
        rows = prediction.predict(stored, data, target, advance)
    if as_json:
        typer.echo(json.dumps({"model": stored.name, "rows": rows, "output": str(target)}))
    else:
        terminal.say(f"{rows:,} rows, with their predictions by {stored.name}: {target}")
