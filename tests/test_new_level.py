"""A new level, alternative or question is a few lines; one that breaks a rule is caught."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import toy
from mlops_ladder.levels import added
from mlops_ladder.render import Rendering, SharedPathError
from rules import broken, misplaced
from support import LEVELS, copied, differing


@pytest.fixture(scope="module")
def toy_rendering(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rendering]:
    """Return the rendering of the template with the toy level, its question and the toy tool."""
    changes = [toy.add_level, toy.add_alternative, toy.add_question]
    with toy.changed(template, tmp_path_factory.mktemp("toy") / "template", *changes) as rendering:
        yield rendering


def test_a_new_level_is_offered(toy_rendering: Rendering) -> None:
    assert toy_rendering.questions.levels == (*LEVELS, toy.LEVEL)


def test_a_new_level_adds_what_its_folder_holds(toy_rendering: Rendering) -> None:
    assert added(toy_rendering)[toy.LEVEL] == [
        "colour.txt",
        "docs/roadmap/9-toy.md",
        "src/late_flights/commands/toy.py",
        "src/late_flights/toy/__init__.py",
        "src/late_flights/toy/plugin.py",
        "src/late_flights/toy/settings.py",
        f"tasks/{toy.SLOT}.just",
        "tasks/toy.just",
        "tests/toy/test_toy.py",
    ]


def test_a_new_question_is_asked_at_its_level_alone(toy_rendering: Rendering) -> None:
    asking = {
        row.answers["level"] for row in toy_rendering.questions.every() if "colour" in row.answers
    }

    assert asking == {toy.LEVEL}
    assert misplaced(toy_rendering.questions) == set()


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_alternative_is_a_project_at_every_level(
    toy_rendering: Rendering, level: str
) -> None:
    answers = {"level": level, "packaging": toy.TOOL}

    files = toy_rendering.shared(toy_rendering.questions.complete(answers))

    assert files["tasks/environment.just"] == b"run := 'toytool'\n"


@pytest.mark.parametrize("level", [*LEVELS[1:], toy.LEVEL])
def test_a_project_keeps_its_files_when_it_grows_to_a_new_level(
    toy_rendering: Rendering, level: str
) -> None:
    assert broken(toy_rendering, level) == set()


def test_a_project_grown_by_copier_is_one_made_at_that_level(
    toy_rendering: Rendering, tmp_path: Path
) -> None:
    questions, answers = toy_rendering.questions, {"packaging": toy.TOOL}
    grown = copied(questions, tmp_path / "grown", {**answers, "level": LEVELS[0]})
    grown.commit()

    grown.level_up(toy.LEVEL)

    fresh = copied(questions, tmp_path / "fresh", {**answers, "level": toy.LEVEL})
    assert differing(grown.files(), fresh.files()) == []


def test_a_level_that_renders_a_path_again_is_caught(template: Path, tmp_path: Path) -> None:
    again = partial(toy.write, name="{{ toy }}/LICENSE", content="All rights reserved.\n")

    with toy.changed(template, tmp_path / "template", toy.add_level, again) as rendering:
        with pytest.raises(SharedPathError, match="LICENSE.*{{ beginner }}/.*{{ toy }}/LICENSE"):
            broken(rendering, toy.LEVEL)


@pytest.mark.parametrize(
    ("name", "content", "caught"),
    [
        ("note.md.jinja", "At level {{ level }}.\n", {"note.md"}),
        ("{{ level }}.md", "A note.\n", {f"{LEVELS[-1]}.md"}),
        ("pyproject.toml.jinja", "level = '{{ level }}'\n", {"pyproject.toml"}),
        ("pyproject.toml.jinja", "a = 1\n{% if toy %}\nb = 2\n{% endif %}\nc = 3\n", set()),
    ],
    ids=["rewritten", "lost", "rewritten pyproject", "grown pyproject"],
)
def test_a_level_that_changes_a_shared_file_is_caught(
    template: Path, tmp_path: Path, name: str, content: str, caught: set[str]
) -> None:
    shared = partial(toy.write, name=f"{{{{ beginner }}}}/{name}", content=content)

    with toy.changed(template, tmp_path / "template", toy.add_level, shared) as rendering:
        assert broken(rendering, toy.LEVEL) == caught


def test_a_question_that_is_asked_too_early_is_caught(template: Path, tmp_path: Path) -> None:
    early = partial(toy.add_question, when="true")

    with toy.changed(template, tmp_path / "template", toy.add_level, early) as rendering:
        assert misplaced(rendering.questions) == {"colour"}
