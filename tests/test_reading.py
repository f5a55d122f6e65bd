"""The generated code can be read: files and functions are short, and so is the way through."""

import ast
import tokenize
from io import StringIO
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
HOLDING = {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}
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


def code(text: str) -> int:
    """Return the number of lines that hold code: no blank ones, no comments, no docstrings."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED)]
    said = [node.body[0] for node in nodes if ast.get_docstring(node)]
    words = {line for each in said for line in range(each.lineno, (each.end_lineno or 0) + 1)}
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    held = [range(token.start[0], token.end[0] + 1) for token in tokens if token.type in HOLDING]
    return len({line for lines in held for line in lines} - words)


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


def test_the_level_is_at_most_1830_lines_of_code(modules: dict[str, str]) -> None:
    assert sum(code(text) for text in modules.values()) <= 1830


def test_the_readme_is_at_most_60_lines_long(questions: Questions, rendering: Rendering) -> None:
    readme = rendering.shared(questions.complete({}))["README.md"].decode()

    assert lines(readme) <= 60
