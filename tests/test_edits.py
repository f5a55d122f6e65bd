"""What owners do to their projects comes through a level-up: no conflict, and nothing is lost.

A beginner project goes up by its own `tasks/update.py`. Edits that do not meet are made in one
project, which goes up once; the projects together have every choice of every question that the
level asks, and every packaging.
"""

import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlops_ladder.combination import Combination
from mlops_ladder.levels import added
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from rules import kept
from support import COPIER_YML, Project, copied

pytestmark = pytest.mark.projects

Change = Callable[[Path], object]
Row = dict[str, str]  # the answers in which the projects differ

LEVEL = "intermediate"
GROWING = {"pyproject.toml", ".copier-answers.yml"}
OWN_CSV = b"\xef\xbb\xbfday;cones\r\n1;200\r\n2;\r\n"


@dataclass(frozen=True)
class Edit:
    """What an owner does to a file, and what it holds from then on; nothing if it is gone."""

    file: str
    change: Change
    holds: bytes | None

    def stands(self, files: dict[str, bytes]) -> bool:
        """Tell whether the edit is there."""
        content = files.get(self.file)
        return content is None if self.holds is None else self.holds in (content or b"")


@dataclass(frozen=True)
class Grown:
    """A project that went up a level with edits: its files before and after, and what was said."""

    row: Row
    project: Project
    before: dict[str, bytes]
    after: dict[str, bytes]
    done: subprocess.CompletedProcess[str]
    difference: str

    def keeps(self, edit: Edit) -> bool:
        """Tell whether an edit and what stands around it were there and are there still."""
        before, after = self.before.get(edit.file), self.after.get(edit.file)
        unchanged = kept(edit.file, before, after) if before else before == after
        return edit.stands(self.before) and edit.stands(self.after) and unchanged

    def changed(self) -> set[str]:
        """Return the files of the owner that Git finds changed."""
        return {*self.difference.splitlines()}

    def added(self) -> set[str]:
        """Return the files that the level-up has brought."""
        return self.after.keys() - self.before.keys()


def choices(name: str) -> list[str]:
    """Return the choices of a question."""
    return list(COPIER_YML[name]["choices"].values())


def asks(name: str) -> bool:
    """Tell whether a question is the packaging, or the level's own."""
    question = COPIER_YML[name]
    own = isinstance(question, dict) and question.get("when") == f"{{{{ {LEVEL} }}}}"
    return own or name == "packaging"


def rows() -> list[Row]:
    """Return few rows of answers that together hold every choice."""
    offered = {name: choices(name) for name in filter(asks, COPIER_YML)}
    return [
        {name: offered[name][row % len(offered[name])] for name in offered}
        for row in range(max(map(len, offered.values())))
    ]


def uv(*arguments: str) -> Change:
    """Return a change of pyproject.toml by uv itself, which leaves the environment alone."""
    command = ["uv", *arguments, "--frozen", "--quiet"]
    return lambda path: Project(path.parent).run(*command)


def new(content: bytes) -> Change:
    """Return the change that writes a file anew."""

    def change(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return change


def appended(text: bytes) -> Change:
    """Return the change that adds lines to the end of a file."""
    return lambda path: path.write_bytes(path.read_bytes() + text)


def replaced(old: bytes, new: bytes) -> Change:
    """Return the change that writes something else wherever there is `old` in a file."""

    def change(path: Path) -> None:
        assert old in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(old, new))

    return change


def tracked(path: Path) -> None:
    """Write a CSV and give it to Git, which ignores it otherwise."""
    new(OWN_CSV)(path)
    Project(path.parent).run("git", "add", "--force", path.name)


def renamed(path: Path) -> None:
    """Give a file another name."""
    Project(path.parent).run("git", "mv", path.name, "start.md")


def reformatted(path: Path) -> None:
    """Let black format a file as the owner likes it."""
    Project(path.parent).run(sys.executable, "-m", "black", "-q", "-l", "60", path.name)


ROWS = rows()
VARIABLE = b"MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"  # the level says "false"

to_crlf = replaced(b"\n", b"\r\n")

