"""The ETL reads what lies on servers: a bucket that speaks S3, and a PostgreSQL."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from buckets import KEY, SECRET, Server
from conftest import Start
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import HERE, free_port

pytestmark = pytest.mark.projects

NOBODY = "http://127.0.0.1:1"
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "WORD": "secret"}
PUT = """uv run --quiet python -c "
import fsspec
fsspec.filesystem('s3').put('data/raw/weather.csv', 's3://weather/hourly.csv')
"
"""
LOAD = """uv run --quiet python -c "
import pandas, sqlalchemy
planes = pandas.read_csv('data/raw/planes.csv')
planes.to_sql('planes', sqlalchemy.create_engine('{url}'), index=False)
"
"""
WEATHER = "{path: data/raw/weather.csv}"
PLANES = "{path: data/raw/planes.csv}"
SAME = """uv run --quiet python -c "
from pyarrow import parquet
names = 'data/processed/table.parquet', 'files.parquet'
one, other = map(parquet.read_table, names)
print(one.equals(other), one.num_rows)
"
"""


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project with a driver for PostgreSQL."""
    newcomer = start(questions, level="intermediate")
    newcomer.type("cp data/processed/table.parquet files.parquet")
    newcomer.type("uv add --quiet 'psycopg[binary]'")
    newcomer.type("git add --all && git commit --quiet --no-verify --message 'Add a driver'")
    return newcomer


@pytest.fixture
def mended(project: Newcomer) -> Iterator[Newcomer]:
    """Give the project to change, and mend it afterwards."""
    yield project
    project.type("git checkout --quiet config")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the keys of a bucket, and the word of a database."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def source(project: Newcomer, was: str, now: str) -> None:
    """Let a source of the table come from elsewhere."""
    file = project.place / "config" / "etl.yaml"
    assert was in file.read_text()
    file.write_text(file.read_text().replace(was, now))


def refused(project: Newcomer) -> str:
    """Return the last line of an ETL that fails, which leaves the table as it was."""
    before = (project.place / "data" / "processed" / "table.parquet").read_bytes()
    said = project.fail("uv run just etl")
    assert (project.place / "data" / "processed" / "table.parquet").read_bytes() == before
    return said.splitlines()[-1]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Give the URL of a running PostgreSQL, whose programs refuse to work for root."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    someone = ["runuser", "--user=postgres", "--"] if os.getuid() == 0 else []
    port = free_port()
    with TemporaryDirectory() as place:
        if someone:
            shutil.chown(place, "postgres")
        options = (
            f"--options=-p {port} -c listen_addresses={HERE} -c unix_socket_directories={place}"
        )

        def call(program: str, *arguments: str) -> None:
            command = [*someone, str(programs / program), f"--pgdata={place}/data", *arguments]
            subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL)

        call("initdb", "--auth=trust", "--username=ada")
        call("pg_ctl", f"--log={place}/log", options, "start")
        yield f"postgresql+psycopg://ada:${{WORD}}@{HERE}:{port}/postgres"
        call("pg_ctl", "--mode=fast", "stop")


def test_a_source_may_lie_in_a_bucket(
    mended: Newcomer, buckets: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(mended, WEATHER, '{path: "s3://weather/hourly.csv"}')

    with buckets.running("weather") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        mended.type(PUT)
        said = mended.type("uv run just etl")

    assert "table.parquet: 2,000 rows, up to date." in said  # its bytes are those of the file


def test_a_bucket_that_lacks_the_file_or_refuses_the_key_is_named(
    mended: Newcomer, buckets: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(mended, WEATHER, '{path: "s3://weather/nowhere.csv"}')

    with buckets.running("weather") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        missing = refused(mended)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        secret = refused(mended)

    assert missing.startswith("error: s3://weather/nowhere.csv: there is no such file; correct")
    assert secret.startswith("error: s3://weather/nowhere.csv: may not be read with these")


def test_a_server_of_buckets_that_is_down_is_named(
    mended: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(mended, WEATHER, '{path: "s3://weather/hourly.csv"}')
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)

    line = refused(mended)

    assert line.startswith("error: s3://weather/hourly.csv: ")
    assert NOBODY in line


def test_a_source_may_be_a_table_of_postgresql(mended: Newcomer, database: str) -> None:
    mended.type(LOAD.format(url=database.replace("${WORD}", "secret")))
    source(mended, PLANES, f'{{url: "{database}", table: planes}}')

    said = mended.type("uv run just etl")

    assert "table.parquet: 2,000 rows, made in" in said
    assert mended.type(SAME) == "True 2000\n"


@pytest.mark.parametrize(
    ("port", "table", "reason"),
    [(r"\1", "plains", 'relation "plains" does not exist'), ("1", "planes", "Connection refused")],
    ids=["unknown table", "down"],
)
def test_a_database_that_refuses_is_named_without_its_password(
    mended: Newcomer, database: str, port: str, table: str, reason: str
) -> None:
    url = re.sub(r":(\d+)/", f":{port}/", database)
    source(mended, PLANES, f'{{url: "{url}", table: {table}}}')

    line = refused(mended)

    assert line.startswith(f"error: {url.replace('${WORD}', '***')}: ")
    assert reason in line
