"""Steps: commands of this project, each in a process of its own that ends with whoever waits."""

import os
import subprocess
import sys
from collections.abc import Callable
from math import inf
from tempfile import TemporaryFile

from .. import settings
from ..errors import ProjectError
from .pipelines import VARIABLE

PLAIN = {"COLUMNS": "100", "TYPER_USE_RICH": "false"}  # as for a file, not for a terminal


def run(
    arguments: list[str], say: Callable[[str], None], seconds: float = inf, pipeline: str = ""
) -> str:
    """Run a command of the project, and return what it prints.

    Args:
        say: is told each line about how far it is.
        seconds: how long it may take.
        pipeline: the name of the pipeline whose step it is.

    Raises:
        ProjectError: it fails; the message has its last line.
    """
    with TemporaryFile("w+", encoding="utf-8") as printed:
        with subprocess.Popen(
            guarded([sys.executable, "-m", settings.NAME, *arguments], seconds),
            cwd=settings.load().root,
            env={**os.environ, **PLAIN, VARIABLE: pipeline},
            stdin=subprocess.PIPE,
            stdout=printed,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            last = heard(process, say)
        if process.returncode:
            raise ProjectError(f"`{' '.join(arguments)}` fails: {last}")
        printed.seek(0)
        return printed.read()


def guarded(command: list[str], seconds: float = inf) -> list[str]:
    """Return the command that runs another under guard; start it in a session of its own."""
    return [sys.executable, "-m", f"{__package__}.guard", str(seconds), *command]


def heard(process: "subprocess.Popen[str]", say: Callable[[str], None]) -> str:
    """Pass on what a process says until it has ended, and return its last line."""
    last = "it says nothing"
    for line in process.stderr or ():
        if text := line.strip().removeprefix("error: "):
            last = text
            say(text)
    process.wait()
    return last
