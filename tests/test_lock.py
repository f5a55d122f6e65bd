"""By pip-tools, `setup` locks again once the lock does not hold what pyproject.toml asks for."""

import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

DEPENDENCIES = (
    ROOT / "template" / "{{ beginner }}" / "{{ pip_tools }}" / "tasks" / "dependencies.py"
)
PYPROJECT = """
[project]
dependencies = ["Late.Flights[s3]>=2,<3"]
[project.optional-dependencies]
etl = ["duckdb>=2"]
spark = ["pyspark>=4"]
[dependency-groups]
dev = ["black>=26; python_version < '3'", "mypy>=2"]
"""
PROJECT = (
    "# by pip-compile\nduckdb==2.0.1\n    # via flights\nlate-flights==2.5 ; os_name == 'posix'\n"
)
DEV = "mypy==2.1.0\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose lock holds what it asks for."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "requirements" / "project.txt").write_text(PROJECT)
    (tmp_path / "requirements" / "dev.txt").write_text(DEV)
    return tmp_path


def locked(project: Path) -> bool:
    """Tell whether `setup` leaves the lock alone."""
    command = [sys.executable, str(DEPENDENCIES), "locked"]
    return subprocess.run(command, cwd=project).returncode == 0


def replace(file: Path, old: str, new: str) -> None:
    """Write something else in a file."""
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_a_lock_that_holds_everything_is_left_alone(project: Path) -> None:
    assert locked(project)


@pytest.mark.parametrize("name", ["project.txt", "dev.txt"])
def test_a_project_without_its_lock_is_locked(project: Path, name: str) -> None:
    (project / "requirements" / name).unlink()

    assert not locked(project)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spark =", 'validation = ["great-expectations"]\nspark ='),
        ('["Late', '["attrs", "Late'),
        ("duckdb>=2", "duckdb>=2.1"),
        ('"mypy>=2"', '"mypy>=2", "flake8"'),
    ],
    ids=["a new extra", "a new dependency", "a bound that moved", "a new tool"],
)
def test_what_the_lock_does_not_hold_is_locked(project: Path, old: str, new: str) -> None:
    replace(project / "pyproject.toml", old, new)

    assert not locked(project)


def test_a_package_that_no_index_has_is_held_as_it_is(project: Path) -> None:
    lock = project / "requirements" / "project.txt"
    replace(lock, "duckdb==2.0.1", "duckdb @ file:///wheels/duckdb.whl")

    assert locked(project)
