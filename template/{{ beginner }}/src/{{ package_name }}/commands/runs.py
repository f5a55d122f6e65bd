"""The command `runs`."""

import json
from typing import Annotated

import typer


def run(
    count: Annotated[int, typer.Option(help="How many, the newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of JSON objects.")] = False,
) -> None:
    """List finished runs, the headline metric of each beside that of the trivial model."""
    import pandas as pd

    from .. import settings, terminal
    from ..modeling import report
    from ..tracking import runs

    found = [report.summarize(each) for each in runs.finished_runs(settings.load(), count=count)]
    if as_json:
        typer.echo(json.dumps(found))
    elif found:
        table = pd.DataFrame(found).set_index("run")
        terminal.table("Finished runs, the newest first", table, "left")
    else:
        terminal.say("There is no finished run yet; `just train` makes one.")
