"""Airflow as `just setup` installs it: its Python, and the tables that it works with."""

import subprocess
from pathlib import Path

from ..data import files
from ..errors import ProjectError

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
LIST = "dags/requirements.txt"


def python(root: Path) -> str:
    """Return where the Python of Airflow's environment is."""
    path = root / ".orchestration" / "airflow" / "bin" / "python"
    if not path.exists():
        raise ProjectError("Airflow is not installed in .orchestration/; `just setup` does that")
    return str(path)


def airflow(root: Path) -> list[str]:
    """Return the command that is Airflow, also where the project has moved since its setup."""
    return [python(root), "-m", "airflow"]


def prepare(root: Path, told: dict[str, str], file: Path) -> None:
    """Make the tables in which Airflow keeps its runs, unless this version has in that file."""
    made = file.with_suffix(".txt")
    listed = (root / LIST).read_text()
    if file.exists() and made.exists() and made.read_text() == listed:
        return
    with files.replacing(made) as draft:
        command = [*airflow(root), "db", "migrate"]
        done = subprocess.run(command, env=told, capture_output=True, text=True)
        if done.returncode:
            raise ProjectError(f"`airflow db migrate` fails:\n{done.stdout}{done.stderr}")
        draft.write_text(listed)
