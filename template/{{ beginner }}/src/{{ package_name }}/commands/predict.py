"""The command `predict`."""

import json
from pathlib import Path
from typing import Annotated, Optional

import typer

from ..errors import ProjectError


def run(
    data: Annotated[Path, typer.Argument(help="A table: CSV, or Parquet by its suffix.")],
    run_id: Annotated[Optional[str], typer.Option(help="A run; else the newest model.")] = None,
    output: Annotated[Optional[Path], typer.Option(help="Output file, .csv or .parquet.")] = None,
    engine: Annotated[str, typer.Option(help="What computes; later levels add some.")] = "pandas",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Predict for each row of a table, by the newest registered model."""
    from .. import plugins, settings, terminal
    from ..data import tables
    from ..modeling import prediction
    from ..tracking import models

    engines = {"pandas": prediction.on_pandas, **plugins.offered("engine")}
    if engine not in engines:
        raise ProjectError(f"there is no engine `{engine}`; there are {', '.join(engines)}")
    where = settings.load()
    name = data if tables.is_parquet(data) else data.with_suffix(".csv")
    target = output or where.root / "predictions" / name.name
    stored = models.load(run_id, where)
    with terminal.bar("Predict") as advance:
        rows = prediction.predict(stored, data, target, advance, engines[engine])
    if as_json:
        typer.echo(json.dumps({"model": stored.name, "rows": rows, "output": str(target)}))
    else:
        terminal.say(f"{rows:,} rows, with their predictions by {stored.name}: {target}")
