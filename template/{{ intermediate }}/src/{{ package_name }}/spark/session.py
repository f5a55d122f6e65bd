"""The session: one of Spark's, quiet, which leaves nothing but what it is asked for."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import settings
from ..errors import ProjectError
from . import failure, java
from .settings import PREFIX, SparkSettings, load

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HERE = "127.0.0.1"
SMALL = "64m"  # a table up to that size goes to every worker: so the rows keep their order


@contextmanager
def opened(folder: Path, case_sensitive: bool = False) -> Iterator["SparkSession"]:
    """Give a session that keeps what it puts aside in `folder`, and its log there too.

    Args:
        case_sensitive: whether columns may differ by that alone, as they may not in SQL.

    Raises:
        ProjectError: Spark, or the Java that it needs, is not installed, or it cannot start.
    """
    how = load()
    java.check()
    check_master(how.master)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it repeats each error
    said = {**options(how, folder), "spark.sql.caseSensitive": str(case_sensitive).lower()}
    with hushed(folder / "spark.log"):
        session = start(said)
    try:
        yield session
    finally:
        with suppress(Exception):  # where its Java has died, so has the session
            session.stop()


def check_master(master: str) -> None:
    """Raise where no master answers: Spark itself would ask it for a minute."""
    where = urlsplit(master)
    if where.scheme == "spark":
        try:
            create_connection((where.hostname, where.port), timeout=5).close()
        except OSError as error:
            raise ProjectError(f"{PREFIX}MASTER={master}: no master answers; correct it") from error


def start(said: dict[str, str]) -> "SparkSession":
    """Return a session that has just been started, by its options."""
    try:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder
        for name, value in said.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except ModuleNotFoundError as error:
        raise ProjectError(f"{error.name} is not installed; `just spark` installs it") from error
    except Exception as error:  # of Spark, of its Java, or of what lies between
        where = f"{PREFIX}MASTER={said['spark.master']}"
        raise ProjectError(f"{where}: does not start: {failure.reason(str(error))}") from error


def options(how: SparkSettings, folder: Path) -> dict[str, str]:
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
        "spark.sql.autoBroadcastJoinThreshold": SMALL,
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
