"""Steps: commands of this project, each in a process of its own that ends with whoever waits."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from math import inf
from tempfile import TemporaryFile
from typing import Any

from .. import settings
from ..errors import ProjectError
from .held import held
from .pipelines import VARIABLE

PLAIN = {"COLUMNS": "100", "TYPER_USE_RICH": "false"}  # as for a file, not for a terminal


def run(
    arguments: list[str], say: Callable[[str], None], seconds: float = inf, pipeline: str = ""
) -> str:
    """Run a command of the project, and return what it prints.

    Args:
        say: is told each line about how far it is, and what it has printed if it fails.
        seconds: how long it may take.
        pipeline: the name of the pipeline whose step it is.

    Raises:
        ProjectError: it fails; the message has its last line.
    """
    with TemporaryFile("w+", encoding="utf-8") as printed:
        told = {**os.environ, **PLAIN, VARIABLE: pipeline}
        with guarded(
            [settings.NAME, *arguments], seconds, env=told, stdout=printed, stderr=subprocess.PIPE
        ) as process:
            last = heard(process, say)
        printed.seek(0)
        text = printed.read()
        if process.returncode:
            if text:
                say(text)
            raise ProjectError(f"`{' '.join(arguments)}` fails: {last}")
        return text


def guarded(
    module: list[str], seconds: float = inf, **options: Any
) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Run a module of Python under guard, and wait until it has ended.

    Args:
        module: its name and its arguments.
        seconds: how long it may take.
        options: those of `subprocess.Popen`.
    """
    guard = [sys.executable, "-m", f"{__package__}.guard", str(seconds)]
    return held([*guard, sys.executable, "-m", *module], settings.load().root, **options)


def heard(process: "subprocess.Popen[str]", say: Callable[[str], None]) -> str:
    """Pass on what a process says until it has ended, and return its last line."""
    last = "it says nothing"
    for line in process.stderr or ():
        if text := line.strip().removeprefix("error: "):
            last = text
            say(text)
    process.wait()
    return last
