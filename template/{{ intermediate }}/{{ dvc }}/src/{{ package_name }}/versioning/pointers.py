"""Pointers: the small files by which Git knows a version of the data, as DVC writes them."""

from pathlib import Path

from .. import settings
from ..settings import Settings
from ..tracking.provenance import git

SUFFIX = ".dvc"


def committed(where: Settings, commit: str) -> list[str]:
    """Return the pointers of a commit, each with its hash."""
    entries = git(where.root, "ls-tree", "-r", commit, "--", "data").splitlines()
    return [entry for entry in entries if entry.endswith(SUFFIX)]


def remedy(table: Path, lacks: list[str]) -> str | None:
    """Return which command fetches a table that is missing, and that a pointer speaks of."""
    path, root = table.absolute(), settings.load().root
    inside = [each for each in (path, *path.parents) if each.is_relative_to(root)]
    known = any(each.with_name(f"{each.name}{SUFFIX}").is_file() for each in inside)
    return "`just pull-data` fetches it" if known and not path.exists() else None
