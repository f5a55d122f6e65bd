"""What Spark adds: an engine that makes tables, and one that predicts; imported when used."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow
from pyarrow import parquet

from .. import settings
from ..data import tables, writing
from ..errors import ProjectError
from ..etl.engine import Query, Refused
from ..etl.plan import Source
from ..etl.settings import EtlSettings
from ..etl.sources import ROW, convert
from ..modeling import prediction
from ..modeling.prediction import Rows
from ..tracking.models import Stored

if TYPE_CHECKING:
    from pyspark.sql.types import StructType


@contextmanager
def table_engine(sources: Mapping[str, Path], folder: Path, how: EtlSettings) -> Iterator[Query]:
    """Open Parquet files in Spark, as `etl.engine.Engine` says."""
    from . import session

    with session.opened(folder) as spark:
        for name, path in sources.items():
            spark.read.parquet(path.as_uri()).createOrReplaceTempView(name)
        yield lambda sql: session.collect(spark.sql(sql), folder)


def engine(stored: Stored, rows: Rows, source: Path, decimal: str) -> Rows:
    """Yield rows with the answers of a model, as `prediction.on_pandas` does.

    Spark takes all rows before it gives the first.
    """
    from . import session

    def answer(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        asked = tables.plain(batch.rename_columns(names))
        asked.index = asked.pop(ROW) - 1  # so that a message names the row
        answers = prediction.answer(stored, asked, source, decimal).drop(columns=asked.columns)
        for name in answers:
            batch = batch.append_column(name, pyarrow.array(answers[name], from_pandas=True))
        return batch

    place = settings.load().root / "predictions"  # a cluster has to see it
    place.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix=".spark-", dir=place) as name:
        folder, path = Path(name), Path(name, "asked.parquet")
        writing.write(path, rows)
        convert(path, Source(path=str(path)), numbered := folder / "numbered", numbered=True)
        names = parquet.read_schema(numbered).names
        try:
            with session.opened(folder, case_sensitive=True) as spark:
                frame = spark.read.parquet(numbered.as_uri())
                plain = frame.toDF(*map(str, range(len(names))))  # Spark trips over odd names
                what = kinds(plain.schema, stored)
                known = plain.mapInArrow(lambda batches: map(answer, batches), what).orderBy("0")
                for batch in session.collect(known, folder):
                    answers = batch.schema.names[len(names) :]
                    yield tables.plain(batch.rename_columns([*names, *answers]).drop_columns([ROW]))
        except Refused as error:
            for batch in parquet.ParquetFile(numbered).iter_batches(tables.BATCH):
                answer(batch)  # if a value does not fit, this says so in the project's terms
            raise ProjectError(f"{source}: {error}") from error


def kinds(rows: "StructType", stored: Stored) -> "StructType":
    """Return the columns of rows and of the answers to them."""
    from pyspark.sql.types import DoubleType, StringType, StructType

    known = StructType(list(rows.fields))
    known.add("prediction", DoubleType() if stored.schema.task == "regression" else StringType())
    for name in getattr(stored.pipeline, "classes_", []):
        known.add(f"probability_{name}", DoubleType())
    return known
