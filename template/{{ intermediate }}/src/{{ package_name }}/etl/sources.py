"""Sources: each becomes a file that every engine can read, with its hash."""

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow
from pyarrow import parquet

from ..data import tables
from ..data.dialect import Dialect
from ..errors import ProjectError
from ..tracking import provenance
from .engine import ROW
from .plan import Plan, Source


@dataclass(frozen=True)
class Input:
    """A source as a file: Parquet, or CSV in UTF-8. `origin` is what messages call it."""

    path: Path
    columns: list[str]
    separator: str
    origin: str
    sha256: str


def stage(plan: Plan, root: Path, folder: Path) -> dict[str, Input]:
    """Return the sources of a plan by name; what is no local file in UTF-8 comes into `folder`.

    Raises:
        ProjectError: a source is missing, or is not a table.
    """
    return {name: one(name, plan.sources[name], root, folder) for name in plan.sources}


def one(name: str, source: Source, root: Path, folder: Path) -> Input:
    """Return a source as a file."""
    path = bring(name, source, root, folder)
    origin = source.path or f"{name} of the database"
    columns = tables.header(path, Dialect(source.encoding, source.separator))
    check_names(columns, origin)
    digest = provenance.fingerprint(path)
    if not tables.is_parquet(path) and source.encoding.lower() not in ("utf-8", "ascii"):
        path = in_utf8(path, source.encoding, folder / f"{name}-in-utf-8.csv")
    return Input(path, columns, source.separator, origin, digest)


def bring(name: str, source: Source, root: Path, folder: Path) -> Path:
    """Return where a source is, or where it has come to; what that takes is imported only then."""
    if source.path is None:
        from . import database

        path = folder / f"{name}.parquet"
        database.extract(source, root, path)
    elif "://" in source.path:
        from . import remote

        path = folder / f"{name}{Path(source.path).suffix}"
        remote.fetch(source.path, path)
    else:
        path = root / source.path
    return path


def check_names(columns: list[str], origin: str) -> None:
    """Refuse columns that SQL cannot tell apart, and the one that numbers the rows."""
    spelt = Counter(column.lower() for column in [*columns, ROW])
    for column in columns:
        if spelt[column.lower()] > 1:
            raise ProjectError(f"{origin}: SQL has no other name for `{column}`; rename it")


def in_utf8(path: Path, encoding: str, copy: Path) -> Path:
    """Copy a text to `copy` in UTF-8, which every engine reads."""
    try:
        with path.open(encoding=encoding, newline="") as text:
            with copy.open("w", encoding="utf-8", newline="") as file:
                shutil.copyfileobj(text, file)
    except (UnicodeError, LookupError) as error:
        raise ProjectError(f"{path}: {error}; say its `encoding`") from error
    return copy


def as_parquet(table: Input, target: Path) -> Input:
    """Return a CSV file as Parquet at `target`, with the cells that the core reads in it.

    Raises:
        ProjectError: the core cannot read it either.
    """
    schema = pyarrow.schema([(name, pyarrow.string()) for name in table.columns])
    with parquet.ParquetWriter(target, schema) as writer:
        for rows, _ in tables.batches(table.path, Dialect(separator=table.separator)):
            known = rows.mask(rows.isin(tables.MISSING))
            writer.write_table(pyarrow.Table.from_pandas(known, schema, preserve_index=False))
    return replace(table, path=target)
