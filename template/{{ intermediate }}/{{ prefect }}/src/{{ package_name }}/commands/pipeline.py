"""The command `pipeline`."""

from typing import Annotated

import typer


def run(
    name: Annotated[str, typer.Argument(help="As config/orchestration.yaml calls it.")],
) -> None:
    """Run a pipeline now: each step is tried again where it fails, and none runs after that."""
    from .. import settings, terminal
    from ..errors import ProjectError
    from ..orchestration import pipelines, server

    where = settings.load()
    pipelines.load(where.config).choose(name)
    server.start(where.root)
    from ..orchestration import flows

    try:
        flows.pipeline(name)
    except ProjectError as error:
        raise ProjectError(f"pipeline {name}: {error}") from error
    terminal.say(f"Pipeline {name}: all steps done.")
