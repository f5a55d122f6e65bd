"""Databases: what a source of SQLAlchemy holds, written to Parquet some rows at a time."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow
import sqlalchemy
from pyarrow import parquet
from sqlalchemy.engine import URL

from ..data.tables import BATCH
from ..errors import ProjectError
from .plan import Source


def extract(source: Source, root: Path, target: Path) -> None:
    """Write the rows of a table or of a query to `target`.

    Raises:
        ProjectError: the database is not there or refuses, or a column mixes types.
    """
    url = locate(source, root)
    with reachable(url), sqlalchemy.create_engine(url).connect() as connection:
        streamed = connection.execution_options(stream_results=True)
        result = streamed.execute(statement(source))
        names = list(result.keys())
        parts = [
            save(target.with_suffix(f".{number}"), names, rows, url)
            for number, rows in enumerate(result.partitions(BATCH))
        ]
    unite(parts or [save(target.with_suffix(".0"), names, [], url)], target, url)


def locate(source: Source, root: Path) -> URL:
    """Return the URL of a database, with `${VARIABLES}` filled in; SQLite's file is in `root`."""
    try:
        url = sqlalchemy.make_url(filled(source.url or ""))
    except sqlalchemy.exc.ArgumentError as error:
        raise ProjectError(f"config/etl.yaml: `url` is not one of SQLAlchemy: {error}") from error
    if url.get_backend_name() == "sqlite" and url.database:
        path = root / url.database
        if not path.is_file():  # or SQLite would make an empty one
            raise ProjectError(f"{path}: there is no such database; correct its `url`")
        return url.set(database=str(path))
    return url


def filled(url: str) -> str:
    """Return a URL with the values of its `${VARIABLES}`; a name or password may hold any text."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise ProjectError(f"config/etl.yaml: the environment has no ${{{found[1]}}}; set it")
        secret = "@" in url[found.end() :]  # what stands before it is written as in any URL
        return quote(os.environ[found[1]], safe="") if secret else os.environ[found[1]]

    return re.sub(r"\$\{(\w+)\}", value, url)


def statement(source: Source) -> Any:
    """Return the query of a source, or one for all rows of its table."""
    if source.query is not None:
        return sqlalchemy.text(source.query)
    schema, _, name = (source.table or "").rpartition(".")
    table = sqlalchemy.table(name, schema=schema or None)
    return sqlalchemy.select(sqlalchemy.text("*")).select_from(table)


@contextmanager
def reachable(url: URL) -> Iterator[None]:
    """Put what can be wrong with a database in plain words, without its password."""
    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        shown = url.render_as_string(hide_password=True)
        raise ProjectError(f"{shown}: {reason}; see the source in config/etl.yaml") from error


def save(path: Path, names: list[str], rows: Sequence[Sequence[Any]], url: URL) -> Path:
    """Write some rows with the types that they have, and return where to."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [array(name, cells, url) for name, cells in zip(names, columns, strict=True)]
    parquet.write_table(pyarrow.Table.from_arrays(arrays, names=names), path)
    return path


def array(name: str, cells: Sequence[Any], url: URL) -> pyarrow.Array:
    """Return cells as Arrow keeps them; decimals are float64, as everywhere in the project."""
    try:
        return pyarrow.array([float(cell) if isinstance(cell, Decimal) else cell for cell in cells])
    except (pyarrow.ArrowException, OverflowError) as error:
        raise mixed(url, f"column `{name}`: {error}") from error


def mixed(url: URL, reason: object) -> ProjectError:
    """Return the error of a column whose values have no type in common."""
    shown = url.render_as_string(hide_password=True)
    return ProjectError(f"{shown}: {reason}; cast it in a `query`")


def unite(parts: list[Path], target: Path, url: URL) -> None:
    """Write parts to one file; a column without a value in one part has the type of the others."""
    schemas = [parquet.read_schema(part) for part in parts]
    try:
        united = pyarrow.unify_schemas(schemas, promote_options="permissive")
    except pyarrow.ArrowException as error:
        raise mixed(url, error) from error
    known = [
        field.with_type(pyarrow.string()) if pyarrow.types.is_null(field.type) else field
        for field in united
    ]
    with parquet.ParquetWriter(target, pyarrow.schema(known)) as writer:
        for part in parts:
            writer.write_table(parquet.read_table(part).cast(writer.schema))
