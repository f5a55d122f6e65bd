"""Interruption: a command that is told to end does so as by Ctrl-C, and cleans up in peace."""

import signal


def heed() -> None:
    """Let SIGTERM, by which servers and containers end a command, interrupt this one."""
    signal.signal(signal.SIGTERM, interrupt)


def interrupt(*_: object) -> None:
    """Interrupt what is going on, once: whoever tells it again must not interrupt the cleaning."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
