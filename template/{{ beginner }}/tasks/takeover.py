"""How an update is merged into a project: compared with what lies on this disk, then taken over."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ANSWERS, EXTRAS = ".copier-answers.yml", "optional-dependencies"
Files = dict[str, bytes]


@dataclass(frozen=True)
class Change:
    """What an update does to a file; without `content`, it goes."""

    path: str
    kind: str
    content: bytes | None
    stages: tuple[bytes, ...] = ()  # of a conflict: what the template had, yours, what it has


def git(*arguments: str, said: bytes = b"") -> str | None:
    """Return what Git prints in the project, or None where it fails."""
    command = ["git", "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, input=said, capture_output=True)
    return None if done.returncode else done.stdout.decode("utf-8", errors="surrogateescape")


def paths(*arguments: str) -> set[str]:
    """Return the paths that Git lists."""
    listed = git(arguments[0], "-z", *arguments[1:]) or ""
    return {*filter(None, listed.split("\0"))}


def files(folder: Path) -> Files:
    """Return the files below a folder by their paths."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def compare(old: Files, new: Files) -> list[Change]:
    """Return what has to change here, file by file, for what changed in the template."""
    touched = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    changes = (change(path, old.get(path), new.get(path)) for path in touched)
    return [each for each in changes if each]


def change(path: str, before: bytes | None, after: bytes | None) -> Change | None:
    """Return what has to change in a file that the template had as `before`, has as `after`."""
    place = Path(path)
    if not os.path.lexists(place):
        return None if before is not None else Change(path, "come", after)
    if not place.is_file() or place.is_symlink():
        return Change(path, "go" if after is None else "change", after)
    mine = place.read_bytes()
    if b"\r\n" in mine:  # line ends stay as they are
        before, after = (each and re.sub(rb"\r?\n", rb"\r\n", each) for each in (before, after))
    if mine == after:
        return None
    if after is None:
        return Change(path, "go", None)
    if mine == before or path == ANSWERS or not (before or git("ls-files", "--", path)):
        return Change(path, "change", after)
    merged, clean = merge(mine, before or b"", after)
    stages = () if clean else (before or b"", mine, after)
    return Change(path, "change" if clean else "conflict", merged, stages)


def merge(mine: bytes, before: bytes, after: bytes) -> tuple[bytes, bool]:
    """Return a file with the edits of both sides, and whether they do not meet."""
    with TemporaryDirectory() as folder:
        places = [Path(folder, name) for name in ("yours", "before", "template")]
        for place, content in zip(places, (mine, before, after), strict=True):
            place.write_bytes(content)
        command = ["git", "merge-file", "-p", "--diff3", *(place.name for place in places)]
        done = subprocess.run(command, cwd=folder, capture_output=True)
    return (done.stdout if done.returncode < 128 else mine), done.returncode == 0


def problems(changes: list[Change], old: Files, new: Files, yes: bool) -> list[str]:
    """Return a line for each thing that keeps an update from being taken over."""
    found = [line for each in changes for line in (*blocked(each, yes), *spoilt(each))]
    coming = [each.path for each in changes if each.kind == "come"]
    if ignored := git("check-ignore", "--stdin", "-z", said="\0".join(coming).encode()):
        named = ignored.strip("\0").replace("\0", " ")
        found.append(f"Git ignores what comes: `git check-ignore --verbose {named}` says why")
    never = {path for path in old if not os.path.lexists(path)}
    if len(never) > 10 and not never & paths("log", "--format=", "--name-only", "--relative"):
        found.append(f"{ANSWERS} names what never came, as {min(never)}: put it back as it was")
    if not any(each.stages for each in changes):
        result = {each.path: each.content or b"" for each in changes}
        found += [*broken_pyproject(result, old, new), *broken_justfile(result, new)]
    return found


def blocked(each: Change, yes: bool) -> list[str]:
    """Return why a file cannot be written: Git could not give back what is there."""
    place = Path(each.path)
    above = [*place.parents][:-1]
    for path in (*above, place):
        if path.is_symlink() or (path.exists() and path.is_dir() != (path in above)):
            return [f"{path} is in the way of {place}, a link or of another kind: move it"]
    if not place.exists() or yes or (git("ls-files", "-v", "--", each.path) or "").startswith("H"):
        return []
    return [f"{each.path} is not in a commit, and would be replaced: move it, or add --yes"]


