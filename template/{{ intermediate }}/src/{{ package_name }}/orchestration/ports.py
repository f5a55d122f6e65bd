"""Ports: where an orchestrator of the project's own listens, on this machine alone."""

import os
from socket import create_server

from ..errors import ProjectError

HERE = "127.0.0.1"


def free(port: int | None) -> int:
    """Return a port where nothing listens yet, which is `port` if that is told."""
    try:
        with create_server((HERE, port or 0)) as unused:
            return int(unused.getsockname()[1])
    except OSError as error:
        raise ProjectError(f"port {port} is in use; choose another by --port") from error


def around_proxies() -> dict[str, str]:
    """Return the variables that keep what is said on this machine from a proxy.

    Some libraries read the name in capitals, others prefer the other one.
    """
    said = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    every = "*" if said == "*" else ",".join(filter(None, [said, HERE]))  # `*` counts only alone
    return dict.fromkeys(("NO_PROXY", "no_proxy"), every)
