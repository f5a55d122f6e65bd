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
MISSING = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NaT", "NULL", "null", "None"]


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Put what can be wrong with a file in plain words, also that it changes while it is read."""
    try:
        before = path.stat()
        if before.st_size < 1024 and path.read_bytes().startswith(b"version https://git-lfs"):
            raise ProjectError(f"{path}: only its pointer in Git LFS; `git lfs pull` fetches it")
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            yield
        after = path.stat()
    except FileNotFoundError as error:
        remedy = plugins.remedy(path, []) or "data/README.md says how to get it"
        raise ProjectError(f"{path}: no such file; {remedy}") from error
    except pd.errors.EmptyDataError as error:
        raise ProjectError(f"{path}: the file is empty") from error
    except pd.errors.ParserWarning as error:
        raise ProjectError(f"{path}: rows are longer than the header; name each column") from error
    except pd.errors.ParserError as error:
        raise ProjectError(f"{path}: {str(error).strip()}; mend it, or its quotes") from error
    except UnicodeError as error:
        raise ProjectError(f"{path}: {error}; say its `encoding` in the dataset file") from error
    except (OSError, ValueError, LookupError) as error:
        raise ProjectError(f"{path}: cannot be read as a table: {str(error).strip()}") from error
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise ProjectError(f"{path}: the file changed while it was read; try again")


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet, by its suffix; every other one is CSV."""
    return path.suffix in {".parquet", ".pq"}


def read_csv(source: Any, dialect: Dialect, **how: Any) -> Any:
    """Return what pandas reads from a CSV file in its dialect, `how` it is told."""
    said = {"sep": dialect.separator, "encoding": dialect.encoding, "decimal": dialect.decimal}
    reader: Any = pd.read_csv  # its overloads do not take options from a dictionary
    return reader(source, index_col=False, **said, **how)


def header(path: Path, dialect: Dialect) -> list[str]:
    """Return the names of the columns.

    Raises:
        ProjectError: the file is not a table, or two columns have the same name.
    """
    with readable(path):
        if is_parquet(path):
            return list(parquet.read_schema(path).names)
        first = read_csv(path, dialect, header=None, nrows=1, dtype=str, keep_default_na=False)
        names = [name or f"Unnamed: {i}" for i, name in enumerate(first.iloc[0])]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ProjectError(f"{path}: two columns are called `{twice[0]}`; rename one of them")
    return names


def read(path: Path, dialect: Dialect, texts: set[str]) -> pd.DataFrame:
    """Return all rows; of a CSV file, the columns in `texts` come as categories."""
    with readable(path):
        if is_parquet(path):
            return plain(parquet.read_table(path))
        kinds = {name: "category" for name in texts}
        rows = read_csv(path, dialect, dtype=kinds, na_values=MISSING, keep_default_na=False)
        return pd.DataFrame(rows)


def batches(
    path: Path, dialect: Dialect, size: int = BATCH
) -> Iterator[tuple[pd.DataFrame, float]]:
    """Yield some rows at a time, and the share of the file read so far; CSV cells stay text.

    Raises:
        ProjectError: the file is not a table, has no rows, or changes meanwhile.
    """
    with readable(path), path.open("rb") as file:
        whole = path.stat().st_size
        if is_parquet(path):
            table = parquet.ParquetFile(file)
            refuse_empty(path, table.metadata.num_rows)
            done = 0
            for batch in table.iter_batches(size):
                done += batch.num_rows
                yield plain(batch), done / table.metadata.num_rows
        else:
            for rows in read_csv(file, dialect, dtype=str, keep_default_na=False, chunksize=size):
                refuse_empty(path, len(rows))
                yield rows, file.tell() / whole


def plain(table: Any) -> pd.DataFrame:
    """Return a table or a batch of Arrow, its index, if it has one, as columns."""
    return pd.DataFrame(table.to_pandas(ignore_metadata=True))


def refuse_empty(path: Path, rows: int) -> None:
    """Raise where a table has no `rows`."""
    if not rows:
        raise ProjectError(f"{path}: there are no rows below the header")
