"""Processes of a project: how the tests start one to interrupt it, and see that none is left."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

HERE = "127.0.0.1"
PATIENCE = 180  # seconds, on a busy machine


def running(place: Path) -> list[str]:
    """Return the commands of the processes that work with the environment of a project."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"{place}/" in command:
            found.append(command)
    return found


def wait_until(happened: Callable[[], bool]) -> bool:
    """Wait until something has happened, and tell whether it has."""
    end = monotonic() + PATIENCE
    while not happened() and monotonic() < end:
        sleep(0.2)
    return happened()


def none_left(place: Path) -> bool:
    """Wait until no process of a project is left, and tell whether that has come."""
    return wait_until(lambda: not running(place))


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server((HERE, 0)) as unused:
        return int(unused.getsockname()[1])


def listening(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as asking:
        return asking.connect_ex((HERE, port)) == 0


@contextmanager
def started(
    command: list[str], place: Path, environment: dict[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    """Start a command as at a terminal of its own; it is ended afterwards."""
    process = subprocess.Popen(
        command,
        cwd=place,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # tests that a shell runs in the background would hand on that they ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    guard = threading.Timer(2 * PATIENCE, tell, [process, signal.SIGKILL])
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        tell(process, signal.SIGKILL)
        with process:
            process.wait()


def heard(process: "subprocess.Popen[str]", words: str) -> str:
    """Wait until a process says something, and return that line."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return line
    raise AssertionError("".join(lines))


def tell(process: "subprocess.Popen[str]", what: signal.Signals) -> None:
    """Send a signal to all that work at the terminal of a process, unless it has ended."""
    if process.poll() is None:
        os.killpg(process.pid, what)
