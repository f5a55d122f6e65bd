"""A package gets a name that nothing else has: not Python, not what its project uses."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from keyword import kwlist

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS, refusal


def imported(module: bytes) -> set[str]:
    """Return the libraries that the source of a module imports."""
    nodes = list(ast.walk(ast.parse(module)))
    plain = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    absolute = (node for node in nodes if isinstance(node, ast.ImportFrom) and not node.level)
    return {name.partition(".")[0] for name in [*plain, *(str(node.module) for node in absolute)]}


def required(pyproject: bytes) -> set[str]:
    """Return the distributions that a pyproject.toml asks for, spelt like packages."""
    tables = tomllib.loads(pyproject.decode())
    project, groups = tables["project"], tables["dependency-groups"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *groups.values()]
    names = (re.match(r"[\w.-]+", requirement) for each in lists for requirement in each)
    return {re.sub("[-.]", "_", name.group().lower()) for name in names if name}


def used(files: Iterable[tuple[str, bytes]]) -> set[str]:
    """Return the names of libraries that these files of projects import or ask for."""
    libraries: set[str] = set()
    for path, content in files:
        libraries |= imported(content) if path.endswith(".py") else set()
        libraries |= required(content) if path == "pyproject.toml" else set()
    return libraries


def test_a_package_cannot_be_named_like_a_part_of_python(questions: Questions) -> None:
    names = sorted({*kwlist, *sys.stdlib_module_names})

    assert [name for name in names if not refusal(questions, "package_name", name)] == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_package_cannot_be_named_like_what_its_project_uses(
    questions: Questions, rendering: Rendering, level: str
) -> None:
    rows = [rendering.shared(row).items() for row in pairwise(questions, level)]

    names = sorted(used(set().union(*rows)) - {"late_flights"})

    assert [name for name in names if not refusal(questions, "package_name", name)] == []


@pytest.mark.parametrize(
    ("project", "package"),
    [
        ("Late flights", "late_flights"),
        ("Churn (Q1): 50 % off!", "churn_q1_50_off"),
        ("42 apples", "apples"),
        ("日本の天気", "my_project"),
        ("Statistics", "statistics_project"),
    ],
)
def test_a_package_is_named_after_its_project(
    questions: Questions, project: str, package: str
) -> None:
    assert questions.complete({"project_name": project}).values["package_name"] == package


@given(st.text(min_size=1, max_size=40))
@example("İ" * 40)
@example("MLflow")
@example("class")
def test_the_package_name_that_a_project_suggests_is_valid(
    questions: Questions, project: str
) -> None:
    assert "package_name: " not in refusal(questions, "project_name", project)
