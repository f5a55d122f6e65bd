"""What Spark adds: an engine that makes tables, and one that predicts; imported when used."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import parquet

from .. import settings
from ..data import tables, writing
from ..errors import ProjectError
from ..etl.engine import EtlSettings, Query, Refused
from ..etl.plan import ROW, Source
from ..etl.sources import convert

if TYPE_CHECKING:
    from ..modeling.prediction import Rows
    from ..tracking.models import Stored

Answer = Callable[[pyarrow.RecordBatch], pyarrow.RecordBatch]


@contextmanager
def table_engine(sources: Mapping[str, Path], folder: Path, how: EtlSettings) -> Iterator[Query]:
    """Open Parquet files in Spark, as `etl.engine.Engine` says."""
    from . import session

    with session.opened(folder) as spark:
        for name, path in sources.items():
            spark.read.parquet(path.as_uri()).createOrReplaceTempView(name)
        yield lambda sql: session.collect(spark.sql(sql), folder)


def engine(stored: "Stored", rows: "Rows", source: Path) -> "Rows":
    """Yield rows with the answers of a model, as `prediction.on_pandas` does.

    Spark takes all rows before it gives the first.
    """
    from ..modeling import prediction

    def answer(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        asked = tables.plain(batch.rename_columns(names))
        asked.index = asked.pop(ROW) - 1  # so that a message names the row
        answers = prediction.answer(stored, asked, source).drop(columns=asked.columns)
        for name in answers:
            batch = batch.append_column(name, pyarrow.array(answers[name], from_pandas=True))
        return batch

    place = settings.load().root / "predictions"  # a cluster has to see it
    place.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix=".spark-", dir=place) as folder:
        path, numbered = Path(folder, "asked.parquet"), Path(folder, "numbered")
        writing.write(path, rows)
        convert(path, Source(path=str(path)), numbered, numbered=True)
        names = parquet.read_schema(numbered).names
        try:
            for batch in on_spark(answer, numbered, stored):
                answers = batch.schema.names[len(names) :]
                yield tables.plain(batch.rename_columns([*names, *answers]).drop_columns([ROW]))
        except Refused as error:
            for batch in parquet.ParquetFile(numbered).iter_batches(tables.BATCH):
                answer(batch)  # if a value does not fit, this says so in the project's terms
            raise ProjectError(f"{source}: {error}") from error


def on_spark(answer: Answer, numbered: Path, stored: "Stored") -> Iterator[pyarrow.RecordBatch]:
    """Yield what a function answers to each batch of a file, in the order of its numbers."""
    from pyspark.sql.types import DoubleType, StringType, StructType

    from . import session

    with session.opened(numbered.parent) as spark:
        spark.conf.set("spark.sql.caseSensitive", True)  # or `a` and `A` could not go together
        frame = spark.read.parquet(numbered.as_uri())
        plain = frame.toDF(*map(str, range(len(frame.columns))))  # Spark trips over odd names
        kind = DoubleType() if stored.schema.task == "regression" else StringType()
        known = StructType([*plain.schema]).add("prediction", kind)
        for name in getattr(stored.pipeline, "classes_", []):
            known = known.add(f"probability_{name}", DoubleType())
        answered = plain.mapInArrow(lambda batches: map(answer, batches), known).orderBy("0")
        yield from session.collect(answered, numbered.parent)
