"""The main job of a project works in each row of a cover, where any two answers meet.

It is set up, its pipeline makes and validates a table and trains a model on it, and the model
predicts.
"""

from pathlib import Path

import pytest
from conftest import OWN_TABLE
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from support import copied

pytestmark = pytest.mark.projects

LEVEL = "intermediate"
ROWS = 6  # of the cover; the first is the default project, which other tests know well
FOLDER = "late flights"  # a space, as in many a home
ALONE = {"license": "MIT", "python_version": "3.11"}  # what meets no other answer
TRAIN_QUICKLY = r"printf 'estimator: linear\nfolds: 2\n' > config/training.yaml"
FEW_ROWS = "sed -i '2002,$d' data/raw/flights.csv data/raw/weather.csv data/raw/planes.csv"
OWN_ROWS = f"""{OWN_TABLE}just describe data/raw/own.csv --target late
"""
DATA = {"flights": (FEW_ROWS, "flights"), "none": (OWN_ROWS, "own")}
SET_UP = {
    "uv": "uv run just setup",
    "pip-tools": """
python3 -m venv .venv
.venv/bin/pip install --quiet --upgrade pip pip-tools rust-just
.venv/bin/just setup
""",
}


def test_every_row_of_the_cover_is_tested(questions: Questions) -> None:
    assert len(pairwise(questions, LEVEL)) == ROWS


@pytest.mark.parametrize("number", range(1, ROWS))
def test_the_main_job_works(
    owner: Newcomer, questions: Questions, tmp_path: Path, number: int
) -> None:
    answers = {**pairwise(questions, LEVEL)[number].answers, **ALONE}
    make_data, name = DATA[str(answers["example"])]
    project = Newcomer(owner.machine, copied(questions, tmp_path / FOLDER, answers).path)
    project.type(SET_UP[str(answers["packaging"])])
    assert "pipeline *ARGS" in project.follow("just")
    project.follow(f"{TRAIN_QUICKLY}\n{make_data}")

    said = project.follow("just pipeline training")
    assert said.splitlines()[-1] == "Pipeline training: all steps done."

    project.follow("just predict data/processed/table.parquet --output answers.csv")
    rows = (project.place / "data" / "raw" / f"{name}.csv").read_text().count("\n")
    assert (project.place / "answers.csv").read_text().count("\n") == rows
