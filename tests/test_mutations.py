"""The tests of a generated project notice ten changes of its code, drawn by a seed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from cosmic_ray.mutating import apply_mutation
from cosmic_ray.plugins import get_operator
from mlops_ladder.questions import Questions
from support import Project, copied

pytestmark = pytest.mark.mutations

Mutation = dict[str, Any]

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
    """Return the default project; that its tests are green without a change is tested elsewhere."""
    project = copied(questions, tmp_path_factory.mktemp("mutations") / "project", {})
    project.commit()
    return project


@pytest.fixture(scope="module")
def drawn(project: Project) -> list[Mutation]:
    """Return ten of the mutations that cosmic-ray finds, drawn by the seed.

    One that does not even let its module be imported, in an annotation for instance, is no test of
    the tests: the next one takes its place.
    """
    (project.path / "mutations.toml").write_text(CONFIG)
    tool = str(Path(sys.executable).with_name("cosmic-ray"))
    project.run(tool, "init", "mutations.toml", "mutations.sqlite")
    found = [
        json.loads(line) for line in project.run(tool, "dump", "mutations.sqlite").splitlines()
    ]
    known = sorted((item["mutations"][0] for item, _ in found), key=lot)
    return list(islice((each for each in known if imports(project, each)), COUNT))


def lot(mutation: Mutation) -> str:
    """Return where a mutation stands in the draw: a change elsewhere does not move it."""
    names = ("module_path", "operator_name", "operator_args", "occurrence")
    said = json.dumps([SEED, *(mutation[name] for name in names)])
    return sha256(said.encode()).hexdigest()


@contextmanager
def in_force(project: Project, mutation: Mutation) -> Iterator[None]:
    """Change the code as `mutation` says, and change it back."""
    module = project.path / mutation["module_path"]
    before = module.read_bytes()
    operator = get_operator(mutation["operator_name"])(**mutation["operator_args"])
    apply_mutation(module, operator, mutation["occurrence"])
    yield
    module.write_bytes(before)


def imports(project: Project, mutation: Mutation) -> bool:
    """Tell whether the changed module can still be imported."""
    module = ".".join(Path(mutation["module_path"]).with_suffix("").parts[1:])
    with in_force(project, mutation):
        return run(project, "python", "-c", f"import {module}") == 0


def run(project: Project, *command: str) -> int:
    """Return the exit code of a command in the environment of the project."""
    uv = ["uv", "run", "--quiet", "--all-extras"]
    return subprocess.run([*uv, *command], cwd=project.path, capture_output=True).returncode


@pytest.mark.parametrize("number", range(COUNT))
def test_a_change_turns_a_test_red(project: Project, drawn: list[Mutation], number: int) -> None:
    module = Path(drawn[number]["module_path"])
    own = sorted((project.path / "tests").rglob(f"test_{module.stem}.py"))

    with in_force(project, drawn[number]):
        exit_code = run(project, "pytest", "-x", "--quiet", *map(str, own), "tests")

    assert exit_code == 1, drawn[number]
