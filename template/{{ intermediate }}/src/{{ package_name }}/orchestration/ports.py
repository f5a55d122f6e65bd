"""Ports: where an orchestrator of the project's own listens, on this machine alone."""

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
