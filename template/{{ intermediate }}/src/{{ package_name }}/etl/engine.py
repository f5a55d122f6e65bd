"""The engine: DuckDB runs the SQL in this process; another capability may bring its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyarrow
from pydantic import Field
from pydantic_settings import BaseSettings

from .. import plugins, settings
from ..data.tables import BATCH
from ..errors import ProjectError

PREFIX = f"{settings.PREFIX}ETL_"


class EtlSettings(BaseSettings):
    """What runs the SQL, and how much memory that may take: `<PACKAGE>_ETL_ENGINE`, …"""

    model_config = settings.Settings.model_config | {"env_prefix": PREFIX}

    engine: str = "duckdb"
    memory_limit: str = Field(default="1GB", pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$")


Query = Callable[[str], pyarrow.RecordBatchReader]
# Opens Parquet files under the names that the SQL has for them, and may keep what it puts aside in
# a folder. What is wrong with a query comes out of the context as `Refused`.
Engine = Callable[[Mapping[str, Path], Path, EtlSettings], AbstractContextManager[Query]]


class Refused(Exception):
    """What an engine says of a query that it cannot run, in one line."""


def choose(name: str) -> Engine:
    """Return an engine by its name.

    Raises:
        ProjectError: there is no such engine.
    """
    if name == "duckdb":
        return open_duckdb
    engines: dict[str, Engine] = plugins.offered("table_engine")
    if name not in engines:
        raise ProjectError(f"there is no engine `{name}`; there are duckdb, {', '.join(engines)}")
    return engines[name]


@contextmanager
def open_duckdb(tables: Mapping[str, Path], folder: Path, how: EtlSettings) -> Iterator[Query]:
    """Open tables in DuckDB, which computes in the memory that the settings allow, then on disk."""
    import duckdb

    spill = {"memory_limit": how.memory_limit, "temp_directory": str(folder / "spilled")}
    offline = {"autoinstall_known_extensions": False, "python_enable_replacements": False}
    with duckdb.connect(config={**spill, **offline}) as connection:
        try:
            connection.execute("set timezone = 'UTC'")
            for name, path in tables.items():
                connection.read_parquet(str(path), hive_partitioning=False).create_view(name)
            yield lambda sql: connection.sql(sql).to_arrow_reader(BATCH)
        except (duckdb.InterruptException, RuntimeError) as error:  # so it ends by Ctrl-C
            raise KeyboardInterrupt from error
        except (duckdb.Error, pyarrow.ArrowException) as error:
            raise Refused(" ".join(str(error).split())) from error
