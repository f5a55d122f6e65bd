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
    table = pd.DataFrame(progress).set_index("step").drop(columns="level")
    title = f"{table['done'].sum()} of {len(table)} steps done"
    table["done"] = table["done"].map({True: "yes", False: "no"})
    terminal.table(title, table, "left")
