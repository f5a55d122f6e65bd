"""Copier asks what it should, at the levels where it should, and nothing else is answered."""

import re

import pytest
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from rules import switches
from support import COPIER_YML, LEVELS, ROOT

TEXTS = ["project_name", "package_name", "description", "author_name", "author_email"]
BEGINNER = [*TEXTS, "license", "python_version", "level", "example", "packaging"]
DATA = ["join_example", "data_versioning", "orchestrator"]
INTERMEDIATE = [*BEGINNER, *DATA, "serving", "ci", "deployment"]
ASKED = {"beginner": BEGINNER, "intermediate": INTERMEDIATE}
DETAILS = {name: details for name, details in COPIER_YML.items() if not name.startswith("_")}
COMPUTED = [name for name in DETAILS if DETAILS[name].get("when") is False]


def test_without_answers_the_project_is_the_example_for_a_beginner(questions: Questions) -> None:
    assert questions.complete({}).answers == {
        "project_name": "Late flights",
        "package_name": "late_flights",
        "description": "A machine-learning project that trains, tracks and evaluates a model.",
        "author_name": "Your Name",
        "author_email": "you@example.org",
        "license": "MIT",
        "python_version": "3.11",
        "level": "beginner",
        "example": "flights",
        "packaging": "uv",
    }


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_asks_these_questions(questions: Questions, level: str) -> None:
    asked = {name for combination in questions.every(level) for name in combination.answers}

    assert [name for name in DETAILS if name in asked] == ASKED[level]


@pytest.mark.parametrize("level", LEVELS)
def test_every_question_can_be_put_to_a_person(questions: Questions, level: str) -> None:
    shown = {
        name: questions.question(name, combination.values).get_questionary_structure()
        for combination in pairwise(questions, level)
        for name in combination.answers
    }

    assert [name for name, prompt in shown.items() if "?" not in prompt["message"]] == []


@pytest.mark.parametrize("name", ["projct_name", "command", "_commit"])
def test_an_answer_to_no_question_is_refused(questions: Questions, name: str) -> None:
    with pytest.raises(ValueError, match=f"question '{name}' (does not exist|is not asked)"):
        questions.complete({name: "x"})


def test_a_level_that_is_not_offered_is_refused(questions: Questions) -> None:
    with pytest.raises(ValueError, match="Invalid choice for 'level'"):
        next(questions.every("expert"))


@pytest.mark.parametrize("name", [name for name in DETAILS if "choices" in DETAILS[name]])
def test_choices_stay_text_in_yaml(name: str) -> None:
    choices = DETAILS[name]["choices"]

    values = choices.values() if isinstance(choices, dict) else choices

    assert {type(value) for value in values} == {str}


def test_no_question_hides_another_of_its_name() -> None:
    names = re.findall(r"^(\w+):", (ROOT / "copier.yml").read_text(), flags=re.MULTILINE)

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", COMPUTED)
def test_jinja_reads_a_computed_value_as_a_variable(name: str) -> None:
    assert name.lower() not in {"none", "true", "false"}


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_switches_on_its_own_folder_and_those_below(
    questions: Questions, level: str
) -> None:
    values = questions.complete({"level": level}).values

    assert [name for name in LEVELS if values[name] == "."] == LEVELS[: LEVELS.index(level) + 1]


def test_a_folder_is_switched_on_or_off(questions: Questions) -> None:
    folders = [name for _, name in switches(questions)]

    values = {row.values[name] for row in questions.every() for name in folders}

    assert values <= {".", ""}


@pytest.mark.parametrize("name", sorted(DETAILS.keys() - COMPUTED))
def test_a_question_is_asked_always_or_from_one_level_on(name: str) -> None:
    assert DETAILS[name].get("when", "") in ["", *(f"{{{{ {level} }}}}" for level in LEVELS[1:])]
