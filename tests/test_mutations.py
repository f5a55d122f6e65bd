"""The tests of a generated project notice ten changes of its code, drawn by a seed."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cosmic_ray.mutating import apply_mutation
from cosmic_ray.plugins import get_operator
from mlops_ladder.questions import Questions
from support import Project, copied

pytestmark = pytest.mark.mutations

COUNT, SEED = 10, 2013
CONFIG = """
[cosmic-ray]
module-path = "src"
timeout = 600.0
excluded-modules = []
test-command = ""
distributor.name = "local"
"""


@pytest.fixture(scope="module")
def project(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the default project with its environment, its tests green."""
    project = copied(questions, tmp_path_factory.mktemp("mutations") / "project", {})
    project.commit()
    assert failures(project, "tests") == 0
    return project


@pytest.fixture(scope="module")
def drawn(project: Project) -> list[dict[str, Any]]:
    """Return ten of the mutations that cosmic-ray finds, drawn by the seed."""
    (project.path / "mutations.toml").write_text(CONFIG)
    tool = str(Path(sys.executable).with_name("cosmic-ray"))
    project.run(tool, "init", "mutations.toml", "mutations.sqlite")
    found = [
        json.loads(line) for line in project.run(tool, "dump", "mutations.sqlite").splitlines()
    ]
    known = sorted((item["mutations"][0] for item, _ in found), key=json.dumps)
    return random.Random(SEED).sample(known, COUNT)


@pytest.fixture
def mutation(
    request: pytest.FixtureRequest, project: Project, drawn: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Return a mutation that is in force while the test lasts."""
    chosen = drawn[request.param]
    module = project.path / chosen["module_path"]
    before = module.read_bytes()
    operator = get_operator(chosen["operator_name"])(**chosen["operator_args"])
    apply_mutation(module, operator, chosen["occurrence"])
    yield chosen
    module.write_bytes(before)


def failures(project: Project, *tests: str) -> int:
    """Return the exit code of pytest: 0 if all is green, 1 where a test is red."""
    command = ["uv", "run", "--quiet", "--all-extras", "pytest", "-x", "--quiet", *tests]
    return subprocess.run(command, cwd=project.path, stdout=subprocess.DEVNULL).returncode


@pytest.mark.parametrize("mutation", range(COUNT), indirect=True)
def test_a_change_turns_a_test_red(project: Project, mutation: dict[str, Any]) -> None:
    module = Path(mutation["module_path"])
    own = sorted((project.path / "tests").rglob(f"test_{module.stem}.py"))

    assert failures(project, *map(str, own), "tests") == 1, mutation
