"""A level only adds: what a project has it keeps, byte for byte, at every level above."""

from pathlib import Path

import pytest
from mlops_ladder.levels import added, folder
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from rules import broken, misplaced
from support import LEVELS, copied, differing


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_has_its_folder(template: Path, level: str) -> None:
    assert (template / "template" / folder(level)).is_dir()


def test_nothing_stands_beside_the_level_folders_but_the_answers_file(template: Path) -> None:
    names = {path.name for path in (template / "template").iterdir()}

    assert names - {*map(folder, LEVELS)} == {"{{ _copier_conf.answers_file }}.jinja"}


@pytest.mark.parametrize("level", LEVELS[1:])
def test_a_project_keeps_its_files_when_it_grows(rendering: Rendering, level: str) -> None:
    assert broken(rendering, level) == set()


def test_a_question_is_asked_at_the_level_of_its_folders(questions: Questions) -> None:
    assert misplaced(questions) == set()


@pytest.mark.parametrize("level", LEVELS)
def test_a_project_is_what_its_levels_add(rendering: Rendering, level: str) -> None:
    project = rendering.compose(rendering.questions.complete({"level": level}))

    paths = list(added(rendering).values())[: LEVELS.index(level) + 1]
    assert sorted(project) == sorted(path for each in paths for path in each)


@pytest.mark.parametrize("level", LEVELS[1:])
def test_a_project_grown_by_copier_is_one_made_at_that_level(
    questions: Questions, tmp_path: Path, level: str
) -> None:
    grown = copied(questions, tmp_path / "grown", {})
    grown.commit()

    grown.level_up(level)

    made = copied(questions, tmp_path / "made", {"level": level})
    assert differing(grown.files(), made.files()) == []
