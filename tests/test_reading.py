"""The generated code can be read: files and functions are short, and so is the way through."""

import ast
from pathlib import Path

import pytest
from mlops_ladder import budgets
from mlops_ladder.levels import added
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS

WAY = (
    "cli",
    *(f"modeling.{name}" for name in ("training", "estimators", "evaluation", "features")),
)


@pytest.fixture(scope="module")
def modules(questions: Questions, rendering: Rendering) -> dict[str, str]:
    """Return the modules of the default project by their names, `commands.train` for instance."""
    return named(rendering.shared(questions.complete({})))


@pytest.fixture(scope="module")
def every(questions: Questions, rendering: Rendering) -> dict[str, str]:
    """Return the modules of the highest level."""
    return named(rendering.shared(questions.complete({"level": LEVELS[-1]})))


def named(files: dict[str, bytes]) -> dict[str, str]:
    """Return the modules among the files of a project by their names."""
    sources = {Path(path): text for path, text in files.items() if path.startswith("src/")}
    return {
        ".".join(path.with_suffix("").parts[2:]): text.decode()
        for path, text in sources.items()
        if path.suffix == ".py"
    }


def lines(text: str) -> int:
    """Return the number of lines of a text."""
    return len(text.splitlines())


def test_a_module_is_at_most_150_lines_long(every: dict[str, str]) -> None:
    assert {name: lines(text) for name, text in every.items() if lines(text) > 150} == {}


def test_a_function_is_at_most_30_lines_long(every: dict[str, str]) -> None:
    functions = {
        f"{name}.{node.name}": node
        for name, text in every.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    lengths = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in functions.items()}

    assert {name: length for name, length in lengths.items() if length > 30} == {}


def test_every_module_opens_with_a_sentence(every: dict[str, str]) -> None:
    documented = {name: ast.get_docstring(ast.parse(text)) for name, text in every.items()}

    assert {name for name, sentence in documented.items() if not sentence} == set()


def test_the_way_from_the_command_to_the_scores_is_at_most_450_lines(
    modules: dict[str, str],
) -> None:
    assert sum(lines(modules[name]) for name in WAY) <= 450


def test_no_combination_is_longer_than_its_budget(
    questions: Questions, rendering: Rendering
) -> None:
    largest = budgets.largest(questions, rendering)
    allowed = budgets.ALLOWED

    over = {
        part: (size, allowed[part])
        for part, size in largest.items()
        if size.lines > allowed[part].lines or size.files > allowed[part].files
    }

    assert over == {}
    assert largest.keys() == allowed.keys()


def test_the_tests_of_a_project_are_not_much_longer_than_its_code(
    questions: Questions, rendering: Rendering
) -> None:
    ratios = {
        str(combination.answers): budgets.tests_per_line(rendering.shared(combination))
        for combination in questions.every()
    }

    assert {each: it for each, it in ratios.items() if it > budgets.TESTS_PER_LINE} == {}


@pytest.mark.parametrize("level", budgets.BROUGHT)
def test_a_level_brings_few_enough_files_to_review(
    questions: Questions, rendering: Rendering, level: str
) -> None:
    rows = [row for row in questions.every(level) if row.answers["level"] == level]
    brought = [len(added(rendering, row)[level]) for row in rows]

    assert max(brought) <= budgets.BROUGHT[level]


def test_lines_of_code_are_neither_blank_nor_comments_nor_docstrings() -> None:
    module = b'"""A module."""\n\nX = """\na\n"""  # text\n\n\ndef f():\n    """Do."""\n    # it\n'
    attribute = b'class C:\n    a: int\n    """How many."""\n'

    assert (budgets.lines_of_code(module), budgets.lines_of_code(attribute)) == (4, 2)


def test_the_readme_is_at_most_60_lines_long(questions: Questions, rendering: Rendering) -> None:
    readme = rendering.shared(questions.complete({}))["README.md"].decode()

    assert lines(readme) <= 60
