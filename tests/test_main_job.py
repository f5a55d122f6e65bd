"""The main job of a project works in each row of a cover, where any two answers meet.

It begins with its data at the first level and goes up. Then it is set up, its pipeline makes and
validates a table and trains a model on it, and the model predicts.
"""

import sys
from pathlib import Path

import pytest
from conftest import OWN_TABLE
from mlops_ladder.combination import Answers
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from support import Project, copied

pytestmark = pytest.mark.projects

LEVEL = "intermediate"
ROWS = 7  # of the cover; the first is the default project, which other tests know well
FOLDER = "late flights"  # a space, as in many a home
ASKED = ("data_versioning", "orchestrator", "serving")  # by the level, beside what the data answer
ALONE = {  # what meets no other answer, or is not part of the job
    **{"license": "MIT", "python_version": "3.11"},
    **{"ci": "github", "deployment": "kubernetes"},
}
TRAIN_QUICKLY = r"printf 'estimator: linear\nfolds: 2\n' > config/training.yaml"
LEVEL_UP = "{python} tasks/update.py --vcs-ref=:current: --data=level={level} {data} --defaults"
FEW_ROWS = "sed -i '2002,$d' data/raw/flights.csv data/raw/weather.csv data/raw/planes.csv"
OWN_ROWS = f"""mkdir -p data/raw{OWN_TABLE}
"{{program}}" describe data/raw/own.csv --target late --force
"""
PREDICT = "just predict data/processed/table.parquet --output answers.csv"
NEW_ROWS = """
mkdir -p data/new
head -n 11 data/raw/own.csv | cut -d, -f1-2 > data/new/dataset.csv
just pipeline inference
"""
# what is done at the first level and at the next, by whether the example is joined
BEFORE = {"flights": "", "none": OWN_ROWS}
AFTER = {"flights": FEW_ROWS, "none": "just etl"}
ASK = {"flights": (PREDICT, "2,000"), "none": (NEW_ROWS, "10")}
SET_UP = {
    "uv": "uv run just setup",
    "pip-tools": """
python3 -m venv .venv
.venv/bin/pip install --quiet --upgrade pip pip-tools rust-just
.venv/bin/just setup
""",
}


def begun(questions: Questions, owner: Newcomer, place: Path, answers: Answers) -> Newcomer:
    """Return who begins a project at the first level, with some of the answers."""
    later = {"level", "join_example", "ci", "deployment", *ASKED}
    first = {name: answers[name] for name in answers if name not in later}
    return Newcomer(owner.machine, copied(questions, place, first).path)


def level_up(project: Newcomer, answers: Answers) -> None:
    """Go up as the owner would, who need not say whether the example is joined."""
    data = " ".join(f"--data={name}={answers[name]}" for name in ASKED)
    Project(project.place).commit()
    project.type(LEVEL_UP.format(python=sys.executable, level=LEVEL, data=data))
    Project(project.place).commit()


def test_every_row_of_the_cover_is_tested(questions: Questions) -> None:
    assert len(pairwise(questions, LEVEL, ALONE)) == ROWS


@pytest.mark.parametrize("number", range(1, ROWS))
def test_the_main_job_works(
    owner: Newcomer, questions: Questions, tmp_path: Path, number: int
) -> None:
    answers = {**pairwise(questions, LEVEL, ALONE)[number].answers, **ALONE}
    joins = str(answers["join_example"])
    project = begun(questions, owner, tmp_path / FOLDER, answers)
    project.type(BEFORE[joins].format(program=owner.place / ".venv" / "bin" / "late-flights"))
    project.type(TRAIN_QUICKLY)
    level_up(project, answers)
    project.type(SET_UP[str(answers["packaging"])])
    assert "    pipeline " in project.follow("just")
    project.follow(AFTER[joins])

    assert "registered as version" in project.follow("just pipeline training")

    ask, rows = ASK[joins]
    assert f"{rows} rows, with their predictions by" in project.follow(ask)
