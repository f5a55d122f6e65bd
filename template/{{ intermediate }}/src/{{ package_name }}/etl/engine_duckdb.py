"""The engine DuckDB: inside this process, in the memory that the settings allow, then on disk."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow

from ..data import tables
from ..errors import ProjectError
from . import wrong
from .engine import LINES_ABOVE, ROW, Query, Work
from .settings import PREFIX
from .sources import Input, as_parquet


@contextmanager
def open_tables(work: Work) -> Iterator[Query]:
    """Open the tables of `work`; `Engine` says the rest."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": work.settings.memory_limit,
        "temp_directory": str(work.folder / "spilled"),
        "autoinstall_known_extensions": False,  # they would come from the network
        "python_enable_replacements": False,  # a variable of Python is no source
    }
    with duckdb.connect(config=options) as connection:
        try:
            for name, table in work.inputs.items():
                number = f", row_number() over () as {ROW}" if name == work.rows else ""
                call = reading(connection, table, work.folder / f"{name}-by-the-core.parquet")
                query = f"select *{number} from {call}"
                connection.execute(f"create view {quote(name)} as {query}")
            yield lambda sql: connection.cursor().sql(sql).to_arrow_reader(tables.BATCH)
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except RuntimeError as error:
            if str(error) == "Query interrupted":
                raise KeyboardInterrupt from error
            raise
        except (duckdb.Error, pyarrow.ArrowException, OSError) as error:
            if getattr(error, "errno", None):  # of the disk, not of DuckDB
                raise
            raise explain(str(error), work) from error


def reading(connection: duckdb.DuckDBPyConnection, table: Input, beside: Path) -> str:
    """Return the call that reads a file, as the core reads it; if need be it is put `beside`."""
    if not tables.is_parquet(table.path):
        call = csv(table)
        if not blank_matters(table) and accepts(connection, call):
            return call
        table = as_parquet(table, beside)
    return f"read_parquet({literal(str(table.path))}, hive_partitioning = false)"


def accepts(connection: duckdb.DuckDBPyConnection, call: str) -> bool:
    """Tell whether DuckDB can read a file; it is stricter than the rest of the project."""
    try:
        connection.execute(f"select count(*) from {call}").fetchall()
    except duckdb.InvalidInputException:
        return False
    return True


def blank_matters(table: Input) -> bool:
    """Tell whether DuckDB would take a blank line for the header, or for a row."""
    with table.path.open("rb") as file:
        return len(table.columns) == 1 or not file.readline().strip()


def csv(table: Input) -> str:
    """Return the call that reads a CSV file: its columns are told, so that nothing is guessed."""
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in table.columns)
    missing = ", ".join(map(literal, tables.MISSING))
    return (
        f"read_csv({literal(str(table.path))}, delim = {literal(table.separator)}, header = true,"
        f" quote = '\"', escape = '\"', columns = {{{columns}}}, nullstr = [{missing}],"
        " auto_detect = false, hive_partitioning = false)"
    )


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def quote(name: str) -> str:
    """Return the name of a table or column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def explain(said: str, work: Work) -> ProjectError:
    """Return what DuckDB said in the terms of the project."""
    line = " ".join(re.split(r"\n\n|\n\s*(Candidate|Possible|file =)", said)[0].split())
    if table := re.search(r'"(\w+)" does not have a column named "(.+?)"', said):
        return wrong.no_column(work, table[2], table[1])
    if column := re.search(r'column "(.+?)" not found', said):
        return wrong.no_column(work, column[1])
    if unknown := re.search(r"Table with name (\S+) does not exist", said):
        return wrong.no_source(work, unknown[1])
    if "Out of Memory" in said:
        return ProjectError(f"{work.sql}: {line}; raise {PREFIX}MEMORY_LIMIT")
    for source in work.inputs.values():
        if "CSV Error" in said and str(source.path) in said:
            return ProjectError(f"{source.origin}: {line}; mend it, or say its `encoding`")
    place = re.search(r"\nLINE (\d+): (.*)", said)
    where = f", line {int(place[1]) - LINES_ABOVE}" if place else ""
    return ProjectError(f"{work.sql}{where}: {line}")
