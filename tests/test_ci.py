"""The job by which CI checks a project really runs, by programs that read what servers read.

GitHub's actions are not to be had here: `act` runs every step but those, which only fetch the code,
set up a Python and keep a cache. GitLab's job runs in a shell instead of a container.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from support import Project, copied

pytestmark = pytest.mark.projects

Command = Callable[[Newcomer, Path], str]

NOTHING = "name: nothing\nruns:\n  using: composite\n  steps:\n    - {run: 'true', shell: bash}\n"
GITLAB_CI_LOCAL = "gitlab-ci-local@4.62.0"  # newer ones need Node 22
FEW_TESTS = (
    "PYTEST_ADDOPTS=-k cli"  # the rest is run elsewhere, but this sees on which server it is
)


def committed(questions: Questions, owner: Newcomer, folder: Path, server: str) -> Newcomer:
    """Return who has committed an intermediate project, for a server of CI."""
    project = copied(questions, folder / "late-flights", {"level": "intermediate", "ci": server})
    project.commit()
    project.run("git", "branch", "--move", "main")
    project.run("git", "remote", "add", "origin", f"https://{server}.com/you/late-flights.git")
    project.run("git", "update-ref", "refs/remotes/origin/main", "main")
    project.run("git", "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    return Newcomer(owner.machine, project.path)


def on_github(newcomer: Newcomer, stub: Path) -> str:
    """Return the command that runs the workflow `check`, with nothing in place of its actions."""
    stub.mkdir()
    (stub / "action.yml").write_text(NOTHING)
    Project(stub).commit()
    workflow = newcomer.place / ".github" / "workflows" / "check.yml"
    actions = re.findall(r"uses: (\S+@\w+)", workflow.read_text())
    offline = "--action-offline-mode --no-cache-server --artifact-server-addr 127.0.0.1"
    return shlex.join(
        [
            *(str(shutil.which("act")), "push", "--workflows", str(workflow)),
            *("--platform", "ubuntu-24.04=-self-hosted", "--matrix", "python:3.11"),
            *(*offline.split(), "--cache-server-addr", "127.0.0.1"),
            *(f"--local-repository={action}={stub}" for action in actions),
            *("--env", FEW_TESTS, "--env", f"UV_CACHE_DIR={cache()}"),
        ]
    )


def on_gitlab(newcomer: Newcomer, tools: Path) -> str:
    """Return the command that runs the job `check` of the pipeline."""
    install = ["npm", "install", "--silent", "--ignore-scripts", "--prefix", str(tools)]
    subprocess.run([*install, GITLAB_CI_LOCAL], check=True)
    program = tools / "node_modules" / ".bin" / "gitlab-ci-local"
    variables = ("--variable", FEW_TESTS, "--variable", f"UV_CACHE_DIR={cache()}")
    return shlex.join([str(program), "--force-shell-executor", *variables, "check: [3.11]"])


def cache() -> str:
    """Return where uv has what it has downloaded."""
    return subprocess.check_output(["uv", "cache", "dir"], text=True).strip()


@pytest.mark.parametrize(("server", "command"), [("github", on_github), ("gitlab", on_gitlab)])
def test_the_check_of_a_project_runs_on_its_server(
    questions: Questions, owner: Newcomer, tmp_path: Path, server: str, command: Command
) -> None:
    newcomer = committed(questions, owner, tmp_path, server)
    run = command(newcomer, tmp_path / "tools")

    assert "passed" in newcomer.type(run)

    (newcomer.place / "tests" / "test_cli.py").write_text("def test_cli() -> None:\n    assert 0\n")
    Project(newcomer.place).run(
        "git", "commit", "--quiet", "--no-verify", "--all", "--message", "x"
    )
    assert "1 failed" in newcomer.fail(run)
