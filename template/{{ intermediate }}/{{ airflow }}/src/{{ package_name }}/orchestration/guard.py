"""The guard: runs a command, and ends it and all that it started once nobody waits for it.

It reads its standard input, which ends when whoever started it is gone, however that went. Airflow
gives each step a session of its own, and whoever started a step may be gone before it: so what the
command starts is remembered as long as it runs. psutil finds that, which Airflow's environment has.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from importlib import import_module
from time import monotonic, sleep
from typing import Any

psutil = import_module("psutil")

GRACE = 10  # seconds between asking and ending
PAUSE = 0.2  # seconds between looking and looking again


def main(first: signal.Signals, command: list[str]) -> None:
    """Run a command, and end as it does.

    Args:
        first: what it is told at its end: SIGTERM, or SIGSTOP if it would not heed that; it then
            starts nothing more while what it has started ends.
    """
    process = psutil.Popen(command, stdin=subprocess.DEVNULL)
    alone = threading.Event()
    threading.Thread(target=listen, args=[alone], daemon=True).start()
    started: set[Any] = set()
    while process.poll() is None and not alone.wait(PAUSE):
        started |= children({process, *started})
    started |= children({process, *started})
    end(process, started, first)
    code = process.wait()
    os._exit(code if code >= 0 else 128 - code)


def listen(alone: threading.Event) -> None:
    """Wait until nobody holds the other side of the standard input."""
    sys.stdin.buffer.read()
    alone.set()


def end(process: Any, started: set[Any], first: signal.Signals) -> None:
    """Ask a process and all that it has started to end, then make those that still run."""
    stopped = first == signal.SIGSTOP
    tell([process], first)
    tell(started, signal.SIGTERM)
    wait(started if stopped else {process, *started})
    rest = {process, *started, *children({process, *started})}
    tell(rest, signal.SIGKILL)
    wait(rest)


def wait(processes: set[Any]) -> None:
    """Wait until none of the processes runs, but not for ever."""
    last = monotonic() + GRACE
    while left(processes) and monotonic() < last:
        sleep(PAUSE / 4)


def children(parents: set[Any]) -> set[Any]:
    """Return what these processes have started, and what that has started."""
    found = {each.pid: each for each in left(parents)}
    for process in psutil.process_iter(["ppid"]):
        if process.info["ppid"] in found:
            found[process.pid] = process
    return set(found.values()) - parents


def left(processes: set[Any]) -> set[Any]:
    """Return those of the processes that still run."""
    return {each for each in processes if runs(each)}


def runs(process: Any) -> bool:
    """Tell whether a process runs, and is not only waiting to be buried."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def tell(processes: Iterable[Any], what: signal.Signals) -> None:
    """Send a signal to those processes that are still there."""
    for process in processes:
        try:
            process.send_signal(what)
        except psutil.Error:
            continue


if __name__ == "__main__":
    main(signal.Signals[sys.argv[1]], sys.argv[2:])
