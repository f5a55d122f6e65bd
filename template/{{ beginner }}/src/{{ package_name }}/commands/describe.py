"""The command `describe`."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from ..errors import ProjectError

if TYPE_CHECKING:
    from ..data.description import Description

SHOWN = 40  # columns in the table of the terminal


def run(
    data: Annotated[Path, typer.Argument(help="A table: CSV, or Parquet by its suffix.")],
    target: Annotated[str, typer.Option(help="The column to predict.")],
    task: Annotated[
        Optional[Literal["classification", "regression"]], typer.Option(help="By default inferred.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace an edited file, kept as .bak.")] = False,
) -> None:
    """Describe a table in config/dataset.yaml: a role for each column, with the reason."""
    from .. import plugins, settings, terminal
    from ..data import dataset_file, description, files

    where = settings.load()
    with terminal.bar("Look at the columns") as advance:
        found = description.describe(data, target, task, advance)
    path = where.config / "dataset.yaml"
    text = dataset_file.compose(found, dataset_file.locate(data, where.root))
    if path.exists() and not dataset_file.untouched(path):
        if not force:
            typer.echo(dataset_file.differences(path, text))
            raise ProjectError(f"{path} was edited; --force replaces it and keeps a .bak")
        shutil.copy2(path, path.with_suffix(".yaml.bak"))
    with files.replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
    show(found)
    terminal.say(f"{path} says so. Correct what is wrong there, then `just train`.")
    for advise in plugins.offered("advice").values():
        if advice := advise(where):
            terminal.say(advice)


def show(found: "Description") -> None:
    """Print the role of each column, and why."""
    import pandas as pd

    from .. import terminal

    roles = {found.target: f"target of a {found.task}", **found.roles}
    rows = pd.DataFrame({"role": roles, "why": found.reasons}).rename_axis("column")
    terminal.table(f"{found.rows:,} rows", rows.loc[list(roles)].head(SHOWN), "left")
    if len(rows) > SHOWN:
        terminal.say(f"… and {len(rows) - SHOWN:,} columns more.")
