"""The command `pipeline`."""

import sys
from typing import Annotated

import typer


def run(
    name: Annotated[str, typer.Argument(help="The name of a flow in orchestration/flows.py.")],
) -> None:
    """Run a pipeline now: a step that fails is tried again, and none runs after it."""
    from prefect import Flow, get_client
    from prefect.settings import PREFECT_HOME

    from .. import configuration
    from ..data import files
    from ..errors import ProjectError
    from ..orchestration import flows

    pipelines = {key: each for key, each in vars(flows).items() if isinstance(each, Flow)}
    if name not in pipelines:
        close = configuration.nearest(name, sorted(pipelines))
        raise ProjectError(f"orchestration/flows.py has no flow `{name}`; {close}")
    if "--debug" not in sys.argv:
        sys.tracebacklimit = 0  # Prefect logs errors with their traceback
    PREFECT_HOME.value().mkdir(parents=True, exist_ok=True)
    with files.alone(PREFECT_HOME.value()):  # two servers cannot make their database at once
        get_client(sync_client=True)
    pipelines[name]()
