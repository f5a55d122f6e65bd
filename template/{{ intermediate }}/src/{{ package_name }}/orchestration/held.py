"""Held: a process that ends once nobody holds its standard input, as whatever a guard runs does."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def held(command: list[str], root: Path, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """Run a command of a guard in the project, let go of it, and wait until it has ended.

    Args:
        options: those of `subprocess.Popen`.
    """
    process = subprocess.Popen(
        command,
        cwd=root,
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,  # it has to outlive what ends this
        **options,
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait()
