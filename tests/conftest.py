"""Fixtures: the template in a repository of its own, its questions and its rendering."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from plumbum import local
from support import copy_working_tree

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