EDITS = {
    "dependency added first": Edit(
        "pyproject.toml", uv("add", "attrs>=25"), b'[\n    "attrs>=25",\n    "charset-normalizer'
    ),
    "dependency added in the middle": Edit(
        "pyproject.toml", uv("add", "numpy>=2"), b'\n    "numpy>=2",\n    "'
    ),
    "dependency added last": Edit(
        "pyproject.toml", uv("add", "zstandard>=0.25"), b'\n    "zstandard>=0.25",\n]'
    ),
    "dependency bumped": Edit(
        "pyproject.toml", replaced(b"pandas>=2.3,<3", b"pandas>=2.3.3,<3"), b'"pandas>=2.3.3,<3"'
    ),
    "dependency removed": Edit(
        "pyproject.toml", uv("remove", "clevercsv"), b'normalizer>=3.4",\n    "fastapi'
    ),
    "own extra": Edit(
        "pyproject.toml", uv("add", "--optional", "plot", "plotly>=6"), b'plot = [\n    "plotly>=6"'
    ),
    "own group": Edit(
        "pyproject.toml", uv("add", "--group", "docs", "mkdocs>=1.6"), b'docs = [\n    "mkdocs>=1.6'
    ),
    "own marker": Edit(
        "pyproject.toml", replaced(b"markers = [", b'markers = [\n    "gpu: mine",'), b'"gpu: mine"'
    ),
    "own tool": Edit("pyproject.toml", appended(b"\n[tool.ruff]\n"), b"\n[tool.ruff]\n"),
    "own recipe": Edit("justfile", appended(b"\nmine:\n    @echo mine\n"), b"\nmine:\n"),
    "own recipe named like a new one": Edit(
        "justfile", appended(b"\netl:\n    @echo my own\n"), b"@echo my own\n"
    ),
    "own variable": Edit(
        "justfile", replaced(b'\nimport "', b'\nmine := "1"\nimport "'), b'\nmine := "1"\n'
    ),
    "own variable named like a new one": Edit(
        "justfile", appended(b"\nexport %s := 'mine'\n" % VARIABLE), b"%s := 'mine'\n" % VARIABLE
    ),
    "own alias": Edit("justfile", appended(b"\nalias t := test\n"), b"alias t := test\n"),
    "changed training": Edit(
        "src/late_flights/modeling/training.py",
        replaced(b"STEPS_BESIDE_FOLDS = 5\n", b"STEPS_BESIDE_FOLDS = 5\nMINE = 1\n"),
        b"\nMINE = 1\n",
    ),
    "changed features": Edit(
        "src/late_flights/modeling/features.py",
        replaced(b'"median"', b'"mean"'),
        b'strategy="mean"',
    ),
    "changed configuration": Edit(
        "config/training.yaml", replaced(b"folds: 5 ", b"folds: 10"), b"folds: 10"
    ),
    "changed schema": Edit(
        "config/dataset.yaml", replaced(b"rows: 50000 ", b"rows: 2000  "), b"rows: 2000 "
    ),
    "rewritten README": Edit("README.md", new(b"# Ours\n\nRead the wiki.\n"), b"# Ours\n"),
    "appended .gitignore": Edit(".gitignore", appended(b"/notebooks/\n"), b"\n/notebooks/\n"),
    "own command": Edit("src/late_flights/commands/mine.py", new(b"MINE = 1\n"), b"MINE = 1\n"),
    "own workflow": Edit(".github/workflows/mine.yml", new(b"name: mine\n"), b"name: mine\n"),
    "deleted file": Edit(".github/pull_request_template.md", Path.unlink, None),
    "renamed file": Edit("docs/index.md", renamed, None),
    "reformatted file": Edit(
        "src/late_flights/modeling/estimators.py", reformatted, b"(\n    schema: Schema,\n"
    ),
    "own data, ignored": Edit("data/raw/ignored.csv", new(OWN_CSV), OWN_CSV),
    "own data, tracked": Edit("data/raw/tracked.csv", tracked, OWN_CSV),
}

OF_THE_LEVEL = [  # of which every project has those of its answers
    Edit(
        ".github/workflows/check.yml",
        replaced(
            b"      - run: just check\n", b"      - run: just check\n      - run: just train\n"
        ),
        b"      - run: just train\n",
    ),
    Edit(
        ".gitlab-ci.yml",
        appended(b"\nmine:\n  stage: check\n  script: [just train]\n"),
        b"\n  script: [just train]\n",
    ),
    Edit(
        "deploy/kubernetes/overlays/staging/kustomization.yaml",
        replaced(b"count: 2", b"count: 7"),
        b"count: 7\n",
    ),
    Edit(
        "deploy/cloud-run/service.yaml",
        replaced(b'minScale: "0"', b'minScale: "1"'),
        b'minScale: "1"\n',
    ),
]

