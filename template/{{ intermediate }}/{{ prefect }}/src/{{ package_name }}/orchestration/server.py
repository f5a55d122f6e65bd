"""Prefect's server: the one that `PREFECT_API_URL` names, else one of this project's own."""

import atexit
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from pydantic_settings import BaseSettings, SettingsConfigDict

from .. import settings
from ..errors import ProjectError
from .ports import HERE, around_proxies, free
from .steps import guarded

PATIENCE = 180  # seconds that a server may take to start, the first time and on a busy machine
ADDRESS = "PREFECT_API_URL"

started = ExitStack()  # the server, which so still takes what Prefect has to say at the very end
atexit.register(started.close)


class PrefectSettings(BaseSettings):
    """Where Prefect's server is, by Prefect's own variable."""

    model_config = SettingsConfigDict(env_prefix="PREFECT_", env_file=".env", extra="ignore")

    api_url: str = ""


def quiet(root: Path) -> dict[str, str]:
    """Return the settings that keep what Prefect writes in the project, and Prefect quiet."""
    return {
        "PREFECT_HOME": str(root / ".orchestration"),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "INFO",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    }


def start(root: Path, port: int | None = None) -> str:
    """Return the address of a server; the project's own ends with this process.

    Args:
        port: where the project's own listens; without one, wherever there is room.

    Raises:
        ProjectError: there is none, or it cannot be started.
    """
    for name, value in quiet(root).items():  # Prefect reads them when it is imported
        os.environ.setdefault(name, value)
    os.environ.update(around_proxies())
    if address := settings.read(PrefectSettings).api_url:
        if not healthy(address):
            raise ProjectError(f"{address}: no server of Prefect answers; correct {ADDRESS}")
        os.environ[ADDRESS] = address
        return address
    os.environ[ADDRESS] = launch(root / ".orchestration" / "server.log", free(port))
    return os.environ[ADDRESS]


def launch(log: Path, port: int) -> str:
    """Return the address of a server that has just been started, once it answers."""
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as file:  # others may write there just now
        command = ["prefect", "server", "start", "--host", HERE, "--port", str(port)]
        process = started.enter_context(guarded(command, stdout=file, stderr=file))
    address = f"http://{HERE}:{port}/api"
    wait(process, address, log)
    return address


def wait(process: "subprocess.Popen[str]", address: str, log: Path) -> None:
    """Wait until a server answers."""
    end = monotonic() + PATIENCE
    while not healthy(address):
        if process.poll() is not None or monotonic() > end:
            raise ProjectError(f"Prefect's server does not start; {log} tells why")
        sleep(0.1)


def healthy(address: str) -> bool:
    """Tell whether a server answers."""
    try:
        with urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False
