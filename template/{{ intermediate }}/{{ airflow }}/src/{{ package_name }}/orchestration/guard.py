"""The guard: runs a command, and ends it and all that it started once nobody waits for it.

It reads its standard input, which ends when whoever started it is gone, however that went. Airflow
gives each step a session of its own, so a step is found by who started it. That is what psutil
does, which Airflow's environment has.
"""

import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from typing import Any

psutil = import_module("psutil")

GRACE = 10  # seconds between asking and ending


def main(command: list[str]) -> None:
    """Run a command, and end as it does."""
    process = psutil.Popen(command, stdin=subprocess.DEVNULL)
    alone = threading.Event()
    threading.Thread(target=listen, args=[alone], daemon=True).start()
    while process.poll() is None and not alone.wait(0.1):
        continue
    code = process.poll() if process.poll() is not None else end(process)
    os._exit(code if code >= 0 else 128 - code)


def listen(alone: threading.Event) -> None:
    """Wait until nobody holds the other side of the standard input."""
    sys.stdin.buffer.read()
    alone.set()


def end(process: Any) -> int:
    """Ask a process and all that it has started to end, then make them, and return its code."""
    asked = family(process)
    tell(asked, signal.SIGTERM)
    _, left = psutil.wait_procs(asked, timeout=GRACE)
    tell([each for one in left for each in family(one)], signal.SIGKILL)
    return int(process.wait())


def family(process: Any) -> list[Any]:
    """Return a process and all that it has started."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def tell(processes: list[Any], what: signal.Signals) -> None:
    """Send a signal to those processes that are still there."""
    for process in processes:
        try:
            process.send_signal(what)
        except psutil.NoSuchProcess:
            continue


if __name__ == "__main__":
    main(sys.argv[1:])
