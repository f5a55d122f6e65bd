"""Every how-to of a project works as it is written: its commands run in order, in a project."""

import re
import shutil
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer, commands
from support import copied

pytestmark = pytest.mark.projects

FEW_TESTS = "export PYTEST_ADDOPTS='-k schema'\n"  # all of them are run elsewhere
BEFORE = "2026-11-10"  # a date on which sqlalchemy had no 2.0.58 yet
INDEX = "https://packages.example.org/simple"


class Redirect(BaseHTTPRequestHandler):
    """An index that has nothing itself, and remembers who asked it."""

    public = ""
    asked: list[str] = []

    def do_GET(self) -> None:
        """Send whoever asks on to the public index."""
        self.asked.append(self.path)
        self.send_response(302)
        self.send_header("Location", self.public + self.path)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(owner: Newcomer) -> Iterator[str]:
    """Give the address of an index on this machine."""
    program = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    Redirect.public = owner.type(f"python3 -c '{program}'").strip().rstrip("/")
    with ThreadingHTTPServer(("127.0.0.1", 0), Redirect) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Redirect.asked.clear()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a default project with few rows, and everything committed."""
    newcomer = start(questions)
    commit(newcomer)
    return newcomer


def commit(newcomer: Newcomer) -> None:
    """Commit everything, if there is anything."""
    newcomer.type("git add --all && git commit --quiet --allow-empty --message edits")


def read(newcomer: Newcomer, name: str) -> str:
    """Return a how-to of the project in which somebody stands."""
    return (newcomer.place / "docs" / "how-to" / name).read_text()


def locked(project: Path) -> dict[str, str]:
    """Return the version of each package in the lock of a project, by uv or by pip-tools."""
    if (project / "uv.lock").exists():
        packages = tomllib.loads((project / "uv.lock").read_text())["package"]
        return {package["name"]: package.get("version", "") for package in packages}
    text = (project / "requirements" / "project.txt").read_text()
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def test_a_table_of_ones_own_becomes_predictions(project: Newcomer) -> None:
    project.follow(commands(read(project, "use-your-own-csv.md")))

    header, *rows = (project.place / "predictions" / "wine.csv").read_text().splitlines()
    assert len(rows) == 178
    assert header.endswith("target,prediction,probability_0,probability_1,probability_2")


def test_a_renamed_project_is_as_if_it_had_been_called_so_from_the_start(
    project: Newcomer, questions: Questions, tmp_path: Path
) -> None:
    changed = {"config/training.yaml", "docs/how-to/rename-the-package.md"}
    expected = copied(questions, tmp_path / "new", {"package_name": "new_name"}).files()

    project.follow(FEW_TESTS + commands(read(project, "rename-the-package.md")))

    found = {path: (project.place / path).read_bytes() for path in expected}
    assert {path for path in expected if found[path] != expected[path]} <= changed
    assert not (project.place / "src" / "late_flights").exists()
    assert "version 1" in project.type(".venv/bin/new-name train")


def test_the_newest_template_comes_in_and_edits_stay(
    project: Newcomer, questions: Questions, tmp_path: Path
) -> None:
    template = tmp_path / "template"
    subprocess.run(["git", "clone", "--quiet", str(questions.source), template], check=True)
    answers = project.place / ".copier-answers.yml"
    answers.write_text(re.sub("(?m)^_src_path:.*", f"_src_path: {template}", answers.read_text()))
    commit(project)
    page = template / "template" / "{{ beginner }}" / "data" / "README.md.jinja"
    page.write_text(page.read_text() + "\nA line of the next release.\n")
    subprocess.run(
        ["git", "commit", "--quiet", "--all", "--message", "release"], cwd=template, check=True
    )

    project.follow(FEW_TESTS + commands(read(project, "keep-up-with-the-template.md")))

    assert "next release" in (project.place / "data" / "README.md").read_text()
    assert "linear" in (project.place / "config" / "training.yaml").read_text()
    assert project.type("git status --porcelain") == ""


def test_a_fix_moves_one_package_of_a_project_by_uv(project: Newcomer) -> None:
    project.type(f"sed -i 's/^exclude-newer = .*/exclude-newer = \"{BEFORE}\"/' uv.toml")
    project.type("uv lock --quiet --upgrade")
    commit(project)
    before = locked(project.place)
    page = read(project, "take-a-security-fix.md").replace("urllib3", "sqlalchemy")

    project.follow(FEW_TESTS + commands(page))

    after = locked(project.place)
    assert [name for name in before if before[name] != after[name]] == ["sqlalchemy"]


def test_a_fix_moves_one_package_of_a_project_by_pip_tools(pip_owner: Newcomer) -> None:
    pip_owner.type("git add --all && git commit --quiet --allow-empty --message edits")
    constraints = pip_owner.place / "requirements" / "constraints.txt"
    old = re.sub("(?m)^urllib3==.*", "urllib3==2.6.0", constraints.read_text())
    constraints.write_text(old)
    pip_owner.type(".venv/bin/just lock --upgrade-package urllib3")
    commit(pip_owner)
    before = locked(pip_owner.place)
    assert before["urllib3"] == "2.6.0"

    pip_owner.follow(FEW_TESTS + commands(read(pip_owner, "take-a-security-fix.md")))

    after = locked(pip_owner.place)
    assert [name for name in before if before[name] != after[name]] == ["urllib3"]


def test_a_project_by_uv_is_set_up_without_a_network(project: Newcomer) -> None:
    cache = project.type("uv cache dir").strip()
    (project.place.parent / "packages").symlink_to(cache)
    page = commands(read(project, "work-offline.md"), "On a machine without a network")
    carried, apart = page.split("export ")
    project.follow(carried)
    shutil.rmtree(project.place / ".venv")

    project.type(f"{FEW_TESTS}export {apart}")


def test_a_project_by_pip_tools_is_set_up_without_a_network(pip_owner: Newcomer) -> None:
    page = commands(read(pip_owner, "work-offline.md"), "On a machine without a network")
    carried, apart = page.split("export ")
    pip_owner.type(carried)
    shutil.rmtree(pip_owner.place / ".venv")

    pip_owner.type(f"{FEW_TESTS}export {apart}")


def test_a_project_by_uv_takes_its_packages_from_an_index_of_ones_own(
    project: Newcomer, index: str
) -> None:
    page = commands(read(project, "work-offline.md"), "With an index of your own")

    project.follow(page.replace(INDEX, index))

    assert "/pandas/" in Redirect.asked
    assert index in (project.place / "uv.lock").read_text()


def test_a_project_by_pip_tools_takes_its_packages_from_an_index_of_ones_own(
    pip_owner: Newcomer, index: str
) -> None:
    page = commands(read(pip_owner, "work-offline.md"), "With an index of your own")

    pip_owner.type(page.replace(INDEX, index))

    assert "/pandas/" in Redirect.asked
