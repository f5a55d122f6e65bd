"""The command `roadmap`."""

import json
from typing import Annotated

import typer


def run(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show which steps of the learning path are done, by their results, and what comes next."""
    import pandas as pd

    from .. import settings, terminal
    from ..roadmap import steps

    progress = list(steps.walk(settings.load()))
    if as_json:
        typer.echo(json.dumps(progress))
        return
    for level, rows in pd.DataFrame(progress).set_index("step").groupby("level", sort=False):
        done, following = "done: " + rows["evidence"], "next: " + rows["next"]
        title = f"{level}: {rows['done'].sum()} of {len(rows)} steps done"
        terminal.table(title, done.where(rows["done"], following).to_frame("state"), "left")
