"""The command `describe`."""

import shutil
from pathlib import Path
from typing import Annotated, Optional

import typer

from ..errors import ProjectError

SHOWN = 40  # columns in the table of the terminal


def run(
    data: Annotated[Path, typer.Argument(help="A table: CSV, or Parquet by its suffix.")],
    target: Annotated[str, typer.Option(help="The column to predict.")],
    day_first: Annotated[Optional[bool], typer.Option(help="Is 1/7 the first of July?")] = None,
    report: Annotated[bool, typer.Option(help="Also draw each column, on a page.")] = False,
    force: Annotated[bool, typer.Option(help="Replace an edited file, kept as .bak.")] = False,
) -> None:
    """Describe a table in config/dataset.yaml: a role for each column, with the reason."""
    from .. import plugins, settings, terminal
    from ..data import dataset_file, description

    where = settings.load()
    with terminal.steps(total=2) as step:
        described = description.describe(data, target, step, day_first)
    path = where.config / "dataset.yaml"
    write(path, dataset_file.compose(described, dataset_file.locate(data, where.root)), force)
    table = described.table().rename_axis("column")
    terminal.table(f"{described.row_count:,} rows", table.head(SHOWN), "left")
    if len(table) > SHOWN:
        terminal.say(f"… and {len(table) - SHOWN:,} columns more.")
    terminal.say(f"{path} says so. Correct what is wrong there, then `just train`.")
    if report:
        from ..modeling import report as pages

        page = pages.write_columns(described.schema, data, where)
        terminal.say(f"Each column as a picture: {page}")
    for advise in plugins.offered("advice").values():
        if advice := advise(where):
            terminal.say(advice)


def write(path: Path, text: str, force: bool) -> None:
    """Write a dataset file; one that was edited is replaced by `force` alone, and kept beside."""
    from ..data import dataset_file, files

    if path.exists() and not dataset_file.untouched(path):
        if not force:
            typer.echo(dataset_file.differences(path, text))
            raise ProjectError(f"{path} was edited; --force replaces it and keeps a .bak")
        shutil.copy2(path, path.with_suffix(".yaml.bak"))
    with files.replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
