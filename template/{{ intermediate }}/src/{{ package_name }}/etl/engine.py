"""Engines: what can run the SQL. They differ in where it runs, and give the same table."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow

from .. import plugins
from ..errors import ProjectError
from .settings import EtlSettings

if TYPE_CHECKING:
    from .sources import Input

OWN = "duckdb"  # the engine that the ETL brings; others join as plug-ins
ROW = "_row"  # the column that numbers the rows, from 1 on
LINES_ABOVE = 1  # the owner's SQL, in the query that an engine gets

Query = Callable[[str], pyarrow.RecordBatchReader]


@dataclass(frozen=True)
class Work:
    """What an engine works on: tables by name, and a folder for what it puts aside.

    The table that `rows` names has the column `_row` beside its own. The cells of CSV files are
    texts, or null where `tables.MISSING` says so.
    """

    inputs: Mapping[str, "Input"]
    rows: str
    sql: Path
    folder: Path
    settings: EtlSettings


class Engine(Protocol):
    """Opens tables, and gives what answers queries on them, as streams of rows.

    What is wrong with the SQL or with a table comes out of the context as a `ProjectError`.
    """

    def __call__(self, work: Work) -> AbstractContextManager[Query]:
        """Open the tables of `work`."""


def choose(name: str) -> Engine:
    """Return an engine, whose libraries are only now imported: the ETL's own, or a plug-in's.

    Raises:
        ProjectError: there is no such engine, or its libraries are not installed.
    """
    joined: dict[str, Engine] = {} if name == OWN else plugins.offered("table_engine")
    if name not in {OWN, *joined}:
        raise ProjectError(f"there is no engine `{name}`; there are {', '.join([OWN, *joined])}")
    try:
        own: Engine = import_module(f".engine_{OWN}", __package__).open_tables
    except ModuleNotFoundError as error:
        raise ProjectError(f"{error.name} is not installed; `just setup` installs it") from error
    return joined.get(name, own)
