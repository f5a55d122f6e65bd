"""Parts: what Spark gives comes as the files that it writes, in order, some rows at a time."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import parquet

from ..data.tables import BATCH

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def put(rows: pyarrow.RecordBatchReader, path: Path) -> Path:
    """Write rows to a Parquet file as Spark can read them, its times in microseconds."""
    how = {"coerce_timestamps": "us", "allow_truncated_timestamps": True}
    with parquet.ParquetWriter(path, rows.schema, **how) as writer:
        for batch in rows:
            writer.write_batch(batch)
    return path


def stream(frame: "DataFrame", folder: Path) -> pyarrow.RecordBatchReader:
    """Return the rows of a frame, which is computed once somebody asks for the first of them."""
    from pyspark.sql.pandas.types import to_arrow_schema

    typed = to_arrow_schema(frame.schema)
    schema = pyarrow.schema([field.with_nullable(True) for field in typed])
    return pyarrow.RecordBatchReader.from_batches(schema, computed(frame, schema, folder))


def computed(
    frame: "DataFrame", schema: pyarrow.Schema, folder: Path
) -> Iterator[pyarrow.RecordBatch]:
    """Let Spark write a frame below `folder`, and yield its rows."""
    target = Path(mkdtemp(dir=folder))
    frame.write.mode("overwrite").parquet(target.as_uri())
    for part in sorted(target.glob("part-*.parquet")):
        for batch in parquet.ParquetFile(part).iter_batches(BATCH):
            yield batch.cast(schema)
