"""What Spark adds: an engine that predicts, and one that makes tables; imported when used."""

from contextlib import AbstractContextManager
from pathlib import Path

from ..etl.engine import Query, Work
from ..modeling.prediction import Rows
from ..tracking.models import Stored


def engine(stored: Stored, rows: Rows, source: Path, decimal: str) -> Rows:
    """Yield rows with the answers of a model, as `prediction.on_pandas` does."""
    from . import prediction

    return prediction.on_spark(stored, rows, source, decimal)


def table_engine(work: Work) -> AbstractContextManager[Query]:
    """Open the tables of an ETL, as `etl.engine.Engine` says."""
    from . import engine

    return engine.open_tables(work)
