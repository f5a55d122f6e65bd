"""The command `pipeline`."""

from typing import Annotated

import typer


def run(
    name: Annotated[str, typer.Argument(help="As config/orchestration.yaml calls it.")],
) -> None:
    """Run a pipeline now: each step is tried again where it fails, and none runs after that."""
    from .. import settings, terminal
    from ..orchestration import local, pipelines

    where = settings.load()
    pipelines.load(where.config).choose(name)
    if code := local.run(where.root, name):
        raise SystemExit(code)
    terminal.say(f"Pipeline {name}: all steps done.")
