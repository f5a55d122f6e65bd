"""Every distinct file that the template renders passes the real tool of its kind."""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering

Files = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def tree(rendered: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with each distinct file: the n-th version of a path lies below `n/`."""
    root = tmp_path_factory.mktemp("distinct")
    seen: Counter[str] = Counter()
    for path, content in rendered:
        target = root / str(seen[path]) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        seen[path] += 1
    shutil.copy(root / "0" / "pyproject.toml", root)
    return root


def complaints(folder: Path, *command: str) -> str:
    """Return what a tool says of the files below `folder`, nothing if it is content."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_black_would_change_no_file(tree: Path) -> None:
    assert complaints(tree, "black", "--check", "--quiet", "--diff", ".") == ""


def test_flake8_finds_nothing(tree: Path) -> None:
    assert complaints(tree, "flake8", ".") == ""


def test_the_hooks_are_what_pre_commit_expects(tree: Path) -> None:
    configs = [str(path) for path in tree.rglob(".pre-commit-config.yaml")]

    assert complaints(tree, "pre_commit", "validate-config", *configs) == ""


@pytest.mark.parametrize("packaging", ["uv", "pip-tools"])
def test_just_reads_the_recipes(
    questions: Questions, rendering: Rendering, tmp_path: Path, packaging: str
) -> None:
    files = rendering.shared(questions.complete({"packaging": packaging}))
    for name in ("justfile", "tasks/environment.just"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(files[name])

    recipes = subprocess.run(
        ["just", "--summary"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.split()

    assert {"setup", "check", "train", "evaluate", "ui", "level-up"} <= {*recipes}


def test_the_two_packagings_differ_in_their_folder_alone(
    questions: Questions, rendering: Rendering
) -> None:
    uv, pip_tools = (
        questions.complete({"packaging": packaging}) for packaging in ("uv", "pip-tools")
    )
    one, other = rendering.shared(uv), rendering.shared(pip_tools)

    differing = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}

    sources = rendering.sources(uv), rendering.sources(pip_tools)
    folders = {name for each in sources for path in differing for name in each.get(path, [])}
    assert all("/{{ uv }}/" in name or "/{{ pip_tools }}/" in name for name in folders)
