"""How long a level-up takes, beside `copier update`, and with three gigabytes in data/."""

import shutil
import sys
from functools import partial
from pathlib import Path

from .measure import Report, Row, Workbench, cost, main, run

MOST = 10  # seconds
MOST_TIMES = 1.1  # with large files, of what it takes without them
ROUNDS = 3
LARGE, COUNT = 300 * 2**20, 10

PEAK = """
import pathlib, resource, subprocess, sys
subprocess.run(sys.argv[2:], check=True)
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""

Command = list[str | Path]

UP = ["--data", "level=intermediate", "--defaults"]
OURS: Command = [sys.executable, "tasks/update.py", "--vcs-ref=:current:", *UP]
COPIERS: Command = [sys.executable, "-m", "copier", "update", "--quiet", "--vcs-ref=:current:", *UP]


def measured(bench: Workbench) -> Report:
    """Measure a level-up of the default project, each round in a fresh copy of it."""
    plain, large = bench.folder / "plain", bench.folder / "large"
    for place in (plain, large):
        ignored = shutil.ignore_patterns(".venv")
        shutil.copytree(bench.project, place, symlinks=True, ignore=ignored)
    for number in range(COUNT):
        with (large / "data" / "raw" / f"{number}.bin").open("wb") as file:
            file.truncate(LARGE)
    ways = {"ours": (plain, OURS), "copier": (plain, COPIERS), "large": (large, OURS)}
    rounds = [{name: up(*way) for name, way in ways.items()} for _ in range(ROUNDS)]
    best, peak = ({name: min(each[name][of] for each in rounds) for name in ways} for of in (0, 1))
    return Report(
        "A level-up",
        [
            Row("just level-up intermediate", best["ours"], "copier update", best["copier"], MOST),
            Row(
                f"with {COUNT} files of 300 MB in data/",
                best["large"],
                "without them",
                best["ours"],
                most_times=MOST_TIMES,
            ),
            Row(
                "its memory, with these files",
                peak["large"],
                "without them",
                peak["ours"],
                most_times=MOST_TIMES,
                unit="MB",
            ),
        ],
        f"The fastest of {ROUNDS} rounds, by the clock.",
    )


def up(place: Path, command: Command) -> tuple[float, float]:
    """Return the seconds and the peak of memory, in MB, of a level-up, which is taken back."""
    record = place.with_suffix(".peak")
    wall = cost(partial(run, [sys.executable, "-c", PEAK, record, *command], place)).wall
    run(["git", "reset", "--quiet", "--hard"], place)
    run(["git", "clean", "--quiet", "--force", "-d"], place)
    return wall, int(record.read_text()) / 1024


if __name__ == "__main__":
    main(measured)
