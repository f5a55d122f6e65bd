"""What people meet in their first week: what they type, and the one line that they get.

The line names the file, the key or the column, and the remedy. The rest of a command's errors is
the tool's own message on one line; this table has some of these too.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from newcomer import Newcomer

pytestmark = pytest.mark.projects

MADE = ("config", "data", "models", "predictions", "reports")  # where commands write
EMPTY_STORE = 'LATE_FLIGHTS_TRACKING_URI="sqlite:///$T/empty.db"'
NOBODY = 'LATE_FLIGHTS_TRACKING_URI="http://127.0.0.1:1"'


@dataclass(frozen=True)
class Mistake:
    """A command that fails after what its owner did before, and how its last line begins or ends.

    `$T` is an empty folder.
    """

    command: str
    line: str
    before: str = "true"


FIRST_LEVEL = {
    "the data are not there": Mistake(
        "late-flights train --dataset $T/dataset.yaml",
        "elsewhere.csv: no such file; data/README.md says how to get it",
        "sed 's/flights.csv/elsewhere.csv/' config/dataset.yaml > $T/dataset.yaml",
    ),
    "a column is misspelt": Mistake(
        "late-flights train",
        "flights.csv: there is no column `carier`; did you mean `carrier`?",
        "sed -i 's/- carrier/- carier/' config/dataset.yaml",
    ),
    "a key is misspelt": Mistake(
        "late-flights train",
        "dataset.yaml: `targt` is not a known key; did you mean `target`?",
        "sed -i 's/^task:/targt: late\\ntask:/' config/dataset.yaml",
    ),
    "a tab in YAML": Mistake(
        "late-flights train",
        "dataset.yaml, line 1: not valid YAML, found character '\\t' that cannot start any token",
        "printf '\\tpath: x\\n' > config/dataset.yaml",
    ),
    "a column has two roles": Mistake(
        "late-flights train",
        "dataset.yaml: column `origin` has two roles; name each column once",
        "sed -i 's/- distance/- origin/' config/dataset.yaml",
    ),
    "an estimator that is not there": Mistake(
        "late-flights train",
        "estimator `bosting` is not known; did you mean `boosting`?",
        "sed -i 's/: boosting/: bosting/' config/training.yaml",
    ),
    "a parameter that is not there": Mistake(
        "late-flights train",
        "boosting has no parameter `learning`; did you mean `learning_rate`?",
        "sed -i 's/^parameters: {}/parameters: {learning: 1}/' config/training.yaml",
    ),
    "one fold": Mistake(
        "late-flights train",
        "training.yaml: `folds` should be greater than or equal to 2, not 1",
        "sed -i 's/^folds: 5/folds: 1/' config/training.yaml",
    ),
    "a number that is a text": Mistake(
        "late-flights predict $T/new.csv",
        "row 2: column `distance` holds 'far', not a finite number; rows like it: 1;"
        " mend them, or give the column another role",
        "head -n 3 data/raw/flights.csv | sed '3s/,1416,/,far,/' > $T/new.csv",
    ),
    "no file to predict for": Mistake(
        "late-flights predict $T/new.csv",
        "new.csv: cannot be read: No such file or directory",
    ),
    "a workbook": Mistake(
        "late-flights predict $T/new.csv",
        "new.csv: this is not CSV but an Excel workbook or a zip archive;"
        " save the sheet as CSV, or unpack it",
        "printf 'PK\\003\\004' > $T/new.csv",
    ),
    "no model yet": Mistake(
        f"{EMPTY_STORE} late-flights predict data/raw/flights.csv",
        "error: there is no model yet; `just train` makes one",
    ),
    "no run yet": Mistake(
        f"{EMPTY_STORE} late-flights evaluate",
        "error: there is no finished run yet; `just train` makes one",
    ),
    "a run that is not there": Mistake(
        "late-flights evaluate c0ffee", "error: there is no run c0ffee; `just ui` shows all"
    ),
    "one run to compare": Mistake(
        "late-flights evaluate --compare",
        "error: name two runs or more to compare: --compare A B",
    ),
    "a server that does not answer": Mistake(
        f"{NOBODY} late-flights evaluate",
        "LATE_FLIGHTS_TRACKING_URI says which store to use",
    ),
    "a folder that is not there": Mistake(
        "LATE_FLIGHTS_ROOT=nowhere late-flights train",
        "error: LATE_FLIGHTS_ROOT: Path does not point to a directory",
    ),
    "a target that is not there": Mistake(
        "late-flights describe data/raw/planes.csv --target seat",
        "planes.csv: there is no column `seat`; did you mean `seats`?",
    ),
    "an edited description": Mistake(
        "late-flights describe data/raw/planes.csv --target seats",
        "dataset.yaml was edited; --force replaces it and keeps a .bak",
        "echo '# mine' >> config/dataset.yaml",
    ),
    "two columns of one name": Mistake(
        "late-flights describe $T/twice.csv --target a",
        "twice.csv: two columns are called `a`; rename one of them",
        "printf 'a,a\\n1,2\\n' > $T/twice.csv",
    ),
    "a recipe that is misspelt": Mistake("just trian", "Did you mean `train`?"),
}

INTERMEDIATE = {
    "a source that is not there": Mistake(
        "late-flights etl",
        "elsewhere.csv: no such file; data/README.md says how to get it",
        "sed -i 's/weather.csv/elsewhere.csv/' config/etl.yaml",
    ),
    "no SQL": Mistake(
        "late-flights etl",
        "table.sql: there is no such file; correct `sql` in ",
        "rm config/table.sql",
    ),
    "a join that multiplies rows": Mistake(
        "late-flights etl",
        "use a left join, on what is unique",
        "sed -i '/and cast(weather.time_hour/,+1d' config/table.sql"
        " && sed -i 's/rows: 50000/rows: 100/' config/dataset.yaml",
    ),
    "a column that the SQL does not give": Mistake(
        "late-flights etl",
        "`temp`",
        "sed -i '/as temp,/d' config/table.sql",
    ),
    "a source of one's own without a place to put it": Mistake(
        "late-flights etl --source flights=data/raw/flights.csv",
        "error: --source and --output go together: new rows, and where they go",
    ),
    "a variable that is not set": Mistake(
        "late-flights etl",
        "the environment has no ${DB_PASSWORD}; set it",
        "sed -i 's#planes: .*#planes: {url: \"sqlite:///${DB_PASSWORD}\", table: p}#'"
        " config/etl.yaml",
    ),
    "Spark without its package": Mistake(
        "late-flights etl --engine spark",
        "error: pyspark is not installed; `just spark` installs it",
    ),
    "new rows without what is joined": Mistake(
        "late-flights predict $T/new.csv",
        "there is no column `temp`;"
        " `just etl --source flights=$T/new.csv --output $T/new.parquet` joins it",
        "head -n 3 data/raw/flights.csv > $T/new.csv; late-flights train >/dev/null 2>&1",
    ),
    "no table to learn from": Mistake(
        "late-flights train",
        "elsewhere.parquet: no such file; `just etl` makes it",
        "sed -i 's/table.parquet/elsewhere.parquet/' config/table.yaml",
    ),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands know an empty folder as `$T`."""
    monkeypatch.setenv("T", str(tmp_path))


