"""The default projects, made and run as their owners would: by the commands of the README."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BY_PIP_TOOLS, Checked
from elsewhere import Elsewhere
from newcomer import Newcomer, arrive, interpreter

pytestmark = pytest.mark.projects

LEVEL_UP = """
git add --all && git commit --quiet --allow-empty --no-verify --message edits
.venv/bin/just level-up intermediate --defaults --data serving=flask
.venv/bin/just setup
git add --all && git commit --quiet --no-verify --message "Level up"
"""
NEWEST = "3.13"
OTHER_ANSWERS = {
    "python_version": NEWEST,
    "level": "intermediate",
    "join_example": "none",
    "data_versioning": "git-lfs",
    "orchestrator": "airflow",
    "serving": "bentoml",
    "ci": "gitlab",
    "deployment": "cloud-run",
}
KNOWN_ONLY_LATER = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}
ELSEWHERE = """
import mlflow

model = mlflow.pyfunc.load_model("model")
print(*model.predict(model.input_example), sep="\\n")
"""


@pytest.fixture(scope="module")
def grown(pip_owner: Newcomer) -> Iterator[Newcomer]:
    """Return who has gone up to intermediate by pip-tools; afterwards the project is as before."""
    commit = pip_owner.type("git rev-parse HEAD").strip()
    pip_owner.type(LEVEL_UP)
    yield pip_owner
    pip_owner.type(f"git reset --quiet --hard {commit} && git clean --quiet --force -d")
    pip_owner.type(".venv/bin/just setup")


def scores(owner: Newcomer, column: str) -> dict[str, float]:
    """Return a column of what `evaluate` says of the newest run."""
    said = json.loads(owner.type("uv run just evaluate --json"))
    return {metric: values[column] for metric, values in said["scores"].items()}


def stored_model(project: Path) -> Path:
    """Return the folder of a model that the project has stored."""
    return next((project / "mlartifacts").rglob("MLmodel")).parent


def test_the_first_model_is_better_than_chance_on_the_newest_rows(owner: Newcomer) -> None:
    assert scores(owner, "this run")["roc_auc"] >= 0.60


def test_the_project_is_green_as_it_is_generated_and_covers_nine_branches_in_ten(
    owner: Newcomer, checked: Checked
) -> None:
    owner.type('PYTEST_ADDOPTS="--cov --cov-fail-under=90" uv run just check')
    checked()


def test_formatting_changes_nothing(owner: Newcomer) -> None:
    owner.type("uv run just format")

    assert owner.type("git status --porcelain") == ""


def test_a_second_run_gives_equal_results(owner: Newcomer) -> None:
    owner.type("uv run just train")

    assert set(scores(owner, "difference").values()) == {0}


def test_no_column_that_is_known_only_later_reaches_the_model(owner: Newcomer) -> None:
    signature = (stored_model(owner.place) / "MLmodel").read_text().partition("signature:")[2]

    named = set(re.findall(r'"name": "(\w+)"', re.sub(r"\s+", " ", signature)))

    assert "carrier" in named
    assert not named & KNOWN_ONLY_LATER


def test_a_model_loads_where_the_project_is_not_installed(owner: Newcomer, tmp_path: Path) -> None:
    shutil.copytree(stored_model(owner.place), tmp_path / "model")
    (tmp_path / "load.py").write_text(ELSEWHERE)

    printed = owner.type(
        f'(cd "{tmp_path}" && uv run --quiet --no-project --isolated --exclude-newer 2026-11-23'
        " --with-requirements model/requirements.txt --with 'sqlalchemy<2.1' python load.py)"
    )

    assert {*printed.splitlines()[-5:]} <= {"yes", "no"}


def test_an_interrupted_run_is_marked_as_killed(owner: Newcomer) -> None:
    code, said = owner.stop(".venv/bin/late-flights train", at="fold 2")

    assert (code, said[-1]) == (130, "interrupted")
    status = "import mlflow; print(mlflow.search_runs(search_all_experiments=True).status[0])"
    assert "KILLED" in owner.type(
        f'MLFLOW_TRACKING_URI=sqlite:///mlflow.db uv run --quiet python -c "{status}"'
    )


def test_a_level_that_is_not_offered_is_named(owner: Newcomer) -> None:
    owner.type("git add --all && git commit --quiet --allow-empty --message edits")

    said = owner.fail("uv run just level-up advanced")

    assert "Invalid choice for 'level': 'advanced' is not in" in said


def test_the_project_by_pip_tools_trains(pip_owner: Newcomer) -> None:
    assert "registered as version 1" in pip_owner.type(".venv/bin/just train")


def test_the_project_by_pip_tools_is_green_once_it_has_gone_up(
    grown: Newcomer, checked: Checked
) -> None:
    grown.type(".venv/bin/just check")
    checked(level="intermediate", packaging="pip-tools", serving="flask")


def test_the_project_by_pip_tools_trains_once_it_has_gone_up(grown: Newcomer) -> None:
    assert "registered as version" in grown.type(".venv/bin/just train")


def test_a_level_up_by_pip_tools_does_no_step_of_the_owner(grown: Newcomer) -> None:
    steps = json.loads(grown.type(".venv/bin/just roadmap --json"))

    assert {step["level"] for step in steps} == {"beginner", "intermediate"}
    assert [step["step"] for step in steps if step["done"]] == []


def test_the_project_is_green_with_the_newest_python_and_other_answers(
    template: Path, tmp_path: Path, checked: Checked, elsewhere: Elsewhere
) -> None:
    newcomer = arrive(template, tmp_path)
    told = " --data ".join(f"{name}={answer}" for name, answer in OTHER_ANSWERS.items())
    newcomer.type(BY_PIP_TOOLS.replace("packaging=pip-tools", told))

    newcomer.type(f'UV_PYTHON="{interpreter(NEWEST)}" uv run just setup')
    newcomer.type(f"{elsewhere.listen()}uv run just check")
    assert elsewhere.asked() == []
    assert newcomer.type("uv run python --version").startswith(f"Python {NEWEST}")
    checked(**OTHER_ANSWERS)
