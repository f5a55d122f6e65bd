"""What `tasks/update.py` does in a project, and what it refuses, on a template of a few files."""

import os
import pty
import shutil
import subprocess
import sys
import textwrap
import venv
from contextlib import suppress
from pathlib import Path

import copier
import pytest
from support import ROOT, Project

ANSWERS = ".copier-answers.yml"
DATASET = "config/dataset.yaml"

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
    "template/tasks/update.py": (ROOT / "template/{{ beginner }}/tasks/update.py").read_text(),
    "template/{{ uv }}/uv.toml": "exclude-newer = 2026-11-01\n",
    "template/{{ intermediate }}/tasks/intermediate.just": "serve:\n    true\n",
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
    assert done.stdout.startswith("Next: `just setup`")


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
            "level 'advanced' is not offered yet",
            "`just update-template`",
            id="level of a later release",
        ),
        pytest.param(
            ["--data", "level=expert"],
            "level 'expert' is not offered",
            "has 'beginner', 'intermediate', 'later'",
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
            "questions are open and there is no terminal",
            "add --defaults",
            id="no terminal",
        ),
        pytest.param(
            ["--vcs-ref=v9"],
            "the template has no revision 'v9'",
            "correct --vcs-ref",
            id="unknown release",
        ),
        pytest.param(
            ["later"],
            "Expected at most 1 positional argument",
            "see `copier update --help`",
            id="stray word",
        ),
        pytest.param(
            ["--data=packaging=pip-tools"],
            "this deletes uv.toml",
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
        pytest.param(DATASET, "d", "[d", f"{DATASET} is broken", "correct it", id="dataset"),
        pytest.param(ANSWERS, "uv", "[uv", f"{ANSWERS} is broken", "correct it", id="answers"),
        pytest.param(ANSWERS, "_commit", "_", "`_commit`", "correct it", id="no commit"),
        pytest.param(ANSWERS, "_src_path", "_", "`_src_path`", "correct it", id="no source"),
        pytest.param(ANSWERS, "path: /", "path: ", "absolute", "correct it", id="relative source"),
        pytest.param(ANSWERS, "path: /", "path: /_", "`_src_path`", "correct it", id="source gone"),
        pytest.param(ANSWERS, "v1.0.0", "v1-dirty", "'v1-dirty'", "`_commit`", id="commit gone"),
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
    assert "last release 1.0.0: add --vcs-ref=HEAD" in refusal(project)


def test_a_changed_answer_deletes_files_on_demand(project: Project) -> None:
    assert update(project, "--data=packaging=pip-tools", "--yes").returncode == 0
    assert "uv.toml" not in project.files()


def test_conflicts_are_named(project: Project) -> None:
    write(project, "tasks/intermediate.just", "serve:\n    echo mine\n")
    project.commit()
    assert "conflicts in tasks/intermediate.just" in left_to_do(project)


def test_an_extra_named_like_a_new_capability_is_named(project: Project) -> None:
    edit(project, "pyproject.toml", "notebook", 'serving = ["flask"]\nnotebook')
    assert left_to_do(project).endswith("merge the two lines of serving")


def test_an_alias_named_like_a_new_recipe_is_named(project: Project) -> None:
    edit(project, "justfile", "check:", "alias serve := check\n\ncheck:")
    assert left_to_do(project).startswith("recipe `serve`")


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
    [line] = done.stderr.splitlines()
    return line


def left_to_do(project: Project) -> str:
    """Return the line with which a level-up leaves work to the owner."""
    done = level_up(project, "intermediate", "--defaults")
    assert (done.returncode, done.stdout) == (1, "")
    progress, line = done.stderr.splitlines()
    assert progress == "Keeping template version 1.0.0"
    return line


def state(project: Project) -> tuple[bytes, dict[str, bytes]]:
    """Return what Git says of the project, and its files."""
    status = subprocess.run(["git", "status", "--short"], cwd=project.path, capture_output=True)
    return status.stdout, project.files()


def made_from(template: Project, path: Path, release: str) -> Project:
    copier.run_copy(str(template.path), path, vcs_ref=release, defaults=True, quiet=True)
    project = Project(path)
    project.commit()
    return project


def edit(project: Project, file: str, old: str, new: str) -> None:
    """Replace the first of some text in a file, and commit."""
    text = (project.path / file).read_text()
    assert old in text
    write(project, file, text.replace(old, new, 1))
    project.commit()


def write(project: Project, file: str, text: str) -> None:
    path = project.path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
