"""What `tasks/update.py` does in a project, and what it refuses, on a template of a few files."""

import os
import pty
import shutil
import subprocess
import sys
import textwrap
import venv
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import copier
import pytest
from support import ROOT, Project

ANSWERS = ".copier-answers.yml"
DATASET = "config/dataset.yaml"
Levels = tuple[dict[str, bytes], dict[str, bytes]]

UP = ["--vcs-ref=:current:", "--data=level=intermediate", "--defaults"]
TASKS = ROOT / "template" / "{{ beginner }}" / "tasks"
sys.path.insert(0, str(TASKS))
takeover: Any = import_module("takeover")

# `advanced` is not offered, and `later` is a level that update.py has never heard of.
QUESTIONS = """
    _subdirectory: template
    _external_data: {dataset: config/dataset.yaml}
    _envops: {trim_blocks: true, keep_trailing_newline: true}
    name: {type: str, default: Flights, validator: "{{ '' if name else 'name: write one.' }}"}
    level: {type: str, default: beginner, choices: [beginner, intermediate, later]}
    intermediate: {type: str, when: false, default: "{{ '.' if level != 'beginner' else '' }}"}
    later: {type: str, when: false, default: "{{ '.' if level == 'later' else '' }}"}
    packaging: {type: str, default: uv, choices: [uv, pip-tools]}
    source:
      type: str
      default: "{{ (_external_data.dataset or {}).path | default('none') if intermediate else '' }}"
      when: "{{ intermediate }}"
    serving: {type: str, default: fastapi, choices: [fastapi, flask], when: "{{ intermediate }}"}
    uv: {type: str, when: false, default: "{{ '.' if packaging == 'uv' else '' }}"}
"""
PYPROJECT = """
    [project]
    name = "late-flights"

    [project.optional-dependencies]
    # intermediate
    {% if intermediate %}
    serving = [
        "fastapi>=0.120",
    ]
    {% endif %}
    # yours
    notebook = ["ipykernel>=7"]
"""
JUSTFILE = """
    set allow-duplicate-recipes
    import? "tasks/intermediate.just"

    check:
        true
"""
FILES = {
    "copier.yml": QUESTIONS,
    "template/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml -}}",
    f"template/{DATASET}": "path: data/raw/flights.csv\n",
    "template/justfile": JUSTFILE,
    "template/pyproject.toml.jinja": PYPROJECT,
    "template/tasks/update.py": (TASKS / "update.py").read_text(),
    "template/tasks/takeover.py": (TASKS / "takeover.py").read_text(),
    "template/{{ uv }}/uv.toml": "exclude-newer = 2026-11-01\n",
    "template/{{ intermediate }}/tasks/intermediate.just": "serve:\n    true\n",
    "template/{{ intermediate }}/src/flights/etl/__init__.py": "",
    "template/{{ intermediate }}/tests/etl/test_table.py": "",
    "template/{{ uv }}/cache/.gitignore": "/secret\n",
    "template/{{ later }}/later.txt": "A level of the tests.\n",
}


