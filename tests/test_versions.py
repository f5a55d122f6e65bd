"""The versions of a level stay when the project grows: all levels are resolved together."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from packaging.version import Version
from support import ROOT

pytestmark = pytest.mark.projects

LATER = ROOT / "extensions" / "mlops_ladder" / "later_levels.txt"
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def project(
    questions: Questions, rendering: Rendering, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a folder with what the default project says of its dependencies."""
    folder = tmp_path_factory.mktemp("versions")
    files = rendering.shared(questions.complete({}))
    for name in ("pyproject.toml", "uv.toml"):
        (folder / name).write_bytes(files[name])
    return folder


def resolved(project: Path, python: str, *sources: str) -> dict[str, Version]:
    """Return the version of each package that `sources` need, as the project's uv.toml says."""
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--all-extras"]
    pins = subprocess.run(
        [*command, "--group", "dev", "--python-version", python, *sources],
        cwd=project,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return {name: Version(version) for name, version in PIN.findall(pins)}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_no_package_goes_down_when_every_level_is_there(project: Path, python: str) -> None:
    now = resolved(project, python, "pyproject.toml")

    later = resolved(project, python, "pyproject.toml", str(LATER))

    assert {name for name in now if later.get(name, Version("0")) < now[name]} == set()


def test_the_constraints_of_pip_tools_hold_every_package_of_the_project(
    project: Path, questions: Questions, rendering: Rendering
) -> None:
    files = rendering.shared(questions.complete({"packaging": "pip-tools"}))
    constraints = {*dict(PIN.findall(files["requirements/constraints.txt"].decode()))}

    assert resolved(project, "3.11", "pyproject.toml").keys() - constraints == set()


def test_the_pinned_date_is_a_moment(project: Path) -> None:
    said = tomllib.loads((project / "uv.toml").read_text())

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", said["exclude-newer"])
