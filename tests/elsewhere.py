"""What goes to another machine: how the tests see that a project keeps to this one."""

from dataclasses import dataclass
from pathlib import Path

LISTEN = """
import os
import socket
import sys

HERE = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::", socket.gethostname()}


def hear(event, arguments):
    if event == "socket.getaddrinfo":
        told = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        told = arguments[1][0]
    else:
        return
    told = told.decode() if isinstance(told, bytes) else told
    if told not in HERE:
        with open(os.environ["HEARD"], "a") as file:
            file.write(f"{told} by {' '.join(sys.orig_argv)}\\n")


sys.addaudithook(hear)
"""


@dataclass(frozen=True)
class Elsewhere:
    """A folder with a module that every Python imports, which writes down what it hears."""

    folder: Path

    def listen(self) -> str:
        """Return the line of a shell after which each Python is listened to."""
        (self.folder / "sitecustomize.py").write_text(LISTEN)
        return f'export PYTHONPATH="{self.folder}" HEARD="{self.folder}/heard"\n'

    def asked(self) -> list[str]:
        """Return the machines that were asked for, each with the command that did."""
        heard = self.folder / "heard"
        return heard.read_text().splitlines() if heard.exists() else []