IN_CRLF = [
    Edit(file, to_crlf, b"\r\n")
    for file in (
        "pyproject.toml",
        "justfile",
        "config/training.yaml",
        "src/late_flights/modeling/estimators.py",
    )
]

INDENTED = Edit("pyproject.toml", replaced(b'\n    "', b'\n  "'), b'\n  "typer>=0.24",\n')
ALIAS = Edit("justfile", appended(b"\nalias validate := test\n"), b"alias validate := test\n")
EXTRA = Edit(
    "pyproject.toml", replaced(b"\nnotebook =", b'\netl = ["mine"]\nnotebook ='), b'etl = ["mine"]'
)


def grown(questions: Questions, path: Path, row: Row, edits: Iterable[Edit]) -> Grown:
    """Return a beginner project that went up after `edits`."""
    project = copied(questions, path / "late flights", {"packaging": row["packaging"]})
    project.commit()
    for edit in edits:
        edit.change(project.path / edit.file)
    project.commit()
    before = project.files()
    done = level_up(project, LEVEL, **row)
    difference = project.run("git", "diff", "--name-only")
    grown = Grown(row, project, before, project.files(), done, difference)
    project.commit()
    return grown


def level_up(project: Project, level: str, **answers: str) -> subprocess.CompletedProcess[str]:
    """Go up to a level as `just level-up` does."""
    data = [f"--data={name}={answer}" for name, answer in {"level": level, **answers}.items()]
    command = [sys.executable, "tasks/update.py", "--vcs-ref=:current:", *data, "--defaults"]
    return subprocess.run(command, cwd=project.path, capture_output=True, text=True)


def goal(questions: Questions, row: Row) -> Combination:
    """Return the answers of a project that is made at the level."""
    return questions.complete({**row, "level": LEVEL})


@pytest.fixture(scope="module", params=ROWS, ids=lambda row: "-".join(row.values()))
def edited(
    request: pytest.FixtureRequest, questions: Questions, tmp_path_factory: pytest.TempPathFactory
) -> Grown:
    """Return a project that went up with every edit of the table."""
    return grown(questions, tmp_path_factory.mktemp("edited"), request.param, EDITS.values())


