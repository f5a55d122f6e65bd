"""The roadmap: each step is done by doing what it says, and by nothing less."""

import json
import shutil
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from support import Project, copied

Story = dict[str, list[str]]

# What an owner does one after the other, and the step that is done from then on. `run=true` and
# `run=false` stand for checks that are green or red: others look at what `just check` checks.
DEEDS = {
    "nothing": ("true", None),
    "edits that are not committed": (
        """
        echo 'du -h data/raw' >> tasks/look.sh
        cp tests/test_settings.py tests/test_mine.py
        uv run just look
        uv run just run=true check
        """,
        None,
    ),
    "a script": (
        """
        git add tasks
        git commit --quiet --no-verify --message "Say how large the tables are"
        git stash --quiet --include-untracked
        uv run just run=true check
        """,
        "1. Python and the shell",
    ),
    "a branch that is merged, with a test that is red": (
        """
        git switch --quiet --create idea
        git stash pop --quiet
        git add --all
        git commit --quiet --no-verify --message "Test what matters"
        git switch --quiet -
        git merge --quiet --no-ff --no-edit idea
        ! uv run just run=false check
        """,
        "2. Git",
    ),
    "a test that is green": ("uv run just run=true check", "3. Tests and structure"),
    "a model of their own data": (
        """
        python3 - > data/raw/own.csv <<'END'
        print("hour,sky,late")
        for n in range(300):
            print(n % 24, ["sun", "rain"][n % 7 < 3], ["no", "yes"][n % 24 > 12], sep=",")
        END
        uv run just describe data/raw/own.csv --target late
        git add config
        git commit --quiet --message "Ask about our own data"
        uv run just train
        """,
        "6. A project of your own",
    ),
    "the same again": ("uv run just train", "5. Tracking"),
    "another estimator": (
        "sed -i.old s/linear/trivial/ config/training.yaml\nuv run just train",
        "4. Machine learning",
    ),
}
STEPS = [step for _, step in DEEDS.values()]


@pytest.fixture(scope="module")
def story(start: Callable[[Questions], Newcomer], questions: Questions) -> Story:
    """Return the steps that are done after each deed of an owner."""
    newcomer, story = start(questions), Story()
    for deed, (commands, _) in DEEDS.items():
        newcomer.type(textwrap.dedent(commands))
        said = newcomer.type("uv run just roadmap --json")
        story[deed] = [step["step"] for step in json.loads(said) if step["done"]]
    return story


@pytest.mark.projects
@pytest.mark.parametrize("deed", DEEDS)
def test_a_step_is_done_by_doing_what_it_says(story: Story, deed: str) -> None:
    until_then = STEPS[: list(DEEDS).index(deed) + 1]

    assert story[deed] == sorted(step for step in until_then if step)


@pytest.fixture(scope="module")
def template_project(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a committed project that no test touches."""
    project = copied(questions, tmp_path_factory.mktemp("practice") / "project", {})
    project.commit()
    return project


@pytest.fixture
def project(template_project: Project, tmp_path: Path) -> Project:
    """Return a committed project to practise in."""
    return Project(shutil.copytree(template_project.path, tmp_path / "project"))


def state(project: Project) -> str:
    """Return where a project stands: its commits, branches and changes."""
    branches = project.run("git", "for-each-ref")
    head = project.run("git", "symbolic-ref", "HEAD")
    return branches + head + project.run("git", "status", "--porcelain", "--branch")


def resolve(project: Project) -> None:
    """Choose one side of the conflict, and commit the merge."""
    project.run("git", "checkout", "--quiet", "--ours", "README.md")
    project.run("git", "commit", "--quiet", "--all", "--no-edit")


def leave_unfinished(project: Project) -> None:
    """Merge a branch of one's own, until there is a conflict in the justfile."""
    project.run("git", "switch", "--quiet", "--create", "idea", "practice-mine~2")
    rewrite(project, "one")
    project.run("git", "switch", "--quiet", "--create", "other", "idea~")
    rewrite(project, "other")
    subprocess.run(["git", "merge", "--quiet", "idea"], cwd=project.path)


def rewrite(project: Project, content: str) -> None:
    """Commit a README of other content."""
    (project.path / "README.md").write_text(content)
    project.run("git", "commit", "--quiet", "--all", "--message", content)


def spoil(project: Project) -> None:
    """Change a file, and do not commit it."""
    (project.path / "notes.md").write_text("Mine.\n")


def refusal(project: Project, recipe: str) -> str:
    """Return the only line of a recipe that refuses."""
    done = subprocess.run(["just", recipe], cwd=project.path, capture_output=True, text=True)
    [line] = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 1
    return line


def test_practice_makes_a_conflict(project: Project) -> None:
    project.run("just", "practice-conflict")

    assert project.run("git", "status", "--porcelain") == "UU README.md\n"


@pytest.mark.parametrize("work", [lambda project: None, resolve], ids=["left", "resolved"])
def test_practice_is_undone_as_if_it_had_not_been(
    project: Project, work: Callable[[Project], None]
) -> None:
    before = state(project)
    project.run("just", "practice-conflict")
    work(project)

    project.run("just", "practice-undo")

    assert state(project) == before


def test_undoing_the_practice_keeps_a_merge_of_ones_own(project: Project) -> None:
    project.run("just", "practice-conflict")
    resolve(project)
    leave_unfinished(project)

    assert refusal(project, "practice-undo").startswith("error: commit or stash first")
    assert project.run("git", "status", "--porcelain") == "UU README.md\n"


@pytest.mark.parametrize(
    ("work", "recipe", "reason"),
    [
        (spoil, "practice-conflict", "commit or stash first"),
        (lambda project: None, "practice-undo", "there is nothing to undo"),
    ],
    ids=["files are changed", "no practice"],
)
def test_practice_is_refused_in_one_line(
    project: Project, work: Callable[[Project], None], recipe: str, reason: str
) -> None:
    work(project)
    before = state(project)

    assert refusal(project, recipe).startswith(f"error: {reason}")
    assert state(project) == before


def test_an_edit_during_the_practice_is_not_undone(project: Project) -> None:
    project.run("just", "practice-conflict")
    spoil(project)

    assert refusal(project, "practice-undo").startswith("error: commit or stash first")
    assert (project.path / "notes.md").exists()


def test_practice_starts_again_once_it_is_undone(project: Project) -> None:
    project.run("just", "practice-conflict")
    resolve(project)

    assert refusal(project, "practice-conflict").startswith("error: undo the last one first")