@pytest.fixture
def beginner(owner: Newcomer) -> Iterator[Newcomer]:
    """Return who stands in the default project."""
    yield from mended(owner)


@pytest.fixture
def intermediate(intermediate_owner: Newcomer) -> Iterator[Newcomer]:
    """Return who stands in the intermediate default project."""
    yield from mended(intermediate_owner)


def mended(owner: Newcomer) -> Iterator[Newcomer]:
    """Give the owner of a project, in which no mistake is left afterwards."""
    yield owner
    owner.type("git checkout --quiet . && git clean --quiet --force -d")


def made(project: Path) -> dict[str, float]:
    """Return when each file was written that a command may write."""
    found = (path for folder in MADE for path in (project / folder).rglob("*"))
    return {str(path): path.stat().st_mtime for path in found if path.is_file()}


def check(project: Newcomer, mistake: Mistake) -> None:
    """Make a mistake, and look at what comes of it."""
    project.follow(mistake.before)
    before = made(project.place)

    printed = project.fail(f'PATH="$PWD/.venv/bin:$PATH"\n{mistake.command}')

    assert os.path.expandvars(mistake.line) in printed.splitlines()[-1]
    assert "Traceback" not in printed
    assert made(project.place) == before


@pytest.mark.parametrize("name", FIRST_LEVEL)
def test_a_mistake_at_the_first_level_ends_in_one_line(beginner: Newcomer, name: str) -> None:
    check(beginner, FIRST_LEVEL[name])


@pytest.mark.parametrize("name", INTERMEDIATE)
def test_a_mistake_at_the_intermediate_level_ends_in_one_line(
    intermediate: Newcomer, name: str
) -> None:
    check(intermediate, INTERMEDIATE[name])
