"""The workspace: a folder beside a table, for one run at a time; nothing in it is ever kept."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..data import files
from ..errors import ProjectError


@contextmanager
def workspace(target: Path) -> Iterator[Path]:
    """Give an empty folder to make `target` in, which goes when that is done.

    What a run that was killed has left there goes first.

    Raises:
        ProjectError: another run makes this table just now, or the folder cannot be made.
    """
    folder = target.absolute().with_name(f".{target.name}.making")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ProjectError(f"{target}: cannot be made there: {error.strerror}") from error
    if not files.lock(lock, folder):
        os.close(lock)
        raise ProjectError(f"{target}: another run makes it just now; wait for it")
    try:
        empty(folder)
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def empty(folder: Path) -> None:
    """Take away what is in a folder."""
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
