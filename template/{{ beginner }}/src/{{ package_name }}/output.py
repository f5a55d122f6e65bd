"""Output: files that are written whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow
from pyarrow import csv, parquet

from . import tables
from .errors import ProjectError


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the name of `path` once all of it is written.

    It is locked meanwhile, so that two runs do not write it at once.
    """
    draft = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("ab") as held:
            if not taken(held.fileno(), draft):
                raise ProjectError(f"{path}: another run writes it just now; wait for it")
            try:
                yield draft
                os.replace(draft, path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise ProjectError(f"{path}: cannot be written: {error.strerror}") from error


def taken(held: int, path: Path) -> bool:
    """Take an open file or folder for this run, unless another has it, or has just finished it."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return path.exists() and os.path.samestat(os.fstat(held), path.stat())


def write(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    """Write rows as they come, to CSV or Parquet by the suffix, and return how many there were."""
    if not tables.is_parquet(path) and path.suffix != ".csv":
        raise ProjectError(f"{path}: choose a name that ends in .csv or .parquet")
    rows = 0
    with unfinished(path) as draft, draft.open("wb") as file:
        writer: parquet.ParquetWriter | None = None
        for chunk in chunks:
            if not tables.is_parquet(path):
                if not rows:
                    chunk.head(0).to_csv(file, index=False)
                write_csv(file, chunk)
            else:
                table = pyarrow.Table.from_pandas(chunk, preserve_index=False)
                writer = writer or parquet.ParquetWriter(file, typed(table.schema))
                writer.write_table(table.cast(writer.schema))
            rows += len(chunk)
        if writer is not None:
            writer.close()
    return rows


def typed(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Return a schema with text where the first rows have only gaps, so that any cell fits."""
    kinds = [pyarrow.string() if kind == pyarrow.null() else kind for kind in schema.types]
    return pyarrow.schema(zip(schema.names, kinds, strict=True), metadata=schema.metadata)


def write_csv(file: BinaryIO, rows: pd.DataFrame) -> None:
    """Write the cells of rows by Arrow: in quotes either every text or, where that works, none."""
    table = pyarrow.Table.from_pandas(rows, preserve_index=False)
    plain, quoted = (
        csv.WriteOptions(include_header=False, quoting_style=style) for style in ("none", "needed")
    )
    lines = BytesIO()
    try:
        csv.write_csv(table, lines, plain)
    except pyarrow.ArrowInvalid:  # a cell holds a comma, a quote or the end of a line
        csv.write_csv(table, file, quoted)
    else:
        file.write(lines.getbuffer())
