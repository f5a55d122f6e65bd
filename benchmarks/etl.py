"""What the ETL costs: the time of its join beside pandas, and its memory as the rows grow."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .measure import Report, Row, Workbench, main, run, typical

ROUNDS = 5
FEW, MANY = 3, 30  # times the rows of the example
MOST_TIMES_MEMORY = 1.5
FLIGHTS = Path("data", "raw", "flights.csv")

# The same join as somebody types it who knows pandas, from the same files to the same one.
PANDAS = """
import pandas as pd

flights = pd.read_csv("data/raw/flights.csv", parse_dates=["time_hour"])
weather = pd.read_csv("data/raw/weather.csv", parse_dates=["time_hour"])
planes = pd.read_csv("data/raw/planes.csv")

weather["time_hour"] += pd.Timedelta(hours=1)
weather = weather.drop(columns=["year", "month", "day", "hour"])
planes = planes[["tailnum", "year", "seats", "manufacturer", "model"]]
planes.columns = ["tailnum", "plane_year", "plane_seats", "plane_maker", "plane_model"]

table = flights.merge(weather, on=["origin", "time_hour"], how="left")
table = table.merge(planes, on="tailnum", how="left")
table.to_parquet("data/processed/pandas.parquet")
"""

# How long a command takes, and how much memory in MB at most: it and all that it starts together.
WATCH = """
import subprocess
import sys
import time

import psutil

start, peak = time.perf_counter(), 0
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
with psutil.Popen(sys.argv[1:], **quiet) as command:
    while command.poll() is None:
        try:
            held = [each.memory_info().rss for each in [command, *command.children(True)]]
        except psutil.NoSuchProcess:
            continue
        peak = max(peak, sum(held))
        time.sleep(0.02)
if command.returncode:
    sys.exit(f"{sys.argv[1:]} fails")
print(time.perf_counter() - start, peak / 2**20)
"""


def measured(bench: Workbench) -> Report:
    """Measure `late-flights etl` in turns with pandas, then its memory with many rows."""
    project = bench.intermediate
    own, other = typical(ROUNDS, partial(make, project), partial(merge, project))
    (_, few), (_, many) = (watched(project, times, etl("duckdb")) for times in (FEW, MANY))
    what, beside = "late-flights etl", "pandas"
    return Report(
        "The table of the ETL",
        [
            Row(what, own.wall, beside, other.wall, most_times=1),
            Row(f"{what}, CPU", own.cpu, f"{beside}, CPU", other.cpu),
            Row(
                f"peak memory, {MANY} × the rows",
                many,
                f"{FEW} × the rows",
                few,
                most_times=MOST_TIMES_MEMORY,
                unit="MB",
            ),
        ],
        f"327,346 flights, weather and planes, from CSV to Parquet, in processes of their own."
        f" Medians of {ROUNDS} runs in turns, after one each. The memory limit is 1 GB.",
    )


def etl(engine: str) -> list[str | Path]:
    """Return the command that makes the table on an engine."""
    return [".venv/bin/late-flights", "etl", "--engine", engine]


def make(project: Path) -> None:
    """Make the table anew."""
    (project / "data" / "processed" / "table.json").unlink(missing_ok=True)
    run([project / ".venv" / "bin" / "late-flights", "etl"], project)


def merge(project: Path) -> None:
    """Make the same table by pandas."""
    run([project / ".venv" / "bin" / "python", "-c", PANDAS], project)


def watched(project: Path, times: int, command: list[str | Path]) -> tuple[float, float]:
    """Return the seconds that a command takes with so many times the rows, and the most MB."""
    (project / "data" / "processed" / "table.json").unlink(missing_ok=True)
    with repeated(project / FLIGHTS, times):
        said = run([sys.executable, "-c", WATCH, *command], project)
    seconds, peak = map(float, said.split())
    return seconds, peak


@contextmanager
def repeated(table: Path, times: int) -> Iterator[None]:
    """Let a CSV file have each of its rows so many times, while the context lasts."""
    once = table.rename(table.with_suffix(".once"))
    try:
        with once.open("rb") as rows, table.open("wb") as file:
            file.write(rows.readline())
            start = rows.tell()
            for _ in range(times):
                rows.seek(start)
                shutil.copyfileobj(rows, file)
        yield
    finally:
        once.replace(table)


if __name__ == "__main__":
    main(measured)
