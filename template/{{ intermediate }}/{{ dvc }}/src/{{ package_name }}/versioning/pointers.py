"""Pointers: the small files by which Git knows a version of the data, as DVC writes them."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from .. import settings
from ..settings import Settings
from ..tracking.provenance import git

SUFFIX = ".dvc"
INSIDE = "DVC_STAGE"  # the variable by which `dvc repro` tells its commands their stage


def record(step: str) -> None:
    """Tell DVC what a step found and made, if its command was that of the stage and no other.

    Where the step before was left out, there is nothing to tell.
    """
    if sys.argv[1:] == [step] and INSIDE not in os.environ:
        from dvc.dependency.base import DependencyDoesNotExistError
        from dvc.repo import Repo

        with suppress(DependencyDoesNotExistError), Repo(str(settings.load().root)) as repo:
            with repo.scm_context():
                repo.commit(step, force=True)


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
