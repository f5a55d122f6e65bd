"""The versions of a level stay when the project grows: all levels are resolved together."""

import re
import shutil
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from packaging.version import Version
from support import LEVELS, ROOT

pytestmark = pytest.mark.projects

LATER = ROOT / "extensions" / "mlops_ladder" / "later_levels.txt"
PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)

Versions = dict[str, list[Version]]


@pytest.fixture(scope="module")
def projects(
    questions: Questions, rendering: Rendering, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return folders with what the default project of each level says of its dependencies."""
    folders = {level: tmp_path_factory.mktemp("versions") for level in LEVELS}
    for level, folder in folders.items():
        files = rendering.shared(questions.complete({"level": level}))
        for name in ("pyproject.toml", "uv.toml", "README.md", "LICENSE"):
            (folder / name).write_bytes(files[name])
    return folders


@pytest.fixture(scope="module")
def later(projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """Return the versions that are locked once every level is there."""
    folder = tmp_path_factory.mktemp("later") / "project"
    return locked(with_later_levels(projects[LEVELS[-1]], folder))


def locked(project: Path) -> Versions:
    """Return the versions of each package that uv locks for the project, lowest first."""
    subprocess.run(["uv", "lock", "--quiet"], cwd=project, check=True)
    versions = defaultdict(list)
    for package in tomllib.loads((project / "uv.lock").read_text())["package"]:
        if "registry" in package["source"]:
            versions[package["name"]].append(Version(package["version"]))
    return {name: sorted(found) for name, found in versions.items()}


def with_later_levels(project: Path, folder: Path) -> Path:
    """Return a copy of the project that depends on what every level will need."""
    copy = Path(shutil.copytree(project, folder))
    lines = [line.partition("  #")[0] for line in LATER.read_text().splitlines() if line[0] != "#"]
    told = (copy / "pyproject.toml").read_text()
    later = "".join(f'    "{line}",\n' for line in lines)
    (copy / "pyproject.toml").write_text(told.replace("# yours\n", f"later = [\n{later}]\n"))
    return copy


@pytest.mark.parametrize("level", LEVELS)
def test_no_package_goes_down_when_every_level_is_there(
    projects: dict[str, Path], later: Versions, level: str
) -> None:
    now = locked(projects[level])

    ends = {name: (later[name], now[name]) for name in now}
    down = {name for name, (new, old) in ends.items() if new[0] < old[0] or new[-1] < old[-1]}
    assert down == set()


def test_the_constraints_of_pip_tools_name_every_package_of_the_project(
    projects: dict[str, Path], questions: Questions, rendering: Rendering
) -> None:
    files = rendering.shared(questions.complete({"packaging": "pip-tools"}))
    constraints = {*PIN.findall(files["requirements/constraints.txt"].decode())}

    assert locked(projects[LEVELS[-1]]).keys() - constraints == set()


def test_the_pinned_date_is_a_moment(projects: dict[str, Path]) -> None:
    said = tomllib.loads((projects[LEVELS[0]] / "uv.toml").read_text())

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", said["exclude-newer"])
