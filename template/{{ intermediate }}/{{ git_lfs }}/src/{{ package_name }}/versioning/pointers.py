"""Pointers: the small files by which Git knows a version of the data, as Git LFS writes them."""

import shlex
from pathlib import Path

from .. import settings
from ..settings import Settings
from ..tracking.provenance import git

FIRST = "version https://git-lfs.github.com/spec/"
LARGEST = 1024  # bytes


def record(step: str) -> None:
    """Do nothing: whoever commits what a step made has a record of it."""


def committed(where: Settings, commit: str) -> list[str]:
    """Return the pointers of a commit, each with its hash."""
    entries = git(where.root, "ls-tree", "-r", "--long", commit, "--", "data").splitlines()
    return [entry for entry in entries if is_pointer(where, *entry.split()[2:4])]


def slipped(where: Settings) -> list[str]:
    """Return the files that Git is about to commit, or has, where LFS should have them."""
    entries = git(where.root, "ls-files", "--stage", "--", ":(attr:filter=lfs)").splitlines()
    blobs = [(entry.split()[1], entry.partition("\t")[2]) for entry in entries]
    return [path for blob, path in blobs if not is_pointer(where, blob)]


def is_pointer(where: Settings, blob: str, size: str = "") -> bool:
    """Tell whether Git has a pointer, and not the data itself."""
    length = int(size or git(where.root, "cat-file", "-s", blob))
    return length < LARGEST and git(where.root, "cat-file", "blob", blob).startswith(FIRST)


def remedy(table: Path, lacks: list[str]) -> str | None:
    """Return which command brings back a table that is missing, and that Git has."""
    name = shlex.quote(str(table))
    known = not table.exists() and git(
        settings.load().root, "ls-files", "--", str(table.absolute())
    )
    return f"`git restore {name}` brings it back" if known else None
