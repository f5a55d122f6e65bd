"""Fixtures: the template in a repository of its own, its questions, its rendering, its projects."""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import bytecode
import packages
import pytest
from buckets import Server
from elsewhere import Elsewhere
from hypothesis import settings
from mlops_ladder.combination import Combination
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from newcomer import WORKED, Newcomer, arrive
from plumbum import local
from support import ROOT, Tested, copied, copy_working_tree

pytest_plugins = ["shares", "workers"]

Start = Callable[..., Newcomer]
Checked = Callable[..., None]

BY_PIP_TOOLS = """
python3 -m pip install --quiet uv
uvx copier copy --quiet --defaults --vcs-ref=HEAD --data packaging=pip-tools "$PWD" ../late-flights
cd ../late-flights
"""

INTERMEDIATE = """
python3 -m pip install --quiet uv
uvx copier copy --quiet --defaults --vcs-ref=HEAD --data level=intermediate "$PWD" ../late-flights
cd ../late-flights
uv run just setup
"""

OWN_TABLE = """
python3 - > data/raw/own.csv <<'END'
print("hour,sky,late")
for n in range(300):
    print(n % 24, ["sun", "rain"][n % 7 < 3], ["no", "yes"][n % 24 > 12], sep=",")
END
"""

settings.register_profile("tests", max_examples=50, deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the Git and Copier settings of this machine out of every test."""
    home = tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
    (home / "copier.yml").write_text("{}\n")
    environment = {
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "COPIER_SETTINGS_PATH": str(home / "copier.yml"),
        "COPIER_CACHE_DIR": str(home / "cache"),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with local.env(**environment):  # Copier's Git sees the environment of its first import
            yield


@pytest.fixture(scope="module", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let the next environments have what those of a module have compiled."""
    yield
    bytecode.share(WORKED)
    WORKED.clear()


@pytest.fixture(scope="session")
def template(isolated: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Git repository with what stands in the working tree."""
    path = tmp_path_factory.mktemp("template")
    copy_working_tree(path)
    return path


@pytest.fixture(scope="session")
def questions(template: Path) -> Iterator[Questions]:
    """Return the questions of the template."""
    with Questions(template) as questions:
        yield questions


@pytest.fixture(scope="session")
def rendering(questions: Questions) -> Rendering:
    """Return the rendering of the template; what a test renders the next need not."""
    return Rendering(questions)


@pytest.fixture(scope="session")
def rendered(questions: Questions, rendering: Rendering) -> list[tuple[str, bytes]]:
    """Return the distinct files, path and content, of every combination."""
    for combination in questions.every():
        rendering.shared(combination)
    return sorted(rendering.rendered())


@pytest.fixture(scope="session")
def load(
    questions: Questions, rendering: Rendering, tmp_path_factory: pytest.TempPathFactory
) -> packages.Import:
    """Return what imports the modules of a project by their names in the package."""
    folder = tmp_path_factory.mktemp("package")
    return packages.rendered(questions, rendering, folder, package_name="rendered")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def owner(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Return who has run the README's first command, and stands in the project that it made."""
    newcomer = arrive(template, tmp_path_factory.mktemp("uv"))
    readme = (ROOT / "README.md").read_text().splitlines()
    newcomer.type(next(line for line in readme if "copier" in line))
    return newcomer


@pytest.fixture(scope="session")
def pip_owner(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Return who has set up the default project by pip-tools, and stands in it."""
    newcomer = arrive(template, tmp_path_factory.mktemp("pip-tools"))
    newcomer.type(BY_PIP_TOOLS)
    readme = (newcomer.place / "README.md").read_text()
    newcomer.type("\n".join(re.findall(r"^    (\S.*)$", readme, re.MULTILINE)[:2]))
    return newcomer


@pytest.fixture(scope="session")
def intermediate_owner(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Return who has set up the intermediate default project, and stands in it.

    Whoever changes what is committed there changes it back.
    """
    newcomer = arrive(template, tmp_path_factory.mktemp("intermediate"))
    newcomer.type(INTERMEDIATE)
    return newcomer


@pytest.fixture(scope="session")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server with buckets, which is not running."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.install()
    return server


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Return what hears whether a command asks for another machine."""
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture
def checked(questions: Questions, tested: Tested) -> Checked:
    """Return what says that `just check` was green, and whole, in a project with some answers.

    Counted are the answers that bring files or versions of their own, so not the licence.
    """

    def choices(row: Combination) -> set[str]:
        asked = (name for name in row.answers if "choices" in questions.details[name])
        return {f"{name}: {row.answers[name]}" for name in asked if name != "license"}

    def say(**answers: str) -> None:
        every = set().union(*map(choices, questions.every()))
        tested(
            "answers in projects checked whole", choices(questions.complete(answers)), len(every)
        )

    return say


@pytest.fixture(scope="session")
def start(owner: Newcomer, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Return what sets up a default project that trains in seconds: few rows, a quick estimator."""

    def small(questions: Questions, **answers: str) -> Newcomer:
        folder = tmp_path_factory.mktemp("small") / "late-flights"
        project = copied(questions, folder, answers).path
        shutil.copy(owner.place / "uv.lock", project)
        (project / "data" / "raw").mkdir()
        for table in (owner.place / "data" / "raw").glob("*.csv"):
            with table.open() as rows, (project / "data" / "raw" / table.name).open("w") as few:
                few.writelines(islice(rows, 2001))
        (project / "config" / "training.yaml").write_text("estimator: linear\nfolds: 2\n")
        newcomer = Newcomer(owner.machine, project)
        newcomer.type("uv run just setup")
        return newcomer

    return small
