"""Tables: CSV and Parquet files, read whole or in batches."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import parquet

from .. import plugins
from ..errors import ProjectError
from .dialect import Dialect

BATCH = 50_000  # rows
Batches = Iterator[tuple[pd.DataFrame, float]]  # rows, and the share of the file read so far
REMEDY = "mend it, or correct its `separator` and `encoding`"


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Name a file that cannot be read as a table, with the reason that its reader gives."""
    try:
        if path.stat().st_size < 1024 and path.read_bytes().startswith(b"version https://git-lfs"):
            raise ProjectError(f"{path}: only its pointer in Git LFS; `git lfs pull` fetches it")
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            yield
    except FileNotFoundError as error:
        remedy = plugins.remedy(path, []) or "data/README.md says how to get it"
        raise ProjectError(f"{path}: no such file; {remedy}") from error
    except pd.errors.ParserWarning as error:
        raise ProjectError(f"{path}: rows are longer than the header; name each column") from error
    except (OSError, ValueError, LookupError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ProjectError(f"{path}: cannot be read as a table: {reason}; {REMEDY}") from error


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet, by its suffix; every other one is CSV."""
    return path.suffix in {".parquet", ".pq"}


def read_csv(source: Any, dialect: Dialect, **options: Any) -> Any:
    """Return what pandas reads from a CSV file in its dialect, with more `options` of pandas."""
    reader: Any = pd.read_csv  # its overloads do not take options from a dictionary
    options |= {"sep": dialect.separator, "encoding": dialect.encoding}
    return reader(source, index_col=False, keep_default_na=False, **options)


def header(path: Path, dialect: Dialect) -> list[str]:
    """Return the names of the columns.

    Raises:
        ProjectError: the file is not a table, or two columns have the same name.
    """
    with readable(path):
        if is_parquet(path):
            names = parquet.read_schema(path).names
        else:
            first = read_csv(path, dialect, header=None, nrows=1, dtype=str).iloc[0]
            names = [name or f"Unnamed: {position}" for position, name in enumerate(first)]
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        raise ProjectError(f"{path}: two columns are called `{repeated[0]}`; rename one of them")
    return list(names)


def read(path: Path, dialect: Dialect, types: Any) -> pd.DataFrame:
    """Return all rows; the cells of a CSV file come as `types` says, in words of pandas.

    Raises:
        ProjectError: the file is not a table, or has no rows.
    """
    with readable(path):
        if is_parquet(path):
            rows = plain(parquet.read_table(path))
        else:
            rows = read_csv(path, dialect, dtype=types, na_values=[*dialect.gaps])
    refuse_empty(path, len(rows))
    return rows


def batches(path: Path, dialect: Dialect, size: int = BATCH) -> Batches:
    """Yield some rows at a time, and the share of the file read so far; CSV cells stay text.

    Raises:
        ProjectError: the file is not a table, or has no rows.
    """
    with readable(path), path.open("rb") as file:
        if is_parquet(path):
            table = parquet.ParquetFile(file)
            done, whole = 0, table.metadata.num_rows
            refuse_empty(path, whole)
            for batch in table.iter_batches(size):
                done += batch.num_rows
                yield plain(batch), done / whole
        else:
            for rows in read_csv(file, dialect, dtype=str, chunksize=size):
                refuse_empty(path, len(rows))
                yield rows, file.tell() / path.stat().st_size


def plain(table: Any) -> pd.DataFrame:
    """Return a table or a batch of Arrow, its index, if it has one, as columns.

    Whole numbers stay whole beside gaps.
    """
    return pd.DataFrame(table.to_pandas(ignore_metadata=True, integer_object_nulls=True))


def refuse_empty(path: Path, row_count: int) -> None:
    """Raise where a table has no rows."""
    if not row_count:
        raise ProjectError(f"{path}: there are no rows below the header")
