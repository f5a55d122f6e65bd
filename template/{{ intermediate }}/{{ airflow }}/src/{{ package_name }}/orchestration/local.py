"""Airflow on this machine: quiet, on the loopback alone, and gone with whoever started it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from time import sleep
from typing import IO

from .. import settings
from ..errors import ProjectError
from .held import held
from .installed import DATABASE, airflow, prepare, python
from .ports import HERE, around_proxies, free

COMPONENTS = {  # the last one ends first: it tells the others what has become of the steps
    "api-server": ["api-server"],
    "dag-processor": ["dag-processor"],
    "scheduler": ["scheduler", "--skip-serve-logs"],  # others would see them over the network
}
TOLD = {  # what `run` prints: what the steps say, as they say it
    "AIRFLOW__LOGGING__LOG_FORMAT": "%(message)s",
    "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "airflow.task.hooks=INFO task=CRITICAL",
}


def quiet(root: Path, port: int = 8080) -> dict[str, str]:
    """Return the environment in which Airflow is quiet; what its owner has set stays as it is."""
    defaults = {
        "AIRFLOW_HOME": str(root / ".orchestration"),
        "AIRFLOW__API__BASE_URL": f"http://{HERE}:{port}",
        "AIRFLOW__API__HOST": HERE,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(root / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "1",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "airflow.task=INFO",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    if "AIRFLOW_HOME" not in os.environ:
        defaults |= placed(root / ".orchestration")
    path = filter(None, (str(root / "src"), os.environ.get("PYTHONPATH")))
    ours = {
        f"{settings.PREFIX}ROOT": str(root),
        "AIRFLOW__API__PORT": str(port),
        "PYTHONPATH": os.pathsep.join(path),
        **around_proxies(),
    }
    return {**defaults, **os.environ, **ours}


def placed(home: Path) -> dict[str, str]:
    """Return where Airflow writes; its own file would send a copy of the project elsewhere."""
    where = {
        "AIRFLOW__CORE__PLUGINS_FOLDER": f"{home}/plugins",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{home}/logs",
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": f"{home}/logs/dag_processor",
    }
    return where if named() else {**where, DATABASE: f"sqlite:///{home}/airflow.db"}


def named() -> bool:
    """Tell whether the owner has named a database, by one of Airflow's variables."""
    return any(f"{DATABASE}{end}" in os.environ for end in ("", "_CMD", "_SECRET"))


def run(root: Path, name: str) -> int:
    """Run a pipeline now, print what its steps say, and return 0 if all of them are done.

    It has a database of its own, which no other run writes to, and no scheduler reads: that would
    go on with a pipeline that was interrupted.
    """
    told = {**quiet(root), **{key: os.environ.get(key, TOLD[key]) for key in TOLD}}
    new = root / ".orchestration" / "now.db"
    prepare(root, {**told, DATABASE: f"sqlite:///{new}"}, new)
    command = [python(root), "-P", str(root / "dags" / "pipelines.py"), name]
    with TemporaryDirectory(prefix="now-", dir=new.parent) as folder:
        told[DATABASE] = f"sqlite:///{copy(new, folder)}"
        with guarded(root, command, told, first=signal.SIGSTOP) as process:  # it heeds no SIGTERM
            return process.wait()


@contextmanager
def running(root: Path, port: int) -> Iterator[dict[str, "subprocess.Popen[str]"]]:
    """Start what schedules the pipelines and shows their runs, each with its log; end it again."""
    free(port)
    told = quiet(root, port)
    file = "named" if named() else "airflow.db"  # no file has the former name, so each time
    prepare(root, told, Path(told["AIRFLOW_HOME"], file))
    with ExitStack() as stack:
        processes = {}
        for name, arguments in COMPONENTS.items():
            log = stack.enter_context(Path(told["AIRFLOW_HOME"], f"{name}.log").open("wb"))
            command = [*airflow(root), *arguments]
            processes[log.name] = stack.enter_context(guarded(root, command, told, log))
        yield processes


def watch(processes: dict[str, "subprocess.Popen[str]"]) -> None:
    """Wait until a process has ended, which none of them should.

    Raises:
        ProjectError: one has.
    """
    while not (ended := [log for log in processes if processes[log].poll() is not None]):
        sleep(0.5)
    raise ProjectError(f"a part of Airflow has ended; {ended[0]} tells why")


def guarded(
    root: Path,
    command: list[str],
    told: dict[str, str],
    log: IO[bytes] | None = None,
    first: signal.Signals = signal.SIGTERM,
) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Run a command of Airflow under guard, and wait until all that it started has ended."""
    guard = [python(root), "-m", f"{__package__}.guard", first.name]
    return held([*guard, *command], root, env=told, stdout=log, stderr=log)
