"""The session: one of Spark's, quiet, which leaves nothing but what it is asked for."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import parquet
from pydantic import Field
from pydantic_settings import BaseSettings

from .. import settings
from ..data.tables import BATCH
from ..errors import ProjectError
from ..etl.engine import Refused

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PREFIX = f"{settings.PREFIX}SPARK_"
JAVA = 17  # the oldest that Spark runs on
REMEDY = f"install {JAVA} or newer: openjdk-{JAVA}-jre-headless by apt, openjdk@{JAVA} by brew"
LONGEST = 500  # characters of a message; Spark's go on with the plan of the query


class SparkSettings(BaseSettings):
    """Where Spark runs, and how much memory it may take there: `<PACKAGE>_SPARK_MASTER`, …"""

    model_config = settings.Settings.model_config | {"env_prefix": PREFIX}

    master: str = Field(default="local[*]", pattern=r"^(local|spark://|k8s://|yarn)")
    memory: str = Field(default="1g", pattern=r"^\d+[mg]$")


@contextmanager
def opened(folder: Path) -> Iterator["SparkSession"]:
    """Give a session that keeps what it puts aside in `folder`.

    Raises:
        ProjectError: Spark, or the Java that it needs, is not installed, or it cannot start.
        Refused: Spark fails at what it is asked for.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise ProjectError("pyspark is not installed; `just spark` installs it") from error
    how = settings.read(SparkSettings)
    check_java()
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it repeats each error
    try:
        session = SparkSession.builder.config(map=options(how, folder)).getOrCreate()
        session.sparkContext.setLogLevel("OFF")  # and so does Java
    except Exception as error:  # of Spark, of its Java, or of what lies between
        reason = shorten(str(error), LONGEST)
        raise ProjectError(f"Spark does not start on {how.master}: {reason}") from error
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

    schema = pyarrow.schema([each.with_nullable(True) for each in to_arrow_schema(frame.schema)])

    def batches() -> Iterator[pyarrow.RecordBatch]:
        target = folder / "collected"
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
        raise ProjectError(f"Spark needs Java, and there is no `{java}`; {REMEDY}") from error
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)  # before 9 it was 1.8, 1.7, …
    if found and int(found[1]) < JAVA:
        raise ProjectError(f"Spark needs Java, and {java} is version {found[1]}; {REMEDY}")


def options(how: SparkSettings, folder: Path) -> dict[str, bool | float | int | str | None]:
    """Return the options of a session."""
    return {
        "spark.app.name": settings.NAME,
        "spark.master": how.master,
        "spark.pyspark.python": sys.executable,
        "spark.driver.memory": how.memory,
        "spark.executor.memory": how.memory,
        **({"spark.driver.host": "127.0.0.1"} if how.master.startswith("local") else {}),
        "spark.local.dir": str(folder),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",  # as DuckDB: a timestamp has no zone
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
