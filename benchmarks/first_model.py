"""How long the first model takes, and each phase of its training, beside plain scikit-learn.

With `BESIDE=1c0e306` in the environment, or any other revision of this repository, also what each
part costs there: both are measured in one run, in turns.
"""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from itertools import pairwise
from pathlib import Path

import bytecode
from newcomer import Newcomer, arrive
from support import ROOT

from .measure import Cost, Report, Row, Workbench, cost, environment, main, processor_time, run

MOST = 60  # seconds from nothing to the first model, with a warm package cache
MOST_TRAINING = 30  # seconds, on two quiet cores
MOST_TIMES = 2 / 3  # of the CPU seconds that it took at 1c0e306
ROUNDS = 3

COPY, SETUP, TRAIN = "uvx copier copy", "uv run just setup", "uv run just train"
CLONE, ADD, FIT = "git clone of the template", "uv add pandas scikit-learn", "plain scikit-learn"
PARTS = {  # of the way, each without what the one before has done
    "copy": f"{COPY} --quiet --defaults --vcs-ref=HEAD . ../parts && cd ../parts",
    "lock": "uv lock --quiet",
    "environment": "uv sync --quiet --all-extras",
    "example": "uv run --quiet just _example",
    "git, hooks": "uv run --quiet just setup",
    "train": "uv run --quiet just train",
}
WHOLE, CPU = "late-flights train", "late-flights train, CPU"

# What somebody types who wants the model and nothing around it, of the same versions.
BY_HAND = {
    CLONE: "git clone --quiet ../mlops-ladder ../clone",
    ADD: """
uv init --quiet --bare ../by-hand && cp uv.toml ../by-hand
uv add --quiet --project ../by-hand 'pandas<3' 'scikit-learn<2'
""",
    FIT: "../by-hand/.venv/bin/python {plain} data/raw/flights.csv",
}

# The same fit on the same rows, from scratch.
PLAIN = """
import json
import sys

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

NUMBERS = ["sched_dep_time", "sched_arr_time", "distance"]
TEXTS = ["carrier", "origin", "dest"]
SEED = 2013


def step(what):
    print(what, file=sys.stderr, flush=True)


def auc(fitted, rows):
    return roc_auc_score(rows["late"], fitted.predict_proba(rows)[:, 1])


step("Read the data")
rows = pd.read_csv(
    sys.argv[1], usecols=[*NUMBERS, *TEXTS, "time_hour", "late"], parse_dates=["time_hour"]
)
rows = rows.iloc[np.sort(np.random.default_rng(SEED).choice(len(rows), 50_000, replace=False))]
rows = rows.sort_values("time_hour", kind="stable")
rows = rows.assign(weekday=rows["time_hour"].dt.dayofweek, hour=rows["time_hour"].dt.hour)
rows["late"] = rows["late"] == "yes"
train, holdout = rows.iloc[:40_000], rows.iloc[40_000:]

numbers = SimpleImputer(strategy="median")
texts = TargetEncoder(cv=KFold(5, shuffle=True, random_state=SEED))
dates = SimpleImputer(strategy="most_frequent")
features = [("n", numbers, NUMBERS), ("t", texts, TEXTS), ("d", dates, ["weekday", "hour"])]
boosting = HistGradientBoostingClassifier(random_state=SEED)
pipeline = make_pipeline(ColumnTransformer(features), boosting)

for number, (learn, judge) in enumerate(TimeSeriesSplit(5).split(train), start=1):
    step(f"Cross-validate, fold {number} of 5")
    part = train.iloc[learn]
    auc(clone(pipeline).fit(part, part["late"]), train.iloc[judge])
step("Fit on all training rows")
pipeline.fit(train, train["late"])
step("Judge by the holdout")
print(json.dumps({"holdout": {"roc_auc": auc(pipeline, holdout)}}))
"""

Seconds = dict[str, float]


@dataclass(frozen=True)
class Run:
    """How long each phase of a training run took, and how good its model is."""

    seconds: Seconds
    roc_auc: float


def measured(bench: Workbench) -> Report:
    """Measure the README's first command step by step, then the training run phase by phase."""
    bytecode.forget()
    plain = bench.folder / "plain.py"
    plain.write_text(PLAIN)
    own, other = train(bench.project, plain)
    starts = [begin(bench.template, bench.folder / f"{n}", plain) for n in range(ROUNDS)]
    start = min(starts, key=lambda took: sum(took[name].wall for name in took))
    return Report(
        "From nothing to the first model",
        [*start_rows(start), *part_rows(bench), *phase_rows(own.seconds, other.seconds)],
        f"The fastest of {ROUNDS} rounds, packages in the cache. The first `just train` also makes"
        " MLflow's store and the bytecode of libraries; the phases are of a later run. Plain"
        f" scikit-learn finds the same model (ROC AUC {other.roc_auc:.4f}), and tracks nothing.",
    )


