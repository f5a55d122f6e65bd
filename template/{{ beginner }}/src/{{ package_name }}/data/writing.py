"""Writing: tables as CSV or Parquet, some rows at a time."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow
from pyarrow import csv, parquet

from ..errors import ProjectError
from . import files, tables


def write(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    """Write rows as they come, to CSV or Parquet by the suffix, and return how many there were."""
    if not tables.is_parquet(path) and path.suffix != ".csv":
        raise ProjectError(f"{path}: choose a name that ends in .csv or .parquet")
    rows = 0
    with files.replacing(path) as draft, draft.open("wb") as file:
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
