"""The guard: runs a command, and ends it and all that it started once nobody waits for it.

It reads its standard input, which ends when whoever started it is gone, however that went. So a
killed pipeline leaves neither a training run nor a server behind.
"""

import os
import signal
import subprocess
import sys
import threading
from math import inf

GRACE = 10  # seconds between asking and ending


def main(seconds: float, command: list[str]) -> None:
    """Run a command in a process group of its own, for so many seconds at most; end as it does."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=end_when_alone, args=[process], daemon=True).start()
    try:
        code = process.wait(None if seconds == inf else seconds)
    except subprocess.TimeoutExpired:
        code = end(process) or 1
        print(f"it takes more than {seconds:g} seconds", file=sys.stderr, flush=True)
    tell(process, signal.SIGKILL)
    os._exit(code if code >= 0 else 128 - code)


def end_when_alone(process: "subprocess.Popen[bytes]") -> None:
    """End a process as soon as nobody holds the other side of the standard input."""
    sys.stdin.buffer.read()
    end(process)


def end(process: "subprocess.Popen[bytes]") -> int:
    """Ask a process and all that it has started to end, then make them, and return its code."""
    tell(process, signal.SIGTERM)
    try:
        return process.wait(GRACE)
    except subprocess.TimeoutExpired:
        tell(process, signal.SIGKILL)
    return process.wait()


def tell(process: "subprocess.Popen[bytes]", what: signal.Signals) -> None:
    """Send a signal to a process and to all that it has started."""
    try:
        os.killpg(process.pid, what)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of those that have ended
        return


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
