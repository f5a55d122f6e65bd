"""Takes this project up a level, or to a newer release of its template, and loses no edit.

`just level-up` and `just update-template` call it; options that it does not know go to Copier.
An update is rehearsed in a clone: one that fails, or deletes files, ends there, nothing changed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

LEVELS = ["beginner", "intermediate", "advanced"]
ANSWERS = ".copier-answers.yml"

# What Git, Copier and just say when they stop, and what can be done about it.
REMEDIES = {
    "not a git repository": "the project is not in Git: run `just setup`, then this again",
    "No module named copier": "Copier is not installed: run `just setup`",
    r"Invalid choice for '(\w+)': (.*) is not in \[(.*)\]": (
        "{0} {1} is not offered yet, the project's release of the template has {2}:"
        " `just update-template` takes a newer one"
    ),
    "Unknown revision: ('.*')": (
        f"the template has no revision {{0}}: correct --vcs-ref, or `_commit` in {ANSWERS}"
    ),
    r"from (\S+) to (\S+)\. Downgrades": (
        "the project is at {0}, after the template's last release {1}: add --vcs-ref=HEAD"
    ),
    "must be a directory|git-tracked templates": (
        f"the template is not at `_src_path` in {ANSWERS}: correct it, and commit"
    ),
    "Interactive session required": (
        "questions are open and there is no terminal: add --defaults, or --data question=answer"
    ),
    r'(?s:.*) in "(?:/.*/)?(.+)", line (\d+)': "{0} is broken in line {1}: correct it, and commit",
    "^Error: (.+)": "{0}: see `copier update --help`",
    "^ValueError: (.+)": "{0}",
    "error: (.+)\n.*▶ (.+)": "{0} ({1}): rename or correct yours",
}


def main() -> None:
    """Update the project, or end with one line that says what to do."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("-d", "--data", action="append", default=[], metavar="QUESTION=ANSWER")
    parser.add_argument("-l", "--defaults", action="store_true", help="ask no new questions")
    parser.add_argument("--yes", action="store_true", help="delete the files that it names")
    options, others = parser.parse_known_args()
    data = dict(answer.partition("=")[::2] for answer in options.data)
    refuse_before(data.get("level", ""))
    update = [sys.executable, "-m", "copier", "update", "--skip-answered", ".", *others]
    update += [f"--data={question}={answer}" for question, answer in data.items()]
    unasked = [*update, "--defaults"]
    # A rehearsal cannot ask; without a terminal nothing can, and Copier says so in the rehearsal.
    deleted = rehearse(unasked if options.defaults or sys.stdin.isatty() else update, data)
    if deleted and not options.yes:
        sys.exit(f"this deletes {', '.join(deleted)}: add --yes if it may, Git keeps your edits")
    if subprocess.run(unasked if options.defaults else update).returncode:
        sys.exit(1)
    refuse_after()
    if git("status", "--porcelain", "--", "."):
        print("Next: `just setup`, `just check`, look at `git status` and `git diff`, commit.")
    else:
        print("Nothing to do: the project is up to date.")


def refuse_before(level: str) -> None:
    """End where Copier would lose edits, or would not say what is wrong."""
    if changes := git("status", "--porcelain", "--", "."):
        sys.exit(f"commit or stash first: {', '.join(line[3:] for line in changes)}")
    answers = read_answers(".")
    if not (answers.get("_commit") and re.match("[/~]|.+:", answers.get("_src_path", ""))):
        sys.exit(f"{ANSWERS} must name `_src_path` (absolute, or a URL) and `_commit`: correct it")
    now = answers.get("level")  # above the others, if it is not in the list
    if level in takewhile(lambda lower: lower != now, LEVELS):
        sys.exit(f"the project is at {now}: to go down, `git revert` the commit that took it up")


def rehearse(update: list[str], data: dict[str, str]) -> list[str]:
    """Update a clone of the project and return the files that this deletes."""
    top = git("rev-parse", "--show-toplevel")[0]
    with TemporaryDirectory() as clone:
        git("clone", top, clone)
        project = os.path.join(clone, os.path.relpath(".", top))
        run(*update, cwd=project)
        if unknown := data.keys() - read_answers(project).keys():
            sys.exit(f"the template does not ask for {', '.join(unknown)} at this level")
        return git("diff", "--name-only", "--relative", "--diff-filter=D", cwd=project)


def refuse_after() -> None:
    """End where Copier succeeds but leaves work for the owner of the project."""
    if unmerged := git("diff", "--name-only", "--relative", "--diff-filter=U"):
        sys.exit(f"resolve the conflicts in {', '.join(unmerged)}, `git add` them, `just setup`")
    text = Path("pyproject.toml").read_text("utf-8")
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        extras = text.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
        names = re.findall(r"^([\w-]+) *=", extras, re.MULTILINE)
        twice = ", ".join({name for name in names if names.count(name) > 1})
        sys.exit(f"pyproject.toml: {error}: merge the two lines of {twice}")
    run(shutil.which("just") or str(Path(sys.executable).with_name("just")), "--summary")


def read_answers(project: str) -> dict[str, str]:
    """Return the first line of each answer, as text."""
    file = Path(project, ANSWERS)
    text = file.read_text("utf-8", errors="replace") if file.exists() else ""
    return dict(re.findall(r"^(\w+): *['\"]?(.*?)['\"]?$", text, re.MULTILINE))


def git(*arguments: str, cwd: str = ".") -> list[str]:
    """Return the lines that Git prints."""
    return run("git", "-c", "core.quotePath=false", *arguments, cwd=cwd).splitlines()


def run(*command: str, cwd: str = ".") -> str:
    """Return what a command prints, or end with the remedy for what it complains about."""
    # The remedies know English only, and a rehearsal needs no large files.
    environment = os.environ | {"LC_ALL": "C.UTF-8", "GIT_LFS_SKIP_SMUDGE": "1"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode == 0:
        return done.stdout
    said = (done.stderr or done.stdout).strip()
    for symptom, remedy in REMEDIES.items():
        if found := re.search(symptom, said, re.MULTILINE):
            sys.exit(remedy.format(*found.groups()))
    sys.exit(said.rpartition("\n")[2].lstrip(" |"))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped: `git status` says whether anything changed")
