"""What the tests share: the template as it stands, and projects made from it by Copier itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import copier
import yaml
from mlops_ladder.combination import Answers
from mlops_ladder.questions import Questions

ROOT = Path(__file__).parents[1]
COPIER_YML = yaml.safe_load((ROOT / "copier.yml").read_text())
LEVELS = list(COPIER_YML["level"]["choices"].values())

Tested = Callable[[str, Iterable[str], int], None]  # what, which of them, of how many there are


@dataclass(frozen=True)
class Project:
    """A project on disk, in a Git repository of its own from its first commit on."""

    path: Path

    def files(self) -> dict[str, bytes]:
        """Return the content of each file, Git's own left out."""
        paths = (path for path in self.path.rglob("*") if path.is_file())
        content = {path.relative_to(self.path): path.read_bytes() for path in paths}
        return {path.as_posix(): content[path] for path in content if path.parts[0] != ".git"}

    def run(self, *command: str) -> str:
        """Return what `command` prints when it runs here.

        Raises:
            subprocess.CalledProcessError: It failed.
        """
        environment = {key: os.environ[key] for key in os.environ if key != "VIRTUAL_ENV"}
        return subprocess.run(
            command, cwd=self.path, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def commit(self, message: str = "edit") -> None:
        """Commit everything that Git does not ignore."""
        self.run("git", "init", "--quiet")
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--allow-empty", "--message", message)

    def level_up(self, level: str) -> None:
        """Take the committed project up to `level`, as `just level-up` does."""
        request = ["--vcs-ref=:current:", f"--data=level={level}", "--defaults"]
        self.run(sys.executable, "tasks/update.py", *request)


def refusal(questions: Questions, name: str, answer: str) -> str:
    """Return why Copier turns `answer` down, nothing if it takes it."""
    try:
        questions.complete({name: answer})
    except ValueError as error:
        return str(error)
    return ""


def copied(questions: Questions, path: Path, answers: Answers) -> Project:
    """Copy a project to `path` by Copier's public API, without trust.

    Raises:
        ValueError: Copier would ignore one of the answers, because no question reads it.
    """
    questions.complete(answers)
    copier.run_copy(
        questions.source, path, data=dict(answers), vcs_ref="HEAD", defaults=True, quiet=True
    )
    return Project(path)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Return the paths that only one of two projects has, or that differ in content."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def copy_working_tree(destination: Path) -> None:
    """Make a Git repository at `destination` of what stands in this one, committed or not."""
    listed = Project(ROOT).run(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"
    )
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file():
            (destination / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, destination / path)
    Project(destination).commit()
