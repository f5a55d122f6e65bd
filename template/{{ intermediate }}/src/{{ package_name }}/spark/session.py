"""The session: one of Spark's, quiet, which leaves nothing but what it is asked for."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection
from tempfile import mkdtemp
from textwrap import shorten
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyarrow
from pyarrow import parquet

from .. import settings
from ..data.tables import BATCH
from ..errors import ProjectError
from ..etl.engine import Refused
from .settings import PREFIX, SparkSettings, load

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

JAVA = 17  # the oldest that Spark runs on
REMEDY = f"install {JAVA} or newer: openjdk-{JAVA}-jre-headless by apt, openjdk@{JAVA} by brew"
LONGEST = 500  # characters of a message; Spark's go on with the plan of the query
HERE = "127.0.0.1"


@contextmanager
def opened(folder: Path, case_sensitive: bool = False) -> Iterator["SparkSession"]:
    """Give a session that keeps what it puts aside in `folder`, and its log there too.

    Args:
        case_sensitive: whether columns may differ by that alone, as they may not in SQL.

    Raises:
        ProjectError: Spark, or the Java that it needs, is not installed, or it cannot start.
        Refused: Spark fails at what it is asked for.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise ProjectError(f"{error.name} is not installed; `just spark` installs it") from error
    how = load()
    check_java()
    check_master(how.master)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it repeats each error
    named = {**options(how, folder), "spark.sql.caseSensitive": case_sensitive}
    try:
        with hushed(folder / "spark.log"):
            session = SparkSession.builder.config(map=named).getOrCreate()
    except Exception as error:  # of Spark, of its Java, or of what lies between
        reason = shorten(str(error), LONGEST)
        raise ProjectError(f"{PREFIX}MASTER={how.master}: does not start: {reason}") from error
    try:
        yield session
    except (Py4JError, PySparkException) as error:
        raise Refused(shorten(str(error), LONGEST)) from error
    finally:
        with suppress(Exception):  # where its Java has died, so has the session
            session.stop()


def collect(frame: "DataFrame", folder: Path) -> pyarrow.RecordBatchReader:
    """Return the rows of a frame, which Spark writes below `folder` once the first is asked for."""
    from pyspark.sql.pandas.types import to_arrow_schema

    fields = to_arrow_schema(frame.schema)
    schema = pyarrow.schema([field.with_nullable(True) for field in fields])

    def batches() -> Iterator[pyarrow.RecordBatch]:
        target = Path(mkdtemp(dir=folder))
        frame.write.mode("overwrite").parquet(target.as_uri())
        for part in sorted(target.glob("part-*.parquet")):
            for batch in parquet.ParquetFile(part).iter_batches(BATCH):
                yield batch.cast(schema)

    return pyarrow.RecordBatchReader.from_batches(schema, batches())


def check_java() -> None:
    """Raise where there is no Java that Spark runs on; it says little of that itself."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else "java"
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        where = f"JAVA_HOME has none: {home}; correct it, or" if home else "there is none;"
        raise ProjectError(f"Spark needs Java, and {where} {REMEDY}") from error
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)  # before 9 it was 1.8, 1.7, …
    if found and int(found[1]) < JAVA:
        raise ProjectError(f"Spark needs Java, and {java} is version {found[1]}; {REMEDY}")


def check_master(master: str) -> None:
    """Raise where no master answers: Spark itself would ask it for a minute."""
    where = urlsplit(master)
    if where.scheme == "spark":
        try:
            create_connection((where.hostname, where.port), timeout=5).close()
        except OSError as error:
            raise ProjectError(f"{PREFIX}MASTER={master}: no master answers; correct it") from error


def options(how: SparkSettings, folder: Path) -> dict[str, bool | float | int | str | None]:
    """Return the options of a session."""
    local = how.master.startswith("local")
    return {
        "spark.app.name": settings.NAME,
        "spark.master": how.master,
        "spark.driver.memory": how.memory,
        "spark.executor.memory": how.memory,
        **({"spark.driver.host": HERE, "spark.driver.bindAddress": HERE} if local else {}),
        "spark.local.dir": str(folder),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",  # as DuckDB: a timestamp has no zone
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }


@contextmanager
def hushed(log: Path) -> Iterator[None]:
    """Send what a process says, which starts in here, to a file for as long as it lives."""
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
