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

    found = steps.walk(settings.load())
    rows = [
        {
            "level": each.level,
            "step": each.step.title,
            "done": each.found is not None,
            "evidence": each.found or "",
            "next": "" if each.found else each.step.next,
        }
        for each in found
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = pd.DataFrame(rows).set_index("step").drop(columns="level")
    table["done"] = table["done"].map({True: "yes", False: "no"})
    done = sum(each.found is not None for each in found)
    terminal.table(f"{done} of {len(found)} steps done", table, "left")