@pytest.fixture(scope="module")
def small_template(isolated: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a template with one release."""
    template = Project(tmp_path_factory.mktemp("small-template"))
    for file, text in FILES.items():
        write(template, file, textwrap.dedent(text).lstrip())
    template.commit()
    template.run("git", "tag", "v1.0.0")
    return template


@pytest.fixture(scope="module")
def beginner(small_template: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return made_from(small_template, tmp_path_factory.mktemp("beginner"), "v1.0.0")


@pytest.fixture(scope="module")
def levels(small_template: Project, tmp_path_factory: pytest.TempPathFactory) -> Levels:
    """Return the files of the template at two levels."""
    found = []
    for level in ("beginner", "intermediate"):
        place = tmp_path_factory.mktemp(level)
        how: Any = {"defaults": True, "quiet": True, "vcs_ref": "v1.0.0"}
        copier.run_copy(str(small_template.path), place, {"level": level, "source": ""}, **how)
        found.append(takeover.files(place))
    return found[0], found[1]


@pytest.fixture
def project(beginner: Project, tmp_path: Path) -> Project:
    """Return a committed beginner project that a test may spoil."""
    return Project(shutil.copytree(beginner.path, tmp_path / "my project"))


def test_a_level_up_brings_files_keeps_edits_and_says_what_is_next(project: Project) -> None:
    edit(project, "justfile", "true", "echo mine")
    done = level_up(project, "intermediate", "--defaults")
    assert done.returncode == 0
    assert b"echo mine" in project.files()["justfile"]
    assert "tasks/intermediate.just" in project.files()
    assert done.stdout.splitlines() == [
        "3 come: src/flights/etl/__init__.py, tasks/intermediate.just, tests/etl/test_table.py",
        f"2 change: {ANSWERS}, pyproject.toml",
        "packages: fastapi",
        "Next: `just setup`, `just check`, look at `git status` and `git diff`, commit.",
        "To take it back instead: `git stash --include-untracked`.",
    ]


@pytest.mark.projects
def test_a_level_that_only_the_template_knows_is_reached(project: Project) -> None:
    assert level_up(project, "later", "--defaults").returncode == 0
    assert "later.txt" in project.files()


def test_the_same_level_again_changes_nothing_and_says_so(project: Project) -> None:
    before = state(project)
    done = level_up(project, "beginner")
    assert state(project) == before
    assert done.stdout.startswith("Nothing to do")


def test_a_project_inside_a_larger_repository_is_updated(project: Project) -> None:
    shutil.rmtree(project.path / ".git")
    larger = Project(project.path.parent)
    larger.commit()
    write(larger, "elsewhere.txt", "Not committed, and not of the project.\n")
    assert level_up(project, "intermediate", "--defaults").returncode == 0


def test_new_questions_are_answered_on_a_terminal(project: Project) -> None:
    enter, down = b"\r", b"\x1b[B"
    level_up_on_a_terminal(project, {b"source": enter, b"serving": down + enter})
    assert b"serving: flask" in project.files()[ANSWERS]


@pytest.mark.parametrize(
    ("arguments", "reason", "remedy"),
    [
        pytest.param(
            ["--data", "level=advanced"],
            "Invalid choice for 'level': 'advanced'",
            "is not in ['beginner', 'intermediate', 'later']",
            id="level of a later release",
        ),
        pytest.param(
            ["--data", "level=expert"],
            "Invalid choice for 'level': 'expert'",
            "is not in ['beginner', 'intermediate', 'later']",
            id="unknown level",
        ),
        pytest.param(
            ["-dname="],
            "Validation error for question 'name'",
            "write one",
            id="answer that a validator refuses",
        ),
        pytest.param(
            ["--data=serving=flask"],
            "the template does not ask for serving",
            "at this level",
            id="question of a later level",
        ),
        pytest.param(
            ["--data=level=later"],
            "Interactive session required",
            "--defaults",
            id="no terminal",
        ),
        pytest.param(
            ["--vcs-ref=v9"],
            "",
            "v9",
            id="unknown release",
        ),
        pytest.param(
            ["later"],
            "Expected at most 2 positional arguments",
            "later",
            id="stray word",
        ),
        pytest.param(
            ["--data=packaging=pip-tools"],
            "this deletes cache/.gitignore, uv.toml",
            "add --yes",
            id="answer that deletes files",
        ),
    ],
)
def test_a_request_is_refused_in_one_line(
    project: Project, arguments: list[str], reason: str, remedy: str
) -> None:
    line = refusal(project, *arguments)
    assert line.startswith(reason) and remedy in line


@pytest.mark.parametrize(
    ("file", "old", "new", "thing", "remedy"),
    [
        pytest.param(DATASET, "d", "[d", DATASET, "line 2", id="dataset"),
        pytest.param(ANSWERS, "uv", "[uv", "old.yml", "line", id="answers"),
        pytest.param(ANSWERS, "_commit", "_", "`_commit`", "correct it", id="no commit"),
        pytest.param(ANSWERS, "_src_path", "_", "`_src_path`", "correct it", id="no source"),
        pytest.param(ANSWERS, "path: /", "path: ", "absolute", "correct it", id="relative source"),
        pytest.param(ANSWERS, "path: /", "path: /_", "`_src_path`", "correct", id="source gone"),
        pytest.param(ANSWERS, "v1.0.0", "v1-dirty", "v1-dirty", "`_commit`", id="commit gone"),
    ],
)
def test_a_project_that_cannot_be_updated_is_told_what_to_correct(
    project: Project, file: str, old: str, new: str, thing: str, remedy: str
) -> None:
    edit(project, file, old, new)
    line = refusal(project, "--data=level=intermediate", "--defaults")
    assert thing in line and remedy in line


@pytest.mark.parametrize(
    ("now", "lower"), [("intermediate", "beginner"), ("later", "intermediate")]
)
def test_an_update_never_goes_down(project: Project, now: str, lower: str) -> None:
    edit(project, ANSWERS, "level: beginner", f"level: {now}")
    line = refusal(project, f"--data=level={lower}", "--yes")
    assert f"at {now}" in line and "`git revert`" in line


def test_edits_are_committed_first(project: Project) -> None:
    write(project, "notes.md", "Mine.\n")
    assert refusal(project) == "commit or stash first: notes.md"


def test_a_project_without_git_is_refused(project: Project) -> None:
    shutil.rmtree(project.path / ".git")
    assert "not in Git: run `just setup`" in refusal(project)


def test_a_project_without_a_commit_is_refused(project: Project) -> None:
    shutil.rmtree(project.path / ".git")
    project.run("git", "init", "--quiet")
    assert f"commit or stash first: {ANSWERS}" in refusal(project)


def test_a_project_without_its_answers_is_refused(project: Project) -> None:
    project.run("git", "rm", "--quiet", ANSWERS)
    project.commit()
    assert refusal(project).startswith(f"{ANSWERS} must name")


def test_an_environment_without_copier_is_refused(project: Project, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv")
    line = refusal(project, python=str(tmp_path / "venv/bin/python"))
    assert line == "Copier is not installed: run `just setup`"


def test_a_project_after_the_last_release_is_refused(
    small_template: Project, tmp_path: Path
) -> None:
    newer = Project(shutil.copytree(small_template.path, tmp_path / "newer"))
    edit(newer, "template/justfile", "true", "false")
    project = made_from(newer, tmp_path / "project", "HEAD")
    assert "last release v1.0.0: add --vcs-ref=HEAD" in refusal(project)


def test_a_changed_answer_deletes_files_on_demand(project: Project) -> None:
    assert update(project, "--data=packaging=pip-tools", "--yes").returncode == 0
    assert "uv.toml" not in project.files()


def test_conflicts_are_named(project: Project) -> None:
    write(project, "tasks/intermediate.just", "serve:\n    echo mine\n")
    project.commit()
    assert "conflicts in tasks/intermediate.just" in left_to_do(project)


def test_an_extra_named_like_a_new_capability_is_named(project: Project) -> None:
    edit(project, "pyproject.toml", "notebook", 'serving = ["flask"]\nnotebook')
    assert "Cannot overwrite a value" in left_to_do(project)


def test_an_alias_named_like_a_new_recipe_is_named(project: Project) -> None:
    edit(project, "justfile", "check:", "alias serve := check\n\ncheck:")
    assert left_to_do(project).startswith("recipe `serve`")


BROUGHT = "tasks/intermediate.just"


@pytest.mark.projects
def test_a_preview_says_what_comes_and_changes_nothing(project: Project) -> None:
    before = state(project)
    preview = level_up(project, "intermediate", "--defaults", "--preview").stdout.splitlines()
    assert state(project) == before
    assert level_up(project, "intermediate", "--defaults").stdout.splitlines()[:3] == preview


@pytest.mark.projects
def test_what_git_cannot_give_back_is_named_and_kept_aside_on_demand(project: Project) -> None:
    edit(project, "justfile", "check:", "# mine\n\ncheck:")
    write(project, ".gitignore", f"/{BROUGHT}\n")
    project.commit()
    write(project, BROUGHT, "password: s3cret\n")
    assert refusal(project, *UP).startswith(f"{BROUGHT} is not in a commit, and would be replaced")
    level_up(project, "intermediate", "--defaults", "--yes")
    assert project.files()[f"{BROUGHT}.bak"] == b"password: s3cret\n"
    assert project.files()[BROUGHT] == b"serve:\n    true\n"


def test_a_file_that_git_is_told_not_to_look_at_is_named(project: Project) -> None:
    project.run("git", "update-index", "--skip-worktree", "pyproject.toml")
    write(project, "pyproject.toml", "[project]\n")
    assert refusal(project, *UP).startswith("pyproject.toml is not in a commit")


@pytest.mark.projects
@pytest.mark.parametrize("content", [b"Versp\xe4tungen\n", "é\n".encode("utf-16"), b"a \r\nb\r\n"])
def test_what_the_template_leaves_alone_is_byte_for_byte_as_it_was(
    project: Project, content: bytes
) -> None:
    (project.path / DATASET).write_bytes(b"# " + content)
    (project.path / "uv.toml").write_bytes(content)
    project.run("git", "config", "apply.whitespace", "error")
    project.commit()
    level_up(project, "intermediate", "--data=source=none", "--defaults")
    assert project.files()["uv.toml"] == content


def test_line_ends_stay_as_they_are(project: Project) -> None:
    edit(project, "pyproject.toml", "\n", "\r\n", count=-1)
    assert level_up(project, "intermediate", "--defaults").returncode == 0
    content = project.files()["pyproject.toml"]
    assert b"fastapi" in content
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.projects
def test_hooks_of_git_are_not_asked(project: Project) -> None:
    hook = project.path.parent / "hooks" / "prepare-commit-msg"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    project.run("git", "config", "core.hooksPath", str(hook.parent))
    assert level_up(project, "intermediate", "--defaults").returncode == 0


@pytest.mark.projects
@pytest.mark.parametrize("far", [0, 3])
def test_an_update_that_was_killed_is_finished_by_the_next(project: Project, far: int) -> None:
    whole = Project(shutil.copytree(project.path, project.path.parent / "whole"))
    level_up(whole, "intermediate", "--defaults")
    killed = f"""
import itertools, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tasks")
import takeover, update
count, write = itertools.count(), takeover.write
takeover.write = lambda *given: os._exit(9) if next(count) == {far} else write(*given)
sys.argv = ["update.py", "--vcs-ref=:current:", "--data=level=intermediate", "--defaults"]
update.main()
"""
    assert subprocess.run([sys.executable, "-c", killed], cwd=project.path).returncode == 9
    done = update(project)
    assert done.stdout == "An update that was stopped is finished now: look at `git status`.\n"
    assert state(project) == state(whole)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        pytest.param(
            "mkdir ../disk && rm -rf tests && ln -s ../disk tests",
            "tests is in the way of tests/etl/test_table.py, a link or of another kind",
            id="a link",
        ),
        pytest.param(
            "mkdir -p src/flights && touch src/flights/etl",
            "src/flights/etl is in the way of src/flights/etl/__init__.py",
            id="a file in the place of a folder",
        ),
        pytest.param(
            f"mkdir -p {BROUGHT} && touch {BROUGHT}/mine",
            f"{BROUGHT} is in the way of {BROUGHT}",
            id="a folder in the place of a file",
        ),
        pytest.param(
            "mkdir -p src/flights && touch src/flights/etl.py",
            "src/flights/etl.py would be hidden by src/flights/etl/, which comes: rename yours",
            id="a module",
        ),
        pytest.param(
            "mkdir -p tests && touch tests/test_table.py",
            "tests/test_table.py has the name of tests/etl/test_table.py, which comes: rename",
            id="a test",
        ),
        pytest.param(
            "echo '/tasks/*.just' > .gitignore",
            f"Git ignores what comes: `git check-ignore --verbose {BROUGHT}` says why",
            id="ignored",
        ),
        pytest.param(
            "sed -i '/^import/d' justfile",
            'justfile lacks `import? "tasks/intermediate.just"`: put that back',
            id="an import",
        ),
        pytest.param(
            "sed -i 's/project.optional-dependencies/tool.mine/' pyproject.toml",
            "pyproject.toml would lack the extras serving",
            id="the table of extras",
        ),
        pytest.param("git rm --quiet justfile", "justfile lacks `import? ", id="no justfile"),
    ],
)
def test_what_would_leave_a_broken_project_is_named(
    project: Project, levels: Levels, spoil: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.run("bash", "-euc", spoil)
    project.commit()
    monkeypatch.chdir(project.path)
    [found] = takeover.problems(takeover.compare(*levels), *levels, False)
    assert found.startswith(line)


def test_an_update_with_a_problem_changes_nothing(project: Project) -> None:
    write(project, "src/flights/etl.py", "")
    project.commit()
    assert refusal(project, *UP).startswith("src/flights/etl.py would be hidden")


def test_rules_that_keep_a_secret_out_of_git_do_not_go(project: Project) -> None:
    write(project, "cache/secret", "s3cret\n")
    line = refusal(project, "--data=packaging=pip-tools", "--yes")
    assert line == "cache/.gitignore goes, which keeps cache/secret out of Git: move it"


def update(
    project: Project, *arguments: str, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "tasks/update.py", *arguments],
        cwd=project.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def level_up(project: Project, level: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Update as the recipe `level-up` does."""
    return update(project, "--vcs-ref=:current:", "--data", f"level={level}", *arguments)


def level_up_on_a_terminal(project: Project, keys: dict[bytes, bytes]) -> None:
    """Go up to intermediate, and press the keys of each question once it is shown."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "tasks/update.py", "--data=level=intermediate"],
        cwd=project.path,
        env=os.environ | {"PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"},
        stdin=inside,
        stdout=inside,
        stderr=inside,
    )
    os.close(inside)
    for question, pressed in keys.items():
        shown = b""
        while question not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, pressed)
    with suppress(OSError):  # how Linux says that nobody is left on the other side
        while os.read(terminal, 1024):
            pass
    os.close(terminal)
    assert process.wait() == 0


def refusal(project: Project, *arguments: str, python: str = sys.executable) -> str:
    """Return the only line of an update that changes nothing."""
    before = state(project)
    done = update(project, *arguments, python=python)
    assert (done.returncode, done.stdout) == (1, "")
    assert state(project) == before
    [line] = [line for line in done.stderr.splitlines() if not line.startswith("Render ")]
    return line


def left_to_do(project: Project) -> str:
    """Return the line with which a level-up leaves work to the owner."""
    done = level_up(project, "intermediate", "--defaults")
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


def state(project: Project) -> tuple[bytes, dict[str, bytes]]:
    """Return what Git says of the project, and its files."""
    status = subprocess.run(["git", "status", "--short"], cwd=project.path, capture_output=True)
    return status.stdout, project.files()


def made_from(template: Project, path: Path, release: str) -> Project:
    copier.run_copy(str(template.path), path, vcs_ref=release, defaults=True, quiet=True)
    project = Project(path)
    project.commit()
    return project


def edit(project: Project, file: str, old: str, new: str, count: int = 1) -> None:
    """Replace the first of some text in a file, and commit."""
    text = (project.path / file).read_text()
    assert old in text
    write(project, file, text.replace(old, new, count))
    project.commit()


def write(project: Project, file: str, text: str) -> None:
    path = project.path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")
