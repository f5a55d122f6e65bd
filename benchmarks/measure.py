"""What the benchmarks share: costs, tables of them, and a project to measure."""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import copier
from newcomer import OF_THIS_RUN
from rich.console import Console
from rich.table import Table
from support import copy_working_tree

WIDTH = 120  # of a table that goes to no terminal
SOMEONE = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Benchmark"), ("EMAIL", "benchmark@example.org"))
}


@dataclass(frozen=True)
class Row:
    """A figure beside another one, and the most that it may be, or may be times the other."""

    what: str
    figure: float
    beside: str = "–"
    other: float | None = None
    most: float | None = None
    most_times: float | None = None
    unit: str = "s"

    @property
    def times(self) -> float | None:
        """How many times the other figure this one is."""
        return self.figure / self.other if self.other else None

    @property
    def bound(self) -> str:
        """The most that is allowed, and whether that is kept; nothing where there is no bound."""
        bounds = [(self.figure, self.most, f" {self.unit}"), (self.times, self.most_times, "×")]
        return ", ".join(
            f"≤ {most:g}{unit}, {'kept' if value <= most else 'MISSED'}"
            for value, most, unit in bounds
            if value is not None and most is not None
        )

    def cells(self) -> list[str]:
        """Return the texts of a line of a table."""
        other = "–" if self.other is None else f"{digits(self.other)} {self.unit}"
        times = "–" if self.times is None else f"{digits(self.times)}×"
        figure = f"{digits(self.figure)} {self.unit}"
        return [self.what, figure, self.beside, other, times, self.bound]


@dataclass(frozen=True)
class Report:
    """A table, and how its figures were measured."""

    title: str
    rows: list[Row]
    how: str
    machine: str = ""

    def note(self) -> str:
        """Return what has to be known to read the figures."""
        return f"{self.title}: {self.how} {self.machine}"

    def plain(self) -> dict[str, object]:
        """Return what `show` prints, for machines."""
        rows = [{**asdict(row), "times": row.times, "bound": row.bound} for row in self.rows]
        return {"title": self.title, "rows": rows, "how": self.how, "machine": self.machine}


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of processor time, that of finished child processes included."""

    wall: float
    cpu: float


class Workbench(AbstractContextManager["Workbench"]):
    """A temporary folder with the template as it stands, and a default project made from it."""

    def __init__(self) -> None:
        """Make the folder, which goes when the context ends."""
        self._folder = TemporaryDirectory(prefix="benchmarks-")
        self.folder = Path(self._folder.name)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    @cached_property
    def template(self) -> Path:
        """A Git repository with what stands in the working tree."""
        os.environ.update(SOMEONE)
        copy_working_tree(self.folder / "template")
        return self.folder / "template"

    @cached_property
    def project(self) -> Path:
        """The default project, with its environment and its data, by `just setup`."""
        return self._set_up("beginner")

    @cached_property
    def intermediate(self) -> Path:
        """The same at the intermediate level."""
        return self._set_up("intermediate")

    def _set_up(self, level: str) -> Path:
        path = self.folder / level / "late-flights"
        copier.run_copy(
            str(self.template),
            path,
            data={"level": level},
            vcs_ref="HEAD",
            defaults=True,
            quiet=True,
        )
        run(["uv", "run", "--quiet", "just", "setup"], path)
        return path


def main(*measured: Callable[[Workbench], Report]) -> None:
    """Print one table of all benchmarks; with `--json`, a list of one table each."""
    parser = ArgumentParser(description="Prints what something costs, beside something else.")
    parser.add_argument("--json", action="store_true", help="print a list of tables as JSON")
    as_json = parser.parse_args().json
    reports = []
    with Workbench() as bench:
        for number, each in enumerate(measured, start=1):
            print(f"{number} of {len(measured)}: {each.__module__}", file=sys.stderr, flush=True)
            load = os.getloadavg()[0]
            reports.append(replace(each(bench), machine=machine(load)))
    if as_json:
        print(json.dumps([report.plain() for report in reports], ensure_ascii=False, indent=2))
    else:
        show(reports, Console(width=None if sys.stdout.isatty() else WIDTH))


def show(reports: list[Report], console: Console) -> None:
    """Print one table, with a section for each benchmark, and below it how it was measured."""
    drawn = Table()
    for name in ("measured", "", "beside", "", "ratio", "bound"):
        drawn.add_column(name, justify="left" if name in ("measured", "beside") else "right")
    for report in reports:
        drawn.add_row(f"[bold]{report.title}")
        for row in report.rows:
            drawn.add_row(*row.cells())
        drawn.add_section()
    console.print(drawn)
    for report in reports:
        console.print(report.note(), markup=False, highlight=False)


def digits(value: float) -> str:
    """Return `value` with two decimals, or so many that it shows two digits."""
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:,.2f}"


def machine(before: float) -> str:
    """Return what the figures depend on; `before` is the load when their measurement began."""
    load = f"load {before:.1f} before, {os.getloadavg()[0]:.1f} after"
    return f"{os.cpu_count()} cores, {load}, Python {platform.python_version()}."


def environment() -> dict[str, str]:
    """Return the environment of whoever runs this, without what is meant for this run."""
    return {key: os.environ[key] for key in os.environ if not key.startswith(OF_THIS_RUN)}


def run(command: list[str | Path], folder: Path) -> str:
    """Return what a command prints in `folder`.

    Raises:
        subprocess.CalledProcessError: It failed; what it said is on the standard error.
    """
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode:
        print(done.stdout.decode(), done.stderr.decode(), file=sys.stderr)
    done.check_returncode()
    return done.stdout.decode()


def cost(work: Callable[[], object]) -> Cost:
    """Return what `work` costs."""
    start, spent = time.perf_counter(), processor_time()
    work()
    return Cost(time.perf_counter() - start, processor_time() - spent)


def processor_time() -> float:
    """Return the seconds that this process and its finished children took of the processors."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def typical(rounds: int, *works: Callable[[], object]) -> list[Cost]:
    """Return the median cost of each of `works`, in turns so that a busy minute hits all alike.

    Each is done once before, for the bytecode and the caches of the disk.
    """
    for work in works:
        work()
    turns = [[cost(work) for work in works] for _ in range(rounds)]
    return [
        Cost(median(each.wall for each in costs), median(each.cpu for each in costs))
        for costs in zip(*turns, strict=True)
    ]
