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

# What a CSV file may hold: each has to give the ETL the cells that the core reads in it.
ODD = [
    (b"\xef\xbb\xbfa,b\n1,x\n", "utf-8"),
    (b"\xef\xbb\xbfa,b\n1,x\n", "utf-8-sig"),
    ("a,b\n1,ä\n".encode("utf-16"), "utf-16"),
    ("a,b\n1,ä\n".encode("cp1252"), "cp1252"),
    (b"a,b\n1,x\x0by\n2,z\x85q\n", "latin-1"),
    *(
        (text.encode(), "utf-8")
        for text in (
            "\na,b\n1,x\n",
            "  \na,b\n1,x\n",
            "a,b\n1,x\n\n  \n2,y\n",
            "a,b\r\n1,x\n2,y\r\n",
            "a,b\r1,x\r2,y\r",
            "a,b\n1,x\ry\n2,z\n",
            "a,b\n1\n2,y\n",
            "a,b\n1,x,\n2,y,\n",
            "a,b\n1,x,z\n2,y\n",
            'a,b\n1,"a"b\n2,y\n',
            'a,b\n1,a"b"\n2,y\n',
            'a,b\n1, "x"\n2,"y" \n',
            'a,b\n1,"a ""b"""\n2,y\n',
            'a,b\n1,"x\r\ny\n"\n',
            'a,b\n1,"x\n2,y\n',
            'a,b\n1,"x',
            'a,b\n1,x"\n2,"y\n',
            'a,b\n1,x\\"y\n2,"p\\"\n',
            'a,b\n"NA",""\n2,y\n',
            "a,b\n,\n1,x\n",
            "a,b\n1,x",
            ",b\n1,x\n",
            "a\n1\n  \n2\n",
            '"a, x","b\nc"\n1,2\n',
            " a ,b \n#1,x\u2028y\n",
        )
    ),
]
CELLS = """
import sys
from pathlib import Path

import pandas
from late_flights.data import tables
from late_flights.data.dialect import Dialect
from late_flights.errors import ProjectError
from late_flights.etl import sources
from late_flights.etl.plan import Source

path = Path("odd.csv")


def by_etl(encoding):
    sources.convert(path, Source(path="odd.csv", encoding=encoding), Path("odd.read"), False)
    return pandas.read_parquet("odd.read").to_dict("records")


def by_core(encoding):
    dialect = Dialect(encoding)
    tables.header(path, dialect)
    [(rows, _)] = tables.batches(path, dialect)
    return rows.astype(object).mask(rows.isin(dialect.gaps), None).to_dict("records")


def answer(read, encoding):
    try:
        return read(encoding)
    except ProjectError as error:
        return str(error)


for text, encoding in eval(Path("odd.txt").read_text()):
    path.write_bytes(text)
    etl, core = answer(by_etl, encoding), answer(by_core, encoding)
    print("same" if etl == core else (text, etl, core))
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


def test_the_cells_of_a_csv_are_those_that_the_core_reads(project: Newcomer) -> None:
    (project.place / "odd.txt").write_text(repr(ODD))
    (project.place / "odd.py").write_text(CELLS)

    said = project.type("uv run --quiet python odd.py; rm odd.*")

    assert said.splitlines() == ["same"] * len(ODD)


def test_a_source_may_lie_in_a_bucket(
    mended: Newcomer, buckets: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(mended, WEATHER, '{path: "s3://weather/hourly.csv"}')

    with buckets.running("weather") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        mended.type(PUT)
        said = mended.type("uv run just etl")

    assert "table.parquet: 2,000 rows, made in" in said
    assert mended.type(SAME) == "True 2000\n"


def test_a_bucket_that_lacks_the_file_or_refuses_the_key_is_named(
    mended: Newcomer, buckets: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(mended, WEATHER, '{path: "s3://weather/nowhere.csv"}')

    with buckets.running("weather") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        missing = refused(mended)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        secret = refused(mended)

    assert missing.startswith("error: config/etl.yaml, source `weather`: FileNotFoundError: ")
    assert secret.startswith("error: config/etl.yaml, source `weather`: PermissionError: ")


def test_a_server_of_buckets_that_is_down_is_named(
    mended: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(mended, WEATHER, '{path: "s3://weather/hourly.csv"}')
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)

    line = refused(mended)

    assert line.startswith("error: config/etl.yaml, source `weather`: ")
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

    assert line.startswith("error: config/etl.yaml, source `planes`: ")
    assert reason in line and "secret" not in line
