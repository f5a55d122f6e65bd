"""A project where people keep it: beside an .env file, in a larger repository, at work twice."""

import pytest
from conftest import Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import HERE, free_port

pytestmark = pytest.mark.projects

SETTINGS = """
from late_flights import settings
where = settings.load()
print(where.tracking_uri, where.model_name)
"""


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small beginner project."""
    return start(questions)


@pytest.mark.parametrize(
    ("lines", "environment"),
    [
        ("LATE_FLIGHTS_TRACKING_URI=sqlite:////tmp/team.db\nLATE_FLIGHTS_MODEL_NAME=team", ""),
        ("LATE_FLIGHTS_MODEL_NAME=team", "LATE_FLIGHTS_MODEL_NAME=mine"),
        ("MLFLOW_TRACKING_URI=http://team", "LATE_FLIGHTS_MODEL_NAME="),
    ],
)
def test_recipes_read_the_settings_that_commands_read(
    project: Newcomer, lines: str, environment: str
) -> None:
    project.type(f"cat > .env <<'END'\n{lines}\nEND")
    read = f"env {environment} .venv/bin/python - <<'END'{SETTINGS}END"
    evaluate = f"env {environment} .venv/bin/just --evaluate"

    commands = project.type(read).split()
    recipes = [project.type(f"{evaluate} {name}") for name in ("tracking", "model")]

    project.type("rm .env")
    file = f"sqlite:///{project.place}/mlflow.db"
    assert [recipe.replace("sqlite:///mlflow.db", file) for recipe in recipes] == commands


def test_two_first_trainings_wait_for_each_other(project: Newcomer) -> None:
    project.type("rm -rf mlflow.db mlartifacts")

    project.type(".venv/bin/just train & one=$!\n.venv/bin/just train\nwait $one")

    assert project.runs() == ["FINISHED", "FINISHED"]


def test_neighbours_in_a_larger_repository_may_commit(project: Newcomer) -> None:
    said = project.type(
        "git clone --quiet . mono/ml && rm -rf mono/ml/.git && git init --quiet mono\n"
        ".venv/bin/just --justfile mono/ml/justfile _hooks\n"
        "ls mono/.git/hooks\nrm -rf mono"
    )

    assert "hooks of pre-commit, which run at its top, are left out" in said
    assert "pre-commit" not in said.splitlines()


@pytest.mark.parametrize("recipe", ["ui", "serve"])
def test_a_port_that_is_taken_is_told_at_once(project: Newcomer, recipe: str) -> None:
    port = free_port()
    taken = f"python3 -m http.server {port} --bind {HERE} & server=$!\ntrap 'kill $server' EXIT\n"
    listening = f"until (: </dev/tcp/{HERE}/{port}) 2>/dev/null; do sleep 0.1; done\n"

    said = project.fail(f"{taken}{listening}.venv/bin/just {recipe} --port {port}")

    line = f"error: port {port} is in use: 'just {recipe} --port {port + 1}'"
    assert said.splitlines()[-1] == line
