"""The command `roadmap`."""

import json
from typing import Annotated

import typer


def run(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """Show which steps of the learning path are done, by their results, and what comes next."""
    import pandas as pd

    from .. import settings, terminal
    from ..roadmap import steps

    progress = steps.walk(settings.load())
    rows = [
        {
            "level": each.level,
            "step": each.step.title,
            "done": each.evidence is not None,
            "evidence": each.evidence or "",
            "next": "" if each.evidence else each.step.next,
        }
        for each in progress
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = pd.DataFrame(rows).set_index("step").drop(columns="level")
    title = f"{table['done'].sum()} of {len(table)} steps done"
    table["done"] = table["done"].map({True: "yes", False: "no"})
    terminal.table(title, table, "left")