@pytest.fixture(scope="module")
def on_windows(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """Return a project that went up as Windows and its owner like it."""
    edits = [INDENTED, *IN_CRLF]
    return grown(questions, tmp_path_factory.mktemp("windows"), ROWS[-1], edits)


@pytest.fixture(scope="module")
def with_alias(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """Return a project that could not go up, for an alias named like a new recipe."""
    return grown(questions, tmp_path_factory.mktemp("alias"), ROWS[-1], [ALIAS])


@pytest.fixture(scope="module")
def with_extra(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """Return a project that could not go up, for an extra named like the new capability."""
    return grown(questions, tmp_path_factory.mktemp("extra"), ROWS[0], [EXTRA])


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_survives_a_level_up(edited: Grown, name: str) -> None:
    assert edited.keeps(EDITS[name])


def test_a_level_up_with_edits_needs_nothing_from_the_owner(edited: Grown) -> None:
    assert edited.done.returncode == 0
    assert "\nNext: `just setup`" in edited.done.stdout


def test_a_level_up_changes_two_files_and_adds_the_others(edited: Grown) -> None:
    assert edited.changed() == GROWING


def test_a_level_up_brings_all_that_the_level_has(edited: Grown, rendering: Rendering) -> None:
    project = goal(rendering.questions, edited.row)
    made = rendering.shared(project)

    brought = {path: edited.after[path] for path in edited.added()}

    assert brought == {path: made[path] for path in added(rendering, project)[LEVEL]}
    assert extras(edited.after).items() >= extras(made).items()


def test_a_renamed_file_keeps_its_content(edited: Grown, rendering: Rendering) -> None:
    made = rendering.shared(goal(rendering.questions, edited.row))

    assert edited.after["docs/start.md"] == made["docs/index.md"]


def test_a_recipe_of_the_owner_wins_over_a_new_one(edited: Grown) -> None:
    assert edited.project.run("just", "etl") == "my own\n"


def test_a_variable_of_the_owner_wins_over_a_new_one(edited: Grown) -> None:
    assert edited.project.run("just", "--command", "printenv", VARIABLE.decode()) == "mine\n"


def test_what_was_edited_of_the_level_survives_an_update(edited: Grown) -> None:
    there = [edit for edit in OF_THE_LEVEL if edit.file in edited.after]
    for edit in there:
        edit.change(edited.project.path / edit.file)
    edited.project.commit()
    before = edited.project.files()

    done = level_up(edited.project, LEVEL, author_name="Ada")

    after = edited.project.files()
    edited.project.run("git", "reset", "--quiet", "--hard", "HEAD~")
    assert (len(there), done.returncode) == (2, 0)
    assert all(edit.stands(after) and after[edit.file] == before[edit.file] for edit in there)


def test_the_same_level_again_changes_nothing(edited: Grown) -> None:
    before = edited.project.files()

    done = level_up(edited.project, LEVEL)

    assert (done.returncode, done.stdout[:13]) == (0, "Nothing to do")
    assert edited.project.files() == before


@pytest.mark.parametrize("edit", IN_CRLF, ids=lambda edit: edit.file)
def test_lines_that_end_as_on_windows_survive_a_level_up(on_windows: Grown, edit: Edit) -> None:
    assert edit.stands(on_windows.before)
    assert edit.stands(on_windows.after)


def test_neither_line_ends_nor_indents_are_a_conflict_or_a_change(on_windows: Grown) -> None:
    assert on_windows.changed() == GROWING


def test_other_indents_survive_a_level_up(on_windows: Grown) -> None:
    content = on_windows.after[INDENTED.file].replace(b"\r\n", b"\n")
    assert INDENTED.stands({INDENTED.file: content})


def test_an_alias_named_like_a_new_recipe_is_named_and_nothing_comes(with_alias: Grown) -> None:
    assert with_alias.done.returncode == 1
    assert with_alias.done.stderr.splitlines()[-1].startswith("recipe `validate`")
    assert with_alias.before == with_alias.after


def test_an_extra_named_like_a_new_capability_is_named_and_nothing_comes(
    with_extra: Grown,
) -> None:
    assert with_extra.done.returncode == 1
    assert with_extra.done.stderr.splitlines()[-1].endswith("merge what is there twice")
    assert with_extra.before == with_extra.after


@pytest.mark.parametrize(
    ("level", "reason"),
    [("beginner", f"the project is at {LEVEL}"), ("expert", "Invalid choice for 'level'")],
)
def test_a_lower_or_unknown_level_is_refused_in_a_line_and_changes_nothing(
    edited: Grown, level: str, reason: str
) -> None:
    before = edited.project.files()

    done = level_up(edited.project, level)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(reason)
    assert edited.project.files() == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            "sed -i 's/^level: beginner/level: intermediate/' .copier-answers.yml",
            ".copier-answers.yml names what never came, as .dockerignore: put it back",
        ),
        (
            "git mv src/late_flights src/delays",
            "src/late_flights is not there: docs/how-to/rename-the-package.md renames it",
        ),
    ],
    ids=["level", "package"],
)
def test_what_was_changed_by_hand_is_told(
    questions: Questions, tmp_path: Path, change: str, reason: str
) -> None:
    project = copied(questions, tmp_path / "late flights", {"level": "beginner"})
    project.commit()
    project.run("bash", "-c", change)
    project.commit()

    done = level_up(project, LEVEL)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(reason)


def test_data_that_lfs_takes_is_the_same_on_disk(questions: Questions, tmp_path: Path) -> None:
    project = copied(questions, tmp_path / "late flights", {"level": "beginner"})
    project.commit()
    for name in ("own data, ignored", "own data, tracked"):
        EDITS[name].change(project.path / EDITS[name].file)
    project.commit()
    before = data(project)

    level_up(project, LEVEL, data_versioning="git-lfs")
    project.run("git", "lfs", "install", "--local")
    project.run("git", "add", "--renormalize", "data")
    project.commit()
    again = level_up(project, LEVEL, author_name="Ada")  # an update, over what LFS has

    assert again.returncode == 0
    assert {path: data(project).get(path) for path in before} == before
    assert len(project.run("git", "lfs", "ls-files").splitlines()) == 2


def extras(files: dict[str, bytes]) -> dict[str, list[str]]:
    """Return the packages of each extra."""
    project = tomllib.loads(files["pyproject.toml"].decode())["project"]
    return dict(project["optional-dependencies"])


def data(project: Project) -> dict[str, bytes]:
    """Return the files in data/."""
    files = project.files()
    return {path: files[path] for path in files if path.startswith("data/")}
