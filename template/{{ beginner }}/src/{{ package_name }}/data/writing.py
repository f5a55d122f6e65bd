"""Writing: tables as CSV or Parquet, some rows at a time."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow
from pyarrow import csv, parquet

from ..errors import ProjectError
from . import files, tables


def write(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    """Write rows as they come, to CSV or Parquet by the suffix, and return how many there were."""
    if not tables.is_parquet(path) and path.suffix != ".csv":
        raise ProjectError(f"{path}: choose a name that ends in .csv or .parquet")
    row_count = 0
    with files.replacing(path) as draft, draft.open("wb") as file:
        writer: parquet.ParquetWriter | None = None
        for chunk in chunks:
            table = pyarrow.Table.from_pandas(chunk, preserve_index=False)
            if tables.is_parquet(path):
                writer = writer or parquet.ParquetWriter(file, typed(table.schema))
                writer.write_table(table.cast(writer.schema))
            else:
                file.write(to_csv(table, header=row_count == 0))
            row_count += len(chunk)
        if writer is not None:
            writer.close()
    return row_count


def typed(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Return a schema with text where the first rows have only gaps, so that any cell fits."""
    kinds = [pyarrow.string() if kind == pyarrow.null() else kind for kind in schema.types]
    return pyarrow.schema(zip(schema.names, kinds, strict=True), metadata=schema.metadata)


def to_csv(table: pyarrow.Table, header: bool) -> pyarrow.Buffer:
    """Return a table as CSV: in quotes either every text or, where that works, none."""
    lines = pyarrow.BufferOutputStream()
    plain = csv.WriteOptions(include_header=header, quoting_style="none", quoting_header="none")
    try:
        csv.write_csv(table, lines, plain)
    except pyarrow.ArrowInvalid:  # a cell holds a comma, a quote or the end of a line
        lines = pyarrow.BufferOutputStream()
        csv.write_csv(table, lines, csv.WriteOptions(include_header=header))
    return lines.getvalue()
