"""The terminal: progress while a command works, and tables of what it found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

if TYPE_CHECKING:
    import pandas as pd

Step = Callable[[str], None]
Advance = Callable[[float], None]


@contextmanager
def steps(total: int) -> Iterator[Step]:
    """Show how far a command is: call what this gives at the start of each of `total` steps."""
    with progress() as shown:
        task = shown.add_task("", total=total, completed=-1)

        def step(title: str) -> None:
            shown.update(task, advance=1, description=title)
            if shown.disable:
                shown.console.print(title, highlight=False)

        yield step
        shown.update(task, advance=1, description="Done")


@contextmanager
def bar(title: str) -> Iterator[Advance]:
    """Show which share of a file is done: call what this gives with it."""
    with progress() as shown:
        task = shown.add_task(title, total=1.0)
        yield lambda share: shown.update(task, completed=share)


def progress() -> Progress:
    """Return a bar on the standard error, which nobody sees where that is no terminal."""
    console = Console(stderr=True)
    title = TextColumn("{task.description:<34}")
    columns = (title, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def table(title: str, rows: "pd.DataFrame", justify: Literal["left", "right"] = "right") -> None:
    """Print a table of texts, its index as the first column."""
    columns = [Column(str(name), justify=justify) for name in rows]
    drawn = Table(str(rows.index.name), *columns, title=title, title_justify="left")
    for name, texts in rows.iterrows():
        drawn.add_row(str(name), *texts)
    Console(markup=False).print(drawn)


def say(text: str) -> None:
    """Print a line as it is, however wide the terminal."""
    Console().print(text, markup=False, highlight=False, soft_wrap=True)