def part_rows(bench: Workbench) -> list[Row]:
    """Return what each part of the way costs, beside another revision if one is asked for."""
    templates = {"here": bench.template}
    if revision := os.environ.get("BESIDE"):
        templates[revision] = bench.folder / "beside"
        run(["git", "clone", "--quiet", ROOT, templates[revision]], bench.folder)
        run(["git", "checkout", "--quiet", revision], templates[revision])
    turns: dict[str, list[Seconds]] = {name: [] for name in templates}
    for number in range(ROUNDS):
        for name, template in templates.items():
            newcomer = arrive(template, bench.folder / f"parts-{name}-{number}")
            turns[name].append(
                {what: cost(partial(enter, newcomer, PARTS[what])).cpu for what in PARTS}
            )
    own, *others = (min(rounds, key=lambda spent: sum(spent.values())) for rounds in turns.values())
    other = {**others[0], "": sum(others[0].values())} if others else {}
    return [
        Row(f"part: {what}, CPU", seconds, revision or "–", other.get(what))
        for what, seconds in own.items()
    ] + [
        Row(
            "all parts, CPU",
            sum(own.values()),
            revision or "–",
            other.get(""),
            most_times=MOST_TIMES,
        )
    ]


def train(project: Path, plain: Path) -> tuple[Run, Run]:
    """Return the fastest run of the project's training, and of plain scikit-learn, in turns.

    The first ones, which make bytecode, do not count.
    """
    programs = project / ".venv" / "bin"
    ours: list[str | Path] = [programs / "late-flights", "train", "--json"]
    theirs: list[str | Path] = [programs / "python", plain, "data/raw/flights.csv"]
    own, other = watch(ours, project), watch(theirs, project)
    if abs(own.roc_auc - other.roc_auc) > 1e-9:  # then no ratio says anything
        raise SystemExit(f"PLAIN fits another model: {other.roc_auc} is not {own.roc_auc}")
    runs = [(watch(ours, project), watch(theirs, project)) for _ in range(ROUNDS)]
    own, other = (min(each, key=lambda run: run.seconds[WHOLE]) for each in zip(*runs, strict=True))
    return own, other


def begin(template: Path, folder: Path, plain: Path) -> dict[str, Cost]:
    """Return what each step of the README's first command costs, and the same by hand."""
    folder.mkdir()
    os.environ["PIP_CACHE_DIR"] = str(folder.parent / "pip")
    newcomer = arrive(template, folder)
    by_hand = {name: command.format(plain=plain) for name, command in BY_HAND.items()}
    commands = {**steps(template / "README.md"), **by_hand}
    return {name: cost(partial(enter, newcomer, commands[name])) for name in commands}


def steps(readme: Path) -> dict[str, str]:
    """Return the steps of the first command in `readme`, by what stands before their options."""
    line = next(line for line in readme.read_text().splitlines() if "copier" in line)
    commands = re.split(" && (?!cd )", line.strip())
    return {command.partition(" --")[0]: command for command in commands}


def enter(newcomer: Newcomer, command: str) -> None:
    """Let somebody type a command; what it prints is seen only if it fails."""
    with redirect_stdout(StringIO()) as printed:
        try:
            newcomer.type(command)
        except subprocess.CalledProcessError:
            print(printed.getvalue(), file=sys.stderr)
            raise


def watch(command: list[str | Path], folder: Path) -> Run:
    """Return how long each phase of a command takes that names them on its standard error."""
    spent, marks = processor_time(), [("start Python, import", time.perf_counter())]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stderr
        marks += [(line.strip(), time.perf_counter()) for line in process.stderr]
        printed = process.stdout.read()
    marks.append((WHOLE, time.perf_counter()))
    if process.returncode:
        raise SystemExit(f"{command[0]} failed: {[what for what, _ in marks]}")
    phases = {what: end - start for (what, start), (_, end) in pairwise(marks)}
    whole = {WHOLE: sum(phases.values()), CPU: processor_time() - spent}
    return Run({**phases, **whole}, json.loads(printed)["holdout"]["roc_auc"])


def start_rows(took: dict[str, Cost]) -> list[Row]:
    """Return the steps of the README's first command and their sum, beside the same by hand."""
    beside = {COPY: CLONE, SETUP: ADD, TRAIN: FIT}
    own = [name for name in took if name not in BY_HAND]
    by_hand = [*(name for name in own if name not in beside), ADD, FIT]
    wall, cpu = ({name: getattr(took[name], kind) for name in took} for kind in ("wall", "cpu"))
    what, other = "zero → first model", "uv, its two packages, the fit"
    return [
        *(
            Row(name, wall[name], beside.get(name, "–"), wall.get(beside.get(name, "")))
            for name in own
        ),
        Row(what, total(wall, own), other, total(wall, by_hand), MOST),
        Row(f"{what}, CPU", total(cpu, own), f"{other}, CPU", total(cpu, by_hand)),
    ]


def total(seconds: Seconds, names: list[str]) -> float:
    """Return the sum of some steps."""
    return sum(seconds[name] for name in names)


def phase_rows(own: Seconds, other: Seconds) -> list[Row]:
    """Return the phases of a training run and their sum, beside those of plain scikit-learn."""
    most = {WHOLE: MOST_TRAINING}
    return [
        Row(
            what if what in (WHOLE, CPU) else f"train: {what}",
            seconds,
            FIT if what in other else "–",
            other.get(what),
            most.get(what),
        )
        for what, seconds in own.items()
    ]


if __name__ == "__main__":
    main(measured)
