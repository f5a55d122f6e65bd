"""The engine of the ETL: Spark runs the SQL over the tables that DuckDB has read.

So there is one answer to what the cells of a file are, and to which row is which.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ProjectError
from ..etl import engine_duckdb, wrong
from ..etl.engine import LINES_ABOVE, Query, Work
from . import failure, parts, session
from .failure import Failed
from .settings import PREFIX


@contextmanager
def open_tables(work: Work) -> Iterator[Query]:
    """Open the tables of `work`; `etl.engine.Engine` says the rest."""
    with session.opened(work.folder) as spark:
        for name, path in put(work).items():
            spark.read.parquet(path.as_uri()).createOrReplaceTempView(name)
        try:
            with failure.noticed():
                yield lambda sql: parts.stream(spark.sql(sql), work.folder)
        except Failed as failed:
            raise explain(failed, work) from failed


def put(work: Work) -> dict[str, Path]:
    """Write the tables of `work` to files that Spark can read."""
    with engine_duckdb.open_tables(work) as read:
        return {
            name: parts.put(
                read(f"select * from {engine_duckdb.quote(name)}"),
                work.folder / f"{name}-read.parquet",
            )
            for name in work.inputs
        }


def explain(failed: Failed, work: Work) -> ProjectError:
    """Return what Spark said of the SQL in the terms of the project."""
    if failed.condition.startswith("UNRESOLVED_COLUMN"):
        *table, column = failed.told["objectName"].strip("`").split("`.`")
        return wrong.no_column(work, column, table[-1] if table else "")
    if failed.condition.startswith("TABLE_OR_VIEW_NOT_FOUND"):
        return wrong.no_source(work, failed.told["relationName"].strip("`"))
    where = f", line {failed.line - LINES_ABOVE}" if failed.line else ""
    more = f"; raise {PREFIX}MEMORY" if "OutOfMemory" in str(failed) else ""
    return ProjectError(f"{work.sql}{where}: {failed}{more}")
