"""What each engine of the ETL costs as the rows grow: seconds and memory, beside pandas."""

from collections.abc import Iterator
from pathlib import Path

from .etl import FEW, MANY, PANDAS, etl, watched
from .measure import Report, Row, Workbench, main, run

ROWS = 327_346
ENGINES = ("duckdb", "spark")


def measured(bench: Workbench) -> Report:
    """Measure the ETL on each of its engines, beside pandas, as the rows grow."""
    project = bench.intermediate
    run(["uv", "run", "--quiet", "just", "spark"], project)
    rows = [row for times in (1, FEW, MANY) for row in compared(project, times)]
    return Report(
        "The engines of the ETL",
        rows,
        "The same table, from the start of the process to its end; of the memory, the most that"
        " the process and all that it starts had at once. One run each.",
    )


def compared(project: Path, times: int) -> Iterator[Row]:
    """Yield what each engine takes for so many times the rows, beside pandas."""
    seconds, memory = watched(project, times, [project / ".venv/bin/python", "-c", PANDAS])
    for engine in ENGINES:
        wall, peak = watched(project, times, etl(engine))
        yield Row(f"{ROWS * times:,} rows, {engine}", wall, "pandas", seconds)
        yield Row(f"{ROWS * times:,} rows, {engine}, memory", peak, "pandas", memory, unit="MB")


if __name__ == "__main__":
    main(measured)
