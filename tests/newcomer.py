"""Someone at a terminal, who has nothing yet: how the tests run commands as a reader would."""

import os
import re
import signal
import subprocess
import sys
import venv
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from processes import heard, started, tell

OF_THIS_RUN = (
    *("AIRFLOW", "COLUMNS", "COPIER_", "COV", "FORCE_COLOR", "GIT_", "MLFLOW_", "PREFECT_"),
    *("PYTEST_", "PYTHON", "UV_PROJECT", "UV_RUN", "VIRTUAL_ENV", "XDG_"),
)

WORK = re.compile(r"just (check|train|pipeline)")
WORKED: set[Path] = set()  # environments in which modules were imported, and so compiled
RUNS = "import mlflow; print(*mlflow.search_runs(search_all_experiments=True).status)"
SHELL = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass
class Newcomer:
    """Someone at a terminal, on a machine with Python, pip and Git, and nothing of their own."""

    machine: Path
    place: Path

    def type(self, commands: str) -> str:
        """Return what `commands` print; the folder where they end is where the next ones start.

        Raises:
            subprocess.CalledProcessError: One of them failed.
        """
        end = self.machine / "place"
        script = f"trap 'pwd > \"{end}\"' EXIT\n{commands}"
        printed = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.place,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        print(printed.stdout)
        printed.check_returncode()
        self.place = Path(end.read_text().strip())
        if WORK.search(commands):
            WORKED.add(self.place / ".venv")
        return printed.stdout

    def follow(self, commands: str) -> str:
        """Return what the commands of a project's page print: `just` alone is typed there."""
        return self.type(f'PATH="$PWD/.venv/bin:$PATH"\n{commands}')

    def fail(self, commands: str) -> str:
        """Return what `commands` print, of which one must fail."""
        try:
            self.type(commands)
        except subprocess.CalledProcessError as failed:
            return str(failed.stdout)
        raise AssertionError(f"none of these fails: {commands}")

    def how_to(self, name: str, heading: str = "") -> str:
        """Return what a how-to of the project says to type, as `commands` does."""
        return commands((self.place / "docs" / "how-to" / name).read_text(), heading)

    def runs(self) -> list[str]:
        """Return how the runs of a project have ended that MLflow knows, the newest first."""
        store = f"MLFLOW_TRACKING_URI=sqlite:///{self.place}/mlflow.db"
        said = self.type(f'{store} uv run --quiet python -c "{RUNS}"')
        return said.splitlines()[-1].split()  # above it MLflow may say that it makes its store

    def start(self, command: str) -> AbstractContextManager["subprocess.Popen[str]"]:
        """Start a command as at a terminal of its own; it is ended afterwards."""
        return started(command.split(), self.place, self._environment())

    def stop(self, command: str, at: str) -> tuple[int, list[str]]:
        """Return how a command ends that gets Ctrl-C once it says `at`, and what it says then."""
        with self.start(command) as stopped:
            heard(stopped, at)
            tell(stopped, signal.SIGINT)
            said, _ = stopped.communicate()
            return stopped.returncode, said.splitlines()

    def _environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in os.environ if not key.startswith(OF_THIS_RUN)}
        folders = [each for each in kept["PATH"].split(":") if not each.startswith(sys.prefix)]
        path = ":".join([str(self.machine / "python" / "bin"), *folders])
        cache = subprocess.check_output(["uv", "cache", "dir"], text=True).strip()
        kept["UV_CACHE_DIR"] = cache
        kept["PIP_NO_COMPILE"] = "1"  # a third of its time; Python compiles what is imported
        return {**kept, "HOME": str(self.machine / "home"), "PATH": path, "LC_ALL": "C.UTF-8"}


def arrive(template: Path, machine: Path) -> Newcomer:
    """Return someone in a fresh clone of this repository, with an empty home.

    What uv has downloaded for others is there for them too.
    """
    clone = machine / "work" / "mlops-ladder"
    subprocess.run(["git", "clone", "--quiet", template, clone], check=True)
    venv.create(machine / "python", with_pip=True)
    (machine / "home").mkdir()
    return Newcomer(machine, clone)


def interpreter(version: str) -> str:
    """Return where a Python is; pyenv keeps those that are not on the PATH."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next(map(str, pyenv.glob(f"versions/{version}.*/bin/python")), f"python{version}")


def commands(page: str, heading: str = "") -> str:
    """Return what `page` says to type, below one heading if it has several."""
    text = page.partition(f"\n## {heading}")[2].partition("\n## ")[0] if heading else page
    blocks = [re.sub(f"^{indent}", "", code, flags=re.M) for indent, code in SHELL.findall(text)]
    assert blocks, heading
    return "".join(blocks)
