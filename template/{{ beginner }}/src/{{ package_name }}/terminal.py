"""The terminal: progress while a command works, and tables of what it found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

Step = Callable[[str], None]


@contextmanager
def steps(total: int) -> Iterator[Step]:
    """Show how far a command is: call what this gives at the start of each of `total` steps."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total, completed=-1)

        def step(what: str) -> None:
            bar.update(task, advance=1, description=what)
            if not console.is_terminal:
                console.print(what, highlight=False)

        yield step
        bar.update(task, advance=1, description="Done")


def table(title: str, rows: "pd.DataFrame") -> None:
    """Print a table of texts, its index as the first column."""
    drawn = Table(title=title, title_justify="left")
    drawn.add_column(str(rows.index.name))
    for name in rows:
        drawn.add_column(str(name), justify="right")
    for name, cells in rows.iterrows():
        drawn.add_row(str(name), *cells)
    Console().print(drawn)


def say(text: str) -> None:
    """Print a line as it is, however wide the terminal."""
    Console().print(text, markup=False, highlight=False, soft_wrap=True)
