"""Data and models have versions by Git LFS: on a server in a folder, with and without LFS here."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import heard, tell
from support import Project

pytestmark = pytest.mark.projects

ALONE = "export GIT_CONFIG_NOSYSTEM=1\n"  # Debian's package switches LFS on for everybody
POINTER = b"version https://git-lfs.github.com/spec/v1\n"
RAW = "data/raw/flights.csv"


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project, and two versions of its data by its how-to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Newcomer, "type", typed_alone)
        newcomer = start(questions, level="intermediate", data_versioning="git-lfs")
    follow(newcomer, "From data to a model")
    follow(newcomer, "Another version")
    follow(newcomer, "On a server")
    return newcomer


@pytest.fixture(scope="module")
def clone(project: Newcomer) -> Newcomer:
    """Return who stands in a clone of the server, set up by the how-to."""
    newcomer = Newcomer(project.machine, project.place)
    follow(newcomer, "On another machine")
    return newcomer


@pytest.fixture
def unset(project: Newcomer, tmp_path: Path) -> Newcomer:
    """Return who stands in a clone in which nobody has set up anything."""
    newcomer = Newcomer(project.machine, project.place)
    alone(newcomer, f"git clone --quiet ../late-flights.git '{tmp_path}/clone'")
    alone(newcomer, f"cd '{tmp_path}/clone'")
    alone(newcomer, "git config user.name Ada && git config user.email ada@example.org")
    return newcomer


@pytest.fixture
def tools(project: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the environment of the project on the path: clones have the same code, and need none."""
    monkeypatch.setenv("PATH", f"{project.place}/.venv/bin:{os.environ['PATH']}")


type_ = Newcomer.type


def typed_alone(newcomer: Newcomer, commands: str) -> str:
    """Return what commands print where only the project itself says how Git works."""
    return type_(newcomer, ALONE + commands)


alone = typed_alone


def follow(newcomer: Newcomer, heading: str) -> str:
    """Return what the commands of the how-to print, below one of its headings."""
    page = newcomer.how_to("version-the-data.md", heading)
    return alone(newcomer, f'PATH="$PWD/.venv/bin:$PATH"\n{page}')


def refused(newcomer: Newcomer, command: str) -> str:
    """Return the last line of a command that fails."""
    return newcomer.fail(ALONE + command).splitlines()[-1]


def versioned(newcomer: Newcomer) -> dict[str, bytes]:
    """Return the data and the models that are here."""
    files = Project(newcomer.place).files()
    return {name: files[name] for name in files if name.startswith(("data/raw/", "models/"))}


def in_git(newcomer: Newcomer, name: str, commit: str = "HEAD") -> bytes:
    """Return what Git itself has of a file."""
    command = ["git", "cat-file", "blob", f"{commit}:{name}"]
    return subprocess.check_output(command, cwd=newcomer.place)


def without_lfs(folder: Path) -> str:
    """Return a search path with every program of this machine but git-lfs."""
    for place in os.environ["PATH"].split(":"):
        for program in Path(place).glob("*"):
            if program.name != "git-lfs" and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    return str(folder)


def test_the_first_commit_has_pointers_and_lfs_the_data(project: Newcomer) -> None:
    first = alone(project, "git rev-list --max-parents=0 HEAD").strip()

    assert in_git(project, RAW, first).startswith(POINTER)


def test_the_model_is_in_lfs_and_its_metrics_are_in_git(project: Newcomer) -> None:
    assert in_git(project, "models/latest/model.pkl").startswith(POINTER)
    assert in_git(project, "models/metrics.json").startswith(b"{\n")
    assert "processed" not in alone(project, "git ls-files data")


def test_what_differs_with_git_lfs_is_green(project: Newcomer) -> None:
    alone(project, "uv run just test -q tests/versioning")


def test_after_a_training_that_was_killed_the_next_one_starts_clean(project: Newcomer) -> None:
    with project.start(".venv/bin/late-flights train") as process:
        heard(process, "fold 2")
        tell(process, signal.SIGKILL)
    alone(project, "uv run just train")

    assert project.runs()[:2] == ["FINISHED", "RUNNING"]  # nobody could tell that it has ended
    assert "this run" in alone(project, "uv run just evaluate")
    alone(project, "uv run just predict data/processed/table.parquet --output answers.csv")
    alone(project, "git restore models")


def test_a_clone_has_the_same_bytes(project: Newcomer, clone: Newcomer) -> None:
    assert clone.place != project.place
    assert versioned(clone) == versioned(project)
    assert alone(clone, "git status --porcelain") == ""


def test_an_older_commit_has_its_own_data(project: Newcomer) -> None:
    now = (project.place / RAW).read_bytes()

    alone(project, "git switch --quiet --detach HEAD~2")
    older = (project.place / RAW).read_bytes()
    alone(project, "git switch --quiet -")
    follow(project, "Back to an older one")

    assert older.startswith(now) and older != now
    assert (project.place / RAW).read_bytes() == now


def test_a_step_of_the_roadmap_is_done_by_models_of_two_versions(project: Newcomer) -> None:
    assert '"models of 2 versions"' in alone(project, "uv run just roadmap --json")


@pytest.mark.usefixtures("tools")
def test_a_pointer_is_not_read_as_data(unset: Newcomer, project: Newcomer) -> None:
    said = refused(unset, "late-flights etl")

    assert said.endswith(f"{RAW}: only its pointer in Git LFS; `git lfs pull` fetches it")
    alone(unset, "git lfs install --local && git lfs pull")
    assert versioned(unset) == versioned(project)


@pytest.mark.usefixtures("tools")
def test_data_that_slipped_into_git_is_found_and_mended(unset: Newcomer) -> None:
    check = "pytest -q tests/versioning/test_pointers.py"
    alone(unset, "printf 'a,b\\n1,2\\n' > data/raw/more.csv")
    alone(unset, "git add --all data && git commit --quiet --message slipped")
    assert not in_git(unset, "data/raw/more.csv").startswith(POINTER)

    assert "1 failed" in refused(unset, check)

    alone(unset, "just add-data && git commit --quiet --message mended")
    assert in_git(unset, "data/raw/more.csv").startswith(POINTER)
    alone(unset, check)


def test_without_git_lfs_setup_says_what_to_install(unset: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    path = without_lfs(tmp_path / "bin")

    said = refused(unset, f'PATH="{path}" uv run just setup')

    assert said.startswith("error: Git LFS is not installed; install git-lfs")
