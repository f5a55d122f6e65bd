"""The command `schedule`."""

from contextlib import suppress
from typing import Annotated

import typer


def run(
    port: Annotated[
        int, typer.Option(envvar="AIRFLOW__API__PORT", help="Where Airflow's pages are.")
    ] = 8080,
) -> None:
    """Run each pipeline when its time has come, until Ctrl-C."""
    from .. import settings, terminal
    from ..orchestration import local, pipelines, ports

    where = settings.load()
    plan = pipelines.load(where.config)
    address = f"http://{ports.HERE}:{port}"
    with suppress(KeyboardInterrupt), local.running(where.root, port) as processes:
        terminal.say(plan.timetable())
        terminal.say(f"Schedules are in UTC. {address} shows the runs in a few seconds.")
        local.watch(processes)
