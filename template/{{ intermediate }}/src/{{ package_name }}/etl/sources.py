"""Sources: files, buckets and databases; each becomes one Parquet file that every engine reads."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pyarrow
from pyarrow import csv, parquet

from ..data import tables, writing
from ..data.dialect import Dialect
from ..errors import ProjectError
from .plan import ROW, Source


def fetch(name: str, source: Source, root: Path, folder: Path) -> Path:
    """Return where a source lies on this disk; what comes from elsewhere is put into `folder`.

    Raises:
        ProjectError: the database or the remote file is not there, or cannot be read.
    """
    if source.path and "://" not in source.path:
        return root / source.path
    try:
        if source.path is None:
            target = folder / f"{name}.parquet"
            extract(source, root, target)
        else:
            import fsspec

            target = folder / f"{name}{Path(source.path).suffix}"
            system, path = fsspec.url_to_fs(source.path)
            system.get_file(path, str(target))
    except Exception as error:  # each file system and each driver has errors of its own
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ProjectError(f"config/etl.yaml, source `{name}`: {reason}") from error
    return target


def extract(source: Source, root: Path, target: Path) -> None:
    """Write the rows of a table or a query of a database to `target`, some at a time."""
    import sqlalchemy

    url = sqlalchemy.make_url(fill_in(source.url or ""))
    if url.get_backend_name() == "sqlite" and url.database:
        (root / url.database).stat()  # or SQLite would make an empty one
        url = url.set(database=str(root / url.database))
    query = sqlalchemy.text(source.query or f"select * from {source.table}")
    with sqlalchemy.create_engine(url).connect() as connection:
        streamed = connection.execution_options(stream_results=True)
        rows = pd.read_sql_query(query, streamed, chunksize=tables.BATCH, dtype_backend="pyarrow")
        writing.write(target, rows)


def fill_in(url: str) -> str:
    """Return the URL of a database with its `${VARIABLES}` from the environment."""

    def fill(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise LookupError(f"the environment has no ${{{found[1]}}}; set it")
        secret = "@" in url[found.end() :]  # a name or a password may hold any character
        return quote(os.environ[found[1]], safe="") if secret else os.environ[found[1]]

    return re.sub(r"\$\{(\w+)\}", fill, url)


def convert(path: Path, source: Source, target: Path, numbered: bool) -> int:
    """Write a CSV or Parquet file to `target` as engines read it, and return its number of rows.

    The cells of a CSV are texts, or null where the `gaps` of its source say so. Times are
    microseconds.

    Args:
        numbered: whether the column `_row` comes first, with the numbers of the rows from 1 on.

    Raises:
        ProjectError: the file is missing, or is not a table.
    """
    with tables.readable(path):
        if tables.is_parquet(path):
            file = parquet.ParquetFile(path)
            return write(target, file.schema_arrow, file.iter_batches(), numbered)
        dialect = Dialect(source.encoding, source.separator, source.gaps)
        schema = pyarrow.schema([(name, pyarrow.string()) for name in tables.header(path, dialect)])
        try:
            return write(target, schema, by_arrow(path, dialect, schema), numbered)
        except ValueError:
            return write(target, schema, by_core(path, dialect, schema), numbered)


def by_arrow(path: Path, dialect: Dialect, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    """Yield the rows of a CSV file, fast.

    Raises:
        ValueError: Arrow refuses the file, or might see other cells in it than the core.
    """
    kinds = {"column_types": schema, "null_values": dialect.gaps, "strings_can_be_null": True}
    layout = csv.ParseOptions(delimiter=dialect.separator, newlines_in_values=True)
    encoding = csv.ReadOptions(encoding=dialect.encoding)
    reader = csv.open_csv(path, encoding, layout, csv.ConvertOptions(**kinds))
    with path.open("rb") as file:
        complete = file.seek(-1, 2) and file.read() in b"\r\n"
    if reader.schema != schema or len(schema) == 1 or not complete:
        raise ValueError("a column has no name, a blank line may be a row, a quote may be open")
    last_cell = ""
    for batch in reader:
        yield batch
        last_cell = str(batch[-1][-1])
    if {*last_cell} & {*"\r\n"}:
        raise ValueError("the file may end within quotes")


def by_core(path: Path, dialect: Dialect, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    """Yield the rows of a CSV file as the rest of the project reads them."""
    for rows, _ in tables.batches(path, dialect):
        known = rows.mask(rows.isin(dialect.gaps))
        yield pyarrow.RecordBatch.from_pandas(known, schema, preserve_index=False)


def write(
    target: Path, schema: pyarrow.Schema, batches: Iterable[pyarrow.RecordBatch], numbered: bool
) -> int:
    """Write rows to a Parquet file that every engine reads, and return how many there were."""
    rows = 0
    kept = pyarrow.schema([*[(ROW, pyarrow.int64())] * numbered, *schema])
    how = {"coerce_timestamps": "us", "allow_truncated_timestamps": True}
    with parquet.ParquetWriter(target, kept, **how) as writer:
        for batch in batches:
            numbers = pyarrow.array(range(rows + 1, rows + len(batch) + 1))
            columns = [*[numbers] * numbered, *batch.columns]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(columns, schema=kept))
            rows += len(batch)
    return rows
