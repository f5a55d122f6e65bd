"""The command `schedule`."""

from contextlib import suppress
from typing import Annotated

import typer

from ..errors import ProjectError


def run(
    port: Annotated[int, typer.Option(help="Where Prefect's pages are.")] = 4200,
) -> None:
    """Run each pipeline when its time has come, until Ctrl-C."""
    from .. import settings, terminal
    from ..orchestration import pipelines, server, steps

    where = settings.load()
    plan = pipelines.load(where.config)
    address = server.start(where.root, port)
    terminal.say(plan.timetable())
    terminal.say(f"Schedules are in UTC. {address.removesuffix('/api')} shows the runs.")
    serving = [f"{settings.NAME}.orchestration.serving"]
    with suppress(KeyboardInterrupt), steps.guarded(serving) as process:
        process.wait()
        raise ProjectError("what starts the pipelines has ended; above it says why")
