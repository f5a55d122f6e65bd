"""Prediction on Spark: MLflow takes the model to where the rows are."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow
from mlflow import pyfunc
from mlflow.pyfunc.model import PythonModel

from .. import settings
from ..data import writing
from ..errors import ProjectError
from ..etl.workspace import workspace
from ..modeling import prediction
from ..modeling.prediction import Rows
from ..tracking.models import Stored
from . import failure, parts, session
from .failure import Failed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

NUMBER = "_number"  # of a row, so that a message can name it
ANSWERS = "_answers"


class Answering(PythonModel):
    """A model that takes rows as they are in the table, and gives what it says of them."""

    def __init__(self, stored: Stored, source: Path, decimal: str) -> None:
        """Take a model along to where it is asked."""
        self.told = stored, source, decimal

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:
        """Return the answers to rows, without the rows."""
        stored, source, decimal = self.told
        rows = model_input.set_index(NUMBER)
        return prediction.answer(stored, rows, source, decimal).drop(columns=rows.columns)


def on_spark(stored: Stored, rows: Rows, source: Path, decimal: str) -> Rows:
    """Yield rows with the answers of a model; Spark takes all of them before it gives the first."""
    place = settings.load().root / "predictions" / source.name  # a cluster has to see it
    with workspace(place) as folder, session.opened(folder, case_sensitive=True) as spark:
        read = parts.put(numbered(rows), folder / "rows.parquet")
        pyfunc.save_model(folder / "model", python_model=Answering(stored, source, decimal))
        try:
            with failure.noticed():
                frame = answered(spark, read, folder / "model", stored)
                yield from in_order(parts.stream(frame, folder), source)
        except Failed as failed:
            raise ProjectError(str(failed) if failed.own else f"{source}: {failed}") from failed


def numbered(rows: Rows) -> pyarrow.RecordBatchReader:
    """Return rows as Arrow has them, with their numbers, from 0 on."""

    def tables() -> Iterator[pyarrow.Table]:
        start = 0
        for some in rows:
            numbers = pd.RangeIndex(start, start := start + len(some))
            yield pyarrow.Table.from_pandas(some.assign(**{NUMBER: numbers}), preserve_index=False)

    every = tables()
    first = next(every)
    schema = writing.typed(first.schema)
    same = (table.cast(schema) for table in chain([first], every))
    batches = (batch for table in same for batch in table.to_batches())
    return pyarrow.RecordBatchReader.from_batches(schema, batches)


def in_order(batches: pyarrow.RecordBatchReader, source: Path) -> Rows:
    """Yield rows as pandas has them, without their numbers, which must follow on one another."""
    seen = 0
    for batch in batches:
        rows = batch.to_pandas()
        if not np.array_equal(rows.pop(NUMBER), np.arange(seen, seen := seen + len(rows))):
            raise ProjectError(f"{source}: Spark has mixed up the rows; predict without --engine")
        yield rows


def answered(spark: "SparkSession", rows: Path, model: Path, stored: Stored) -> "DataFrame":
    """Return a frame of the rows and the answers of a model."""
    from pyspark.sql import functions

    frame = spark.read.parquet(rows.as_uri())
    ask = pyfunc.spark_udf(
        spark, model.as_uri(), result_type=structure(stored), env_manager="local"
    )
    seen = [functions.col(quote(name)) for name in (NUMBER, *stored.schema.features)]
    known = frame.withColumn(ANSWERS, ask(functions.struct(*seen)))
    return known.select("*", f"{ANSWERS}.*").drop(ANSWERS)


def structure(stored: Stored) -> "StructType":
    """Return the columns of an answer, as `model.predict` gives them."""
    from pyspark.sql.types import DoubleType, StringType, StructType

    regression = stored.schema.task == "regression"
    answer = StructType().add("prediction", DoubleType() if regression else StringType())
    if hasattr(stored.pipeline, "predict_proba"):
        for name in stored.pipeline.classes_:
            answer.add(f"probability_{name}", DoubleType())
    return answer


def quote(name: str) -> str:
    """Return the name of a column as Spark writes it."""
    return "`" + name.replace("`", "``") + "`"
