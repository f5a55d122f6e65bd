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
from support import ROOT

pytestmark = pytest.mark.projects

LATER = ROOT / "extensions" / "mlops_ladder" / "later_levels.txt"
PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)

Versions = dict[str, list[Version]]


@pytest.fixture(scope="module")
def project(
    questions: Questions, rendering: Rendering, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a folder with what the default project says of its dependencies."""
    folder = tmp_path_factory.mktemp("versions")
    files = rendering.shared(questions.complete({}))
    for name in ("pyproject.toml", "uv.toml", "README.md", "LICENSE"):
        (folder / name).write_bytes(files[name])
    return folder


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


def test_no_package_goes_down_when_every_level_is_there(project: Path, tmp_path: Path) -> None:
    now = locked(project)

    later = locked(with_later_levels(project, tmp_path / "later"))

    ends = {name: (later[name], now[name]) for name in now}
    down = {name for name, (new, old) in ends.items() if new[0] < old[0] or new[-1] < old[-1]}
    assert down == set()


def test_the_constraints_of_pip_tools_name_every_package_of_the_project(
    project: Path, questions: Questions, rendering: Rendering
) -> None:
    files = rendering.shared(questions.complete({"packaging": "pip-tools"}))
    constraints = {*PIN.findall(files["requirements/constraints.txt"].decode())}

    assert locked(project).keys() - constraints == set()


def test_the_pinned_date_is_a_moment(project: Path) -> None:
    said = tomllib.loads((project / "uv.toml").read_text())

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", said["exclude-newer"])