def spoilt(each: Change) -> list[str]:
    """Return what of the owner a file that comes hides, or one that goes lays open to Git."""
    place = Path(each.path)
    module, twins = Path(f"{place.parent}.py"), Path("tests").rglob(place.name)
    if each.kind == "go" and place.name == ".gitignore":
        rules = ("--others", "--ignored", "--exclude-standard", "--", str(place.parent))
        left = sorted(paths("ls-files", *rules))
        return [f"{place} goes, which keeps {path} out of Git: move it" for path in left[:3]]
    if each.kind == "come" and place.name == "__init__.py" and module.exists():
        return [f"{module} would be hidden by {place.parent}/, which comes: rename yours"]
    if each.kind == "come" and place.name.startswith("test_"):
        return [f"{twin} has the name of {place}, which comes: rename yours" for twin in twins]
    return []


def broken_pyproject(result: Files, old: Files, new: Files) -> list[str]:
    """Return why the merged pyproject.toml would not have the extras that come."""
    name = "pyproject.toml"
    mine = result.get(name) or (Path(name).read_bytes() if Path(name).exists() else b"")
    try:
        parsed = [tomllib.loads(each.decode()) for each in (old[name], new[name], mine)]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [f"{name} would be broken, {error}: merge what is there twice"]
    had, has, found = (each.get("project", {}).get(EXTRAS, {}).keys() for each in parsed)
    lost = ", ".join(sorted(has - had - found))
    return [f"{name} would lack the extras {lost}: where is [project.{EXTRAS}]?"] if lost else []


def broken_justfile(result: Files, new: Files) -> list[str]:
    """Return why the recipes that come would not work."""
    recipes = [Path("justfile"), *Path("tasks").glob("*.just")]
    mine = {path.as_posix(): path.read_bytes() for path in recipes if path.is_file()} | result
    wanted = [line for line in new["justfile"].splitlines() if line.startswith(b"import")]
    if lost := [line for line in wanted if line not in mine.get("justfile", b"").splitlines()]:
        return [f"justfile lacks `{b'`, `'.join(lost).decode()}`: put that back"]
    with TemporaryDirectory() as folder:
        for name in mine.keys() & {"justfile", *(name for name in mine if name.endswith(".just"))}:
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_bytes(mine[name])
        just = shutil.which("just") or str(Path(sys.executable).with_name("just"))
        done = subprocess.run([just, "--summary"], cwd=folder, capture_output=True, text=True)
    reason = done.stderr.partition("\n")[0].removeprefix("error: ")
    return [f"{reason}: rename or correct yours"] if done.returncode else []


def saved() -> Path:
    """Return where an update lies, in Git's own folder, until all of it is taken over."""
    return Path((git("rev-parse", "--absolute-git-dir") or "").strip(), "level-up")


def take_over(changes: list[Change]) -> None:
    """Write all changes: what is killed on the way, the next update finishes."""
    place, prefix, index = saved().with_suffix(".part"), git("rev-parse", "--show-prefix") or "", ""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for number, each in enumerate(changes):
        path = f"\t{prefix.strip()}{each.path}\n"
        index += f"0 {'0' * 40}{path}" * bool(each.stages)
        for stage, content in enumerate(each.stages, start=1):
            hashed = git("hash-object", "-w", "--stdin", said=content) or ""
            index += f"100644 {hashed.strip()} {stage}{path}"
        if each.content is not None:
            (place / str(number)).write_bytes(each.content)
    (place / "index").write_text(index)
    (place / "paths").write_text("\n".join(each.path for each in changes))
    place.rename(saved())
    finish()


def finish() -> bool:
    """Take over what an update has laid down, if one has, and tell whether; it may be repeated."""
    place = saved()
    if not place.is_dir():
        return False
    for number, path in enumerate((place / "paths").read_text().split("\n")):
        write(Path(path), place / str(number))
    git("update-index", "--index-info", said=(place / "index").read_bytes())
    shutil.rmtree(place)
    return True


def write(path: Path, content: Path) -> None:
    """Give a file its new content, whole; what is not in Git is kept beside it."""
    same = path.exists() and content.exists() and path.read_bytes() == content.read_bytes()
    if path.exists() and not same and not git("ls-files", "--", str(path)):
        os.replace(path, f"{path}.bak")
    if not content.exists():
        return path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.level-up")
    shutil.copyfile(content, draft)
    if path.exists():
        shutil.copymode(path, draft)
    os.replace(draft, path)
