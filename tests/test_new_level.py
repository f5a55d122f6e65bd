"""An addition to a level is a few lines; one that breaks a rule of the levels is caught."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from altered import LEVEL, TOOL, add_alternative, add_question, altered, write
from mlops_ladder.render import Rendering, SharedPathError
from rules import broken, misplaced
from support import LEVELS


@pytest.fixture(scope="module")
def larger(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rendering]:
    """Return the rendering of the template with an alternative and a question more."""
    copy = tmp_path_factory.mktemp("larger") / "template"
    with altered(template, copy, add_alternative, add_question) as rendering:
        yield rendering


def test_a_new_question_is_asked_at_its_level_alone(larger: Rendering) -> None:
    asking = {row.answers["level"] for row in larger.questions.every() if "colour" in row.answers}

    assert asking == {*LEVELS[LEVELS.index(LEVEL) :]}
    assert misplaced(larger.questions) == set()


@pytest.mark.parametrize("colour", ["red", "blue"])
def test_an_answer_to_a_new_question_brings_its_folder(larger: Rendering, colour: str) -> None:
    answers = {"level": LEVEL, "colour": colour}

    files = larger.shared(larger.questions.complete(answers))

    assert files["colour.txt"] == f"{colour}\n".encode()


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_alternative_is_a_project_at_every_level(larger: Rendering, level: str) -> None:
    answers = {"level": level, "packaging": TOOL}

    files = larger.shared(larger.questions.complete(answers))

    assert files["tasks/environment.just"] == b"run := 'toytool'\n"


@pytest.mark.parametrize("level", LEVELS[1:])
def test_a_project_keeps_its_files_whatever_joins_a_level(larger: Rendering, level: str) -> None:
    assert broken(larger, level) == set()


def test_a_level_that_renders_a_path_again_is_caught(template: Path, tmp_path: Path) -> None:
    again = partial(write, name=f"{{{{ {LEVEL} }}}}/LICENSE", content="All rights reserved.\n")

    with altered(template, tmp_path / "template", again) as rendering:
        with pytest.raises(SharedPathError, match="LICENSE.*{{ beginner }}/.*{{ intermediate }}/"):
            broken(rendering, LEVEL)


@pytest.mark.parametrize(
    ("name", "content", "caught"),
    [
        ("note.md.jinja", "At level {{ level }}.\n", {"note.md"}),
        ("{{ level }}.md", "A note.\n", {"beginner.md"}),
        ("pyproject.toml.jinja", "level = '{{ level }}'\n", {"pyproject.toml"}),
        (
            "pyproject.toml.jinja",
            "a = 1\n{% if intermediate %}\nb = 2\n{% endif %}\nc = 3\n",
            set(),
        ),
    ],
    ids=["rewritten", "lost", "rewritten pyproject", "grown pyproject"],
)
def test_a_level_that_changes_a_shared_file_is_caught(
    template: Path, tmp_path: Path, name: str, content: str, caught: set[str]
) -> None:
    shared = partial(write, name=f"{{{{ beginner }}}}/{name}", content=content)

    with altered(template, tmp_path / "template", shared) as rendering:
        assert broken(rendering, LEVEL) == caught


def test_a_question_that_is_asked_too_early_is_caught(template: Path, tmp_path: Path) -> None:
    early = partial(add_question, when="true")

    with altered(template, tmp_path / "template", early) as rendering:
        assert misplaced(rendering.questions) == {"colour"}
