"""Spark makes the same table and gives the same answers: here, and on a cluster of its own."""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import HERE, free_port, listening, wait_until

pytestmark = pytest.mark.projects

STEPS = ["Look at the sources", "Run the SQL"]
TABLE = "data/processed/table.parquet"
EQUAL = """uv run --quiet python -c "
from pyarrow import parquet
one, other = map(parquet.read_table, ('{one}', '{other}'))
print(one.schema.equals(other.schema), one.equals(other), one.num_rows)
"
"""
NEEDED = """uv run --quiet python -c "
import json
from importlib.metadata import metadata
from packaging.requirements import Requirement
pyspark = metadata('pyspark')
needed = [each for each in map(Requirement, pyspark.get_all('Requires-Dist')) if not each.marker]
print(json.dumps([pyspark['Version'], pyspark['Requires-Python'], *map(str, needed)]))
"
"""
NO_JAVA = "export PATH=/nowhere; unset JAVA_HOME\n"


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has added Spark to a small intermediate project that has a model."""
    newcomer = start(questions, level="intermediate")
    newcomer.type("uv run just train")
    newcomer.type(f"cp {TABLE} duckdb.parquet")
    newcomer.type(f"uv run just predict {TABLE} --output pandas.csv")
    newcomer.follow(newcomer.how_to("spark.md", "Add it"))
    return newcomer


def is_the_same(project: Newcomer, name: str) -> bool:
    """Tell whether a table is that of DuckDB, to the last bit."""
    said = project.type(EQUAL.format(one=name, other="duckdb.parquet"))
    return said == "True True 2000\n"


@contextmanager
def cluster(project: Newcomer, folder: Path) -> Iterator[str]:
    """Give the address of a cluster of one master and one worker, on this machine alone."""
    port = free_port()
    where, on = f"spark://{HERE}:{port}", ["--host", HERE, "--webui-port", "0"]
    with deployed(project, "master.Master", *on, "--port", str(port)):
        assert wait_until(lambda: listening(port))
        room = ["--cores", "2", "--memory", "2g", "--work-dir", str(folder)]
        with deployed(project, "worker.Worker", *on, *room, where):
            yield where


@contextmanager
def deployed(project: Newcomer, program: str, *arguments: str) -> Iterator[None]:
    """Run a program of Spark's cluster, which is ended by its own number."""
    programs = project.place / ".venv" / "bin"
    with subprocess.Popen(
        [programs / "spark-class", f"org.apache.spark.deploy.{program}", *arguments],
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def test_with_spark_no_test_of_the_project_is_left_out(project: Newcomer) -> None:
    said = project.type("uv run just test -q tests/spark")

    assert " passed" in said
    assert "skipped" not in said


def test_the_project_is_still_what_its_tools_want_it_to_be(project: Newcomer) -> None:
    project.type("uv run --quiet black --check --quiet . && uv run flake8 && uv run mypy")


def test_what_it_needs_is_told_so_that_to_lock_is_not_to_download_it(project: Newcomer) -> None:
    [told] = tomllib.loads((project.place / "uv.toml").read_text())["dependency-metadata"]

    found = json.loads(project.type(NEEDED))

    assert [told["version"], told["requires-python"], *told["requires-dist"]] == found


def test_spark_makes_the_same_table(project: Newcomer) -> None:
    said = project.follow(project.how_to("spark.md", "Make the table"))

    assert [line for line in said.splitlines() if line in STEPS] == STEPS
    assert "table.parquet: 2,000 rows, made in" in said
    assert is_the_same(project, TABLE)


def test_spark_joins_new_rows_the_same(project: Newcomer) -> None:
    project.type("head -n 101 data/raw/flights.csv | cut -d, -f 1-19 > new.csv")
    for engine in ("spark", "duckdb"):
        out = f"--source flights=new.csv --output new-{engine}.parquet"
        project.type(f"uv run just etl --engine {engine} {out}")

    said = project.type(EQUAL.format(one="new-spark.parquet", other="new-duckdb.parquet"))
    assert said == "True True 100\n"


def test_spark_gives_the_same_answers(project: Newcomer) -> None:
    said = project.follow(project.how_to("spark.md", "Predict"))

    assert "2,000 rows, with their predictions by models:/late-flights/1: " in said
    project.type(f"uv run just predict {TABLE} --engine spark --output spark.csv")
    assert project.type("cmp spark.csv pandas.csv") == ""


def test_a_cluster_makes_the_same_table_and_gives_the_same_answers(
    project: Newcomer, tmp_path: Path
) -> None:
    project.type("uv run just etl")  # the other engine, so that there is something to do

    with cluster(project, tmp_path) as where:
        on_it = f"SPARK_LOCAL_IP=127.0.0.1 LATE_FLIGHTS_SPARK_MASTER={where} uv run just"
        project.type(f"{on_it} etl --engine spark")
        project.type(f"{on_it} predict {TABLE} --engine spark --output cluster.csv")
        assert list(tmp_path.glob("app-*/*/stderr"))  # it was there that this ran

    assert is_the_same(project, TABLE)
    assert project.type("cmp cluster.csv pandas.csv") == ""


def test_without_java_the_message_says_what_to_install(project: Newcomer) -> None:
    project.type("uv run just etl")  # the other engine, so that there is something to do

    said = project.fail(f"{NO_JAVA}.venv/bin/late-flights etl --engine spark")

    [*_, line] = said.splitlines()
    assert line.startswith("error: Spark needs Java, and there is no `")
    assert "; install 17 or newer" in line
