"""What large tables cost: seconds and peak memory of the commands, beside plain pandas."""

import os
import subprocess
import sys
import time
from pathlib import Path

from .measure import Report, Row, Workbench, environment, main, run

FEW, MANY = 1_000_000, 10_000_000  # rows to predict; plain pandas gets the few
LEARNT = 1_000_000  # rows to describe and to learn from, of 30 columns
MOST = 2048  # MB, but for the many
FLAT = 1.25  # times the memory for the few, to predict the many
MEGABYTE = 2**20

MAKE_WIDE = """
import sys

import numpy as np
import pandas as pd

path, rows = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(0)
for start in range(0, rows, 100_000):
    count = min(100_000, rows - start)
    part = pd.DataFrame({f"number_{i}": random.normal(size=count).round(4) for i in range(19)})
    part["whole"] = random.integers(0, 1000, count)
    for i in range(8):
        part[f"text_{i}"] = random.choice([f"kind {k}" for k in range(3 + 20 * i)], count)
    part["seen_at"] = pd.date_range("2020-01-01", periods=rows, freq="min")[start : start + count]
    chance = 1 / (1 + np.exp(-part["number_0"] - (part["text_1"] == "kind 1")))
    part["answer"] = np.where(random.random(count) < chance, "yes", "no")
    part.to_csv(path, mode="a" if start else "w", header=not start, index=False)
"""

PLAIN_PREDICT = """
import sys

import mlflow
import pandas as pd

path, model, out = sys.argv[1:]
rows = pd.read_csv(path, parse_dates=["time_hour"])
pipeline = mlflow.sklearn.load_model(model)
chances = pipeline.predict_proba(rows)
rows["prediction"] = pipeline.classes_[chances.argmax(axis=1)]
for number, name in enumerate(pipeline.classes_):
    rows[f"probability_{name}"] = chances[:, number]
rows.to_csv(out, index=False)
"""

PLAIN_DESCRIBE = """
import sys

import pandas as pd

rows = pd.read_csv(sys.argv[1])
print(rows.describe(include="all"), rows.nunique())
"""

Command = list[str | Path]
Used = tuple[float, float]  # seconds, megabytes


def measured(bench: Workbench) -> Report:
    """Measure `predict` of flights over and over again, and `describe` and `train` of wide rows."""
    return Report(
        "Large tables",
        [*predicting(bench), *learning(bench)],
        "Each once, the start of Python included. Pandas has all rows in memory at once.",
    )


def used(command: Command, folder: Path) -> Used:
    """Return the wall time and the peak memory of a command.

    Raises:
        subprocess.CalledProcessError: It failed; what it said is on the standard error.
    """
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, list(map(str, command)))
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    return time.perf_counter() - start, usage.ru_maxrss * unit / MEGABYTE


def repeat(source: Path, target: Path, rows: int) -> None:
    """Write `rows` rows of a CSV file, over and over again."""
    header, *lines = source.read_bytes().splitlines(keepends=True)
    with target.open("wb") as file:
        file.write(header)
        for start in range(0, rows, len(lines)):
            file.writelines(lines[: rows - start])


def predicting(bench: Workbench) -> list[Row]:
    """Measure `predict` of few and of many flights, beside pandas with the few in memory."""
    project, programs = bench.project, bench.project / ".venv" / "bin"
    run([programs / "late-flights", "train"], project)
    model = next((project / "mlartifacts").rglob("MLmodel")).parent
    source, out = bench.folder / "many.csv", bench.folder / "out.csv"
    predict: Command = [programs / "late-flights", "predict", source, "--output", out]
    flights = project / "data" / "raw" / "flights.csv"
    repeat(flights, source, FEW)
    few = used(predict, project)
    plain = used([programs / "python", "-c", PLAIN_PREDICT, source, model, out], project)
    repeat(flights, source, MANY)
    seconds, memory = used(predict, project)
    what = f"predict, {MANY:,} rows × 20"
    return [
        *beside_pandas(f"predict, {FEW:,} rows × 20", few, plain),
        Row(what, seconds, f"{FEW:,} rows", few[0]),
        Row(f"{what}, peak memory", memory, f"{FEW:,} rows", few[1], most_times=FLAT, unit="MB"),
    ]


def learning(bench: Workbench) -> list[Row]:
    """Measure `describe` and `train` of 30 columns, the first beside pandas."""
    project, programs = bench.project, bench.project / ".venv" / "bin"
    source = bench.folder / "wide.csv"
    run([programs / "python", "-c", MAKE_WIDE, source, str(LEARNT)], project)
    describe: Command = [
        programs / "late-flights",
        "describe",
        source,
        "--target",
        "answer",
        "--force",
    ]
    described = used(describe, project)
    plain = used([programs / "python", "-c", PLAIN_DESCRIBE, source], project)
    seconds, memory = used([programs / "late-flights", "train"], project)
    size = f"{LEARNT:,} rows × 30"
    return [
        *beside_pandas(f"describe, {size}", described, plain),
        Row(f"train, {size}", seconds),
        Row(f"train, {size}, peak memory", memory, most=MOST, unit="MB"),
    ]


def beside_pandas(what: str, own: Used, plain: Used) -> list[Row]:
    """Return a line for the seconds and one for the memory."""
    beside = "plain pandas"
    return [
        Row(what, own[0], beside, plain[0]),
        Row(f"{what}, peak memory", own[1], beside, plain[1], most=MOST, unit="MB"),
    ]


if __name__ == "__main__":
    main(measured)
