"""The command `schedule`."""

from typing import Annotated

import typer


def run(
    port: Annotated[int, typer.Option(help="Where Prefect's pages are.")] = 4200,
) -> None:
    """Run each pipeline when its time has come, until Ctrl-C."""
    from .. import settings, terminal
    from ..orchestration import pipelines, server

    where = settings.load()
    plan = pipelines.load(where.config)
    address = server.start(where.root, port)
    from ..orchestration import flows

    for name, pipeline in plan.pipelines.items():
        terminal.say(f"{name}: {pipeline.schedule or 'only when asked'}")
    terminal.say(f"Schedules are in UTC. {address.removesuffix('/api')} shows the runs.")
    flows.schedule(plan)
