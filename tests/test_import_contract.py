"""The import contract of a project has a layer for each part of its package, in every project."""

import re
from configparser import ConfigParser

import pytest
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS

Files = dict[str, bytes]


def layers(files: Files) -> list[list[str]]:
    """Return the layers of a project, highest first."""
    contract = ConfigParser()
    contract.read_string(files[".importlinter"].decode())
    lines = contract["importlinter:contract:layers"]["layers"].split("\n")
    return [re.findall(r"\w+", line) for line in lines if line]


def parts(files: Files) -> set[str]:
    """Return the modules and folders right in the package of a project."""
    paths = (re.match(r"src/\w+/(\w+)(\.py$|/)", path) for path in files)
    return {path[1] for path in paths if path} - {"__init__"}


@pytest.mark.parametrize("level", LEVELS[1:])
def test_every_part_of_a_package_is_in_a_layer(
    questions: Questions, rendering: Rendering, level: str
) -> None:
    projects = [rendering.shared(row) for row in pairwise(questions, level)]

    missing = {
        part for files in projects for part in parts(files) - {*sum(layers(files), start=[])}
    }

    assert missing == set()


@pytest.mark.parametrize("level", LEVELS[1:])
def test_no_part_is_in_two_layers(questions: Questions, rendering: Rendering, level: str) -> None:
    named = sum(layers(rendering.shared(questions.complete({"level": level}))), start=[])

    assert sorted(named) == sorted({*named})
