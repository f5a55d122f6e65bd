"""Airflow on this machine: quiet, on the loopback alone, and gone with whoever started it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_server
from time import sleep
from typing import IO

from .. import output, settings
from ..errors import ProjectError

HERE = "127.0.0.1"
DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
LIST = "dags/requirements.txt"
COMPONENTS = {  # the last one ends first: it tells the others what has become of the steps
    "api-server": ["api-server"],
    "dag-processor": ["dag-processor"],
    "scheduler": ["scheduler", "--skip-serve-logs"],  # others would see them over the network
}
TOLD = {  # what `run` prints: what the steps say, as they say it
    "AIRFLOW__LOGGING__LOG_FORMAT": "%(message)s",
    "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "airflow.task.hooks=INFO task=CRITICAL",
}


def variables(root: Path, port: int = 8080) -> dict[str, str]:
    """Return the environment in which Airflow runs; what its owner has set stays as it is."""
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
    path = filter(None, (str(root / "src"), os.environ.get("PYTHONPATH")))
    ours = {
        f"{settings.PREFIX}ROOT": str(root),
        "AIRFLOW__API__PORT": str(port),
        "PYTHONPATH": os.pathsep.join(path),
    }
    return {**defaults, **os.environ, **ours}


def program(root: Path, name: str) -> str:
    """Return where a program of Airflow's environment is."""
    path = root / ".orchestration" / "airflow" / "bin" / name
    if not path.exists():
        raise ProjectError("Airflow is not installed in .orchestration/; `just setup` does that")
    return str(path)


def prepare(root: Path, told: dict[str, str], file: Path) -> None:
    """Make the tables in which Airflow keeps its runs, unless this version has in that file."""
    made = file.with_suffix(".txt")
    listed = (root / LIST).read_text()
    if file.exists() and made.exists() and made.read_text() == listed:
        return
    with output.unfinished(made) as draft:
        command = [program(root, "airflow"), "db", "migrate"]
        done = subprocess.run(command, env=told, capture_output=True, text=True)
        if done.returncode:
            raise ProjectError(f"`airflow db migrate` fails:\n{done.stdout}{done.stderr}")
        draft.write_text(listed)


def run(root: Path, name: str) -> int:
    """Run a pipeline now, print what its steps say, and return 0 if all of them are done.

    Its database is its own: a scheduler would go on with a run that was interrupted.
    """
    told = {**variables(root), **{key: os.environ.get(key, TOLD[key]) for key in TOLD}}
    file = root / ".orchestration" / "now.db"
    told[DATABASE] = f"sqlite:///{file}"
    prepare(root, told, file)
    command = [program(root, "python"), "-P", str(root / "dags" / "pipelines.py"), name]
    with guarded(root, command, told, first=signal.SIGSTOP) as process:  # it heeds no SIGTERM
        return process.wait()


@contextmanager
def running(root: Path, port: int) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Start what schedules the pipelines and shows their runs, and end it again."""
    check_free(port)
    told = variables(root, port)
    named = any(key.startswith(DATABASE) for key in told)  # then no file tells what is in it
    prepare(root, told, Path(told["AIRFLOW_HOME"], "named" if named else "airflow.db"))
    with ExitStack() as stack:
        processes = {}
        for name, arguments in COMPONENTS.items():
            log = stack.enter_context(Path(told["AIRFLOW_HOME"], f"{name}.log").open("wb"))
            command = [program(root, "airflow"), *arguments]
            processes[name] = stack.enter_context(guarded(root, command, told, log))
        yield processes


def watch(processes: dict[str, "subprocess.Popen[bytes]"]) -> None:
    """Wait until a process has ended, which none of them should.

    Raises:
        ProjectError: one has.
    """
    while not (ended := [name for name in processes if processes[name].poll() is not None]):
        sleep(0.5)
    raise ProjectError(f"a part of Airflow has ended; .orchestration/{ended[0]}.log tells why")


@contextmanager
def guarded(
    root: Path,
    command: list[str],
    told: dict[str, str],
    log: IO[bytes] | None = None,
    first: signal.Signals = signal.SIGTERM,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command of Airflow under guard, and wait until all that it started has ended."""
    process = subprocess.Popen(
        [program(root, "python"), "-m", f"{__package__}.guard", first.name, *command],
        cwd=root,
        env=told,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        start_new_session=True,  # it has to outlive what ends this
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait()


def check_free(port: int) -> None:
    """Say so where something listens on a port already."""
    try:
        create_server((HERE, port)).close()
    except OSError as error:
        raise ProjectError(f"port {port} is in use; end what listens there") from error
