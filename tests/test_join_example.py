"""The example's weather and planes come only to projects that still have the example's flights."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from mlops_ladder.questions import Questions
from support import Project, copied, refusal

DATASET = Path("config", "dataset.yaml")


def grown(questions: Questions, path: Path, edit: Callable[[Path], object], **data: str) -> str:
    """Return the answer that a project gets at the next level, after an edit of its dataset."""
    project = copied(questions, path / "a [new] project", data)
    edit(project.path / DATASET)
    project.commit()
    project.level_up("intermediate")
    return answer(project)


def answer(project: Project) -> str:
    """Return what a project has answered, which is what its SQL does."""
    told = yaml.safe_load((project.path / ".copier-answers.yml").read_text())["join_example"]
    joins = "left join" in (project.path / "config" / "table.sql").read_text()
    assert joins == (told == "flights")
    return str(told)


@pytest.mark.parametrize(("example", "told"), [("flights", "flights"), ("none", "none")])
def test_a_new_project_joins_what_its_example_has(
    questions: Questions, tmp_path: Path, example: str, told: str
) -> None:
    data = {"level": "intermediate", "example": example}

    assert answer(copied(questions, tmp_path / "project", data)) == told


def test_a_project_that_has_the_flights_gets_their_weather(
    questions: Questions, tmp_path: Path
) -> None:
    assert grown(questions, tmp_path, Path.touch) == "flights"


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param("path: data/raw/own.csv\n", id="own"),
        pytest.param("target: y\n", id="no path", marks=pytest.mark.projects),
        pytest.param("", id="empty", marks=pytest.mark.projects),
    ],
)
def test_a_project_with_data_of_its_own_does_not(
    questions: Questions, tmp_path: Path, dataset: str
) -> None:
    assert grown(questions, tmp_path, lambda path: path.write_text(dataset)) == "none"


@pytest.mark.projects
def test_a_project_without_an_example_does_not(questions: Questions, tmp_path: Path) -> None:
    assert grown(questions, tmp_path, Path.touch, example="none") == "none"


@pytest.mark.projects
def test_sql_of_the_owner_is_a_conflict_that_is_named_when_the_example_goes(
    questions: Questions, tmp_path: Path
) -> None:
    project = copied(questions, tmp_path / "project", {"level": "intermediate"})
    sql = project.path / "config" / "table.sql"
    sql.write_text(sql.read_text().replace("weather.humid as double", "weather.humid as float"))
    project.commit()
    command = ["tasks/update.py", "--vcs-ref=:current:", "--data=join_example=none", "--defaults"]

    done = subprocess.run(
        [sys.executable, *command], cwd=project.path, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "config/table.sql" in done.stderr.splitlines()[-1]
    assert "weather.humid as float" in sql.read_text()


def test_what_is_not_there_cannot_be_joined(questions: Questions) -> None:
    with pytest.raises(ValueError, match="join_example: the project has no example; choose none"):
        questions.complete({"level": "intermediate", "example": "none", "join_example": "flights"})
    assert refusal(questions, "example", "none") == ""
