"""What goes to another machine: how the tests see that a project keeps to this one."""

from dataclasses import dataclass
from pathlib import Path

LISTEN = """
import os
import socket
import sys

HERE = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::", socket.gethostname()}


def note(name, what=""):
    with open(os.path.join(os.path.dirname(__file__), name), "a") as file:
        print(what, sys.orig_argv, file=file)


def hear(event, arguments):
    if event == "socket.getaddrinfo":
        told = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        told = arguments[1][0]
    else:
        return
    told = told.decode() if isinstance(told, bytes) else told
    if told not in HERE:
        note("heard", told)


sys.addaudithook(hear)
note("listened")
"""


@dataclass(frozen=True)
class Elsewhere:
    """A folder with a module that every Python imports, which writes down what it hears.

    It hears the sockets of Python: those of other programs, and of code in C, it does not.
    """

    folder: Path

    def __post_init__(self) -> None:
        """Write the module."""
        (self.folder / "sitecustomize.py").write_text(LISTEN)

    def variables(self) -> str:
        """Return the variable with which each Python is listened to, as a shell sets it."""
        return f"PYTHONPATH={self.folder}"

    def listen(self) -> str:
        """Return the line of a shell after which each Python is listened to."""
        return f"export {self.variables()}\n"

    def asked(self) -> list[str]:
        """Return the machines that were asked for, each with the command that did."""
        assert (self.folder / "listened").exists()
        heard = self.folder / "heard"
        return heard.read_text().splitlines() if heard.exists() else []
