"""Every distinct file that the template renders passes the real tool of its kind."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from configparser import ConfigParser
from functools import partial
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import pytest
import sqlglot
import yaml
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from packaging.requirements import Requirement
from support import LEVELS, Tested

Files = list[tuple[str, bytes]]


def read_ini(text: str) -> None:
    """Read settings as Git and DVC write them."""
    ConfigParser().read_string(text)


def read_html(text: str) -> None:
    """Read a page."""
    pages = HTMLParser()
    pages.feed(text)
    pages.close()


READ_BY: dict[str, Callable[[str], object]] = {
    ".cfg": read_ini,
    ".html": read_html,
    "config": read_ini,
    ".importlinter": read_ini,
    ".json": json.loads,
    ".sql": partial(sqlglot.parse_one, read="duckdb"),
    ".svg": ElementTree.fromstring,
    ".toml": tomllib.loads,
    ".txt": lambda text: [Requirement(line) for line in text.splitlines() if line[0] not in " #"],
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
}
JUDGED_BELOW = {".py", ".sh", ".just", "justfile", "Dockerfile"}
JUDGED_ELSEWHERE = {".md": "test_docs.py"}
RECIPE = re.compile(r"^@?([a-z_][\w-]*)[^:=\n]*:(?!=)", re.MULTILINE)
LISTED = re.compile(r"((?:^\[.+\]\n)*)^@?([a-z][\w-]*)[^:=\n]*:(?!=)", re.MULTILINE)
GROUP = re.compile(rf'\[group\("(environment|template|({"|".join(LEVELS)}): [a-z ]+)"\)\]')
# has no tool of its kind
PLAIN = {".dockerignore", ".dvcignore", ".gitattributes", ".gitignore", ".typed", "LICENSE"}


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


def kind(path: str) -> str:
    """Return what tells of a file how it has to be read."""
    return PurePosixPath(path).suffix or PurePosixPath(path).name


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


def test_the_longest_name_makes_no_line_too_long(
    questions: Questions, rendering: Rendering, tmp_path: Path
) -> None:
    longest = questions.complete({"level": LEVELS[-1], "package_name": "a" * 40})
    for path, content in rendering.shared(longest).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    assert complaints(tmp_path, "black", "--check", "--quiet", "--diff", ".") == ""
    assert complaints(tmp_path, "flake8", ".") == ""


def test_the_hooks_are_what_pre_commit_expects(tree: Path) -> None:
    configs = [str(path) for path in tree.rglob(".pre-commit-config.yaml")]

    assert complaints(tree, "pre_commit", "validate-config", *configs) == ""


def test_every_file_can_be_read_as_what_it_is(rendered: Files) -> None:
    for path, content in rendered:
        READ_BY.get(kind(path), str)(content.decode())


def findings(tree: Path, files: str, *command: str) -> str:
    """Return what a program prints of the files of a name, nothing if it is content."""
    paths = [str(path) for path in tree.rglob(files)]
    assert paths, files
    done = subprocess.run([*command, *paths], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def test_shellcheck_finds_nothing(tree: Path) -> None:
    assert findings(tree, "*.sh", "shellcheck") == ""


def test_hadolint_finds_nothing(tree: Path) -> None:
    assert findings(tree, "Dockerfile", "hadolint") == ""


def test_docker_compose_knows_every_key(tree: Path) -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")

    assert findings(tree, "compose.yaml", "check-jsonschema", *schema) == ""


def test_every_kind_of_file_has_its_tool(rendered: Files, tested: Tested) -> None:
    known = {*READ_BY, *JUDGED_BELOW, *JUDGED_ELSEWHERE}
    with_tool = [f"{n} {path}" for n, (path, _) in enumerate(rendered) if kind(path) in known]
    plain = [path for path, _ in rendered if kind(path) in PLAIN]

    tested("distinct files, by a tool of their kind", with_tool, len(rendered) - len(plain))

    assert sorted({kind(path) for path, _ in rendered} - known - PLAIN) == []


@pytest.mark.parametrize("packaging", ["uv", "pip-tools"])
def test_just_reads_the_recipes(
    questions: Questions, rendering: Rendering, tmp_path: Path, packaging: str
) -> None:
    files = rendering.shared(questions.complete({"packaging": packaging}))
    for name in ("justfile", "tasks/environment.just", "tasks/mlflow.just"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(files[name])

    recipes = subprocess.run(
        ["just", "--summary"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.split()

    assert {"setup", "check", "train", "evaluate", "ui", "level-up"} <= {*recipes}


@pytest.mark.parametrize("level", LEVELS)
def test_no_recipe_stands_twice(questions: Questions, rendering: Rendering, level: str) -> None:
    """Those that `just setup` ends in do, and `serve`: a level brings its own in their place."""
    for row in pairwise(questions, level):
        files = rendering.shared(row)
        tasks = [files[path].decode() for path in files if kind(path) in {".just", "justfile"}]
        recipes = Counter(name for text in tasks for name in RECIPE.findall(text))

        twice = {name for name in recipes if recipes[name] > 1 and name[:7] != "_setup-"}
        assert twice <= {"serve"}


def test_every_recipe_is_listed_by_level_and_capability(rendered: Files) -> None:
    tasks = [text.decode() for path, text in rendered if kind(path) in {".just", "justfile"}]
    found = [(name, above) for text in tasks for above, name in LISTED.findall(text)]

    assert found and [name for name, above in found if not GROUP.search(above)] == []


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
