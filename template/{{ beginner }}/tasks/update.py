"""Takes this project up a level, or to a newer release of its template, and loses no edit.

`just level-up` and `just update-template` call it; options that it does not know go to Copier. The
template is rendered twice, as it was and as it comes; what differs is merged into what lies on this
disk. Either all of that is taken over or nothing, and only what Git can give back is written over.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

sys.dont_write_bytecode = True  # or this folder would have changed
import takeover  # noqa: E402
from takeover import ANSWERS, Change, Files, git  # noqa: E402

LEVELS = ["beginner", "intermediate", "advanced"]
DATASET = "config/dataset.yaml"  # which the questions may look into
RELEASE = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-(\d+)-g)?")

# However Git is set up here, the template comes as it is.
NEUTRAL = f"'core.hooksPath={os.devnull}' 'core.attributesFile={os.devnull}' 'core.autocrlf=false'"


def main() -> None:
    """Update the project, or end with one line that says what to do."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("-d", "--data", action="append", default=[], metavar="QUESTION=ANSWER")
    parser.add_argument("-l", "--defaults", action="store_true", help="ask no new questions")
    parser.add_argument("--yes", action="store_true", help="delete and replace what it names")
    parser.add_argument("--preview", action="store_true", help="say what comes, and change nothing")
    options, others = parser.parse_known_args()
    data = dict(answer.partition("=")[::2] for answer in options.data)
    if takeover.finish():
        return print("An update that was stopped is finished now: look at `git status`.")
    answers = refuse_before(data.get("level", ""))
    others = [each.replace(":current:", answers["_commit"]) for each in others]
    asked = ["--defaults"] * options.defaults + [f"--data={key}={data[key]}" for key in data]
    with TemporaryDirectory() as folder:
        print("Render the template as it was, and as it comes", file=sys.stderr)
        was = [f"--vcs-ref={answers['_commit']}", "--defaults"]
        what = f"correct `_src_path` and `_commit` in {ANSWERS}: "
        old = render(Path(folder, "old"), answers["_src_path"], was, what)
        new = render(Path(folder, "new"), answers["_src_path"], [*asked, *others])
    refuse_versions(answers, read_answers(new[ANSWERS].decode()), data)
    changes = takeover.compare(old, new)
    if problems := takeover.problems(changes, old, new, options.yes):
        sys.exit("\n".join(problems))
    deleted = ", ".join(change.path for change in changes if change.content is None)
    if deleted and not (options.yes or options.preview):
        sys.exit(f"this deletes {deleted}: add --yes if it may, Git keeps your edits")
    tell(changes, *(packages(each["pyproject.toml"].decode()) for each in (old, new)))
    if changes and not options.preview:
        takeover.take_over(changes)
        if unmerged := ", ".join(change.path for change in changes if change.stages):
            sys.exit(f"resolve the conflicts in {unmerged}, `git add` them, `just setup`")
        print("Next: `just setup`, `just check`, look at `git status` and `git diff`, commit.")
        print("To take it back instead: `git stash --include-untracked`.")


def tell(changes: list[Change], had: set[str], has: set[str]) -> None:
    """Say what an update brings: files, and packages where the project had others."""
    for kind in ("come", "change", "go", "conflict"):
        if named := [change.path for change in changes if change.kind == kind]:
            print(f"{len(named)} {kind}: {', '.join(named[:5])}{', …' * (len(named) > 5)}")
    if brought := ", ".join(sorted(has - had)):
        print(f"packages: {brought}")
    if not changes:
        print("Nothing to do: the project is up to date.")


def refuse_before(level: str) -> dict[str, str]:
    """Return the answers of the project; end where it cannot be updated."""
    if find_spec("copier") is None:
        sys.exit("Copier is not installed: run `just setup`")
    if git("rev-parse", "--show-toplevel") is None:
        sys.exit("the project is not in Git: run `just setup`, then this again")
    if changes := git("status", "--porcelain", "--", "."):
        sys.exit(f"commit or stash first: {', '.join(line[3:] for line in changes.splitlines())}")
    text = Path(ANSWERS).read_text("utf-8", errors="replace") if Path(ANSWERS).exists() else ""
    answers = read_answers(text)
    if not (answers.get("_commit") and re.match("[/~]|.+:", answers.get("_src_path", ""))):
        sys.exit(f"{ANSWERS} must name `_src_path` (absolute, or a URL) and `_commit`: correct it")
    package = answers.get("package_name")
    if package and not Path("src", package).is_dir():
        sys.exit(f"src/{package} is not there: docs/how-to/rename-the-package.md renames it")
    now = answers.get("level")  # above the others, if it is not in the list
    if level in takewhile(lambda lower: lower != now, LEVELS):
        sys.exit(f"the project is at {now}: to go down, `git revert` the commit that took it up")
    return answers


def refuse_versions(before: dict[str, str], after: dict[str, str], data: dict[str, str]) -> None:
    """End where the template has no such question, or is older than the project."""
    if unknown := data.keys() - after.keys():
        sys.exit(f"the template does not ask for {', '.join(unknown)} at this level")
    versions = [RELEASE.match(answers["_commit"]) for answers in (before, after)]
    numbers = [[int(part or 0) for part in each.groups()] for each in versions if each]
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        now, last = before["_commit"], after["_commit"]
        sys.exit(f"the project is at {now}, after the last release {last}: add --vcs-ref=HEAD")


def render(place: Path, source: str, options: list[str], what: str = "") -> Files:
    """Return the files of a template, by the answers of the project unless `options` say more."""
    place.joinpath(DATASET).parent.mkdir(parents=True)
    if Path(DATASET).exists():
        shutil.copy(DATASET, place / DATASET)
    recorded = place.with_suffix(".yml")
    lines = Path(ANSWERS).read_text("utf-8").splitlines(keepends=True)
    recorded.write_text("".join(line for line in lines if line[0] not in "_#"), "utf-8")
    fixed = ["--quiet", "--overwrite", f"--data-file={recorded}"]
    command = [sys.executable, "-m", "copier", "copy", *fixed, *options, source, str(place)]
    environment = {**os.environ, "GIT_CONFIG_PARAMETERS": NEUTRAL}
    shown = None if sys.stdin.isatty() else subprocess.PIPE  # else Copier cannot ask
    done = subprocess.run(command, env=environment, stdout=shown, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2] or (done.stdout or "").partition("\n")[0]
        sys.exit(what + re.sub(r"^[ |]*(\w*Error: )?", "", said))
    return takeover.files(place)


def packages(pyproject: str) -> set[str]:
    """Return the names of the packages that are listed, one on a line."""
    return {*re.findall(r'^    "([\w.-]+)', pyproject, re.MULTILINE)}


def read_answers(text: str) -> dict[str, str]:
    """Return the first line of each answer, as text."""
    return dict(re.findall(r"^(\w+): *['\"]?(.*?)['\"]?$", text, re.MULTILINE))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:
        sys.exit(f"{error or 'stopped'}: nothing was changed, or the next update finishes it")
