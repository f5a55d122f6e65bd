"""Prediction: a model applied to a table of any size, some rows at a time."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from ..data import conversion, dataset, tables, writing
from ..data.dialect import detect
from ..errors import ProjectError
from ..terminal import Advance
from ..tracking.models import Stored
from . import estimators

Rows = Iterator[pd.DataFrame]
Engine = Callable[[Stored, Rows, Path], Rows]


def predict(stored: Stored, source: Path, target: Path, advance: Advance, engine: Engine) -> int:
    """Write the rows of `source` to `target` with the answers of a model, and return their number.

    Args:
        advance: is told the share of `source` that is done.
        engine: gives the answers.

    Raises:
        ProjectError: a column is missing or is in the way of an answer, or a value does not fit.
    """
    said = stored.schema.dialect
    dialect = said if tables.is_parquet(source) else detect(source, said.encoding)
    present = tables.header(source, dialect)
    dataset.require(stored.schema.features, present, source)
    for name in present:
        if name == "prediction" or name.startswith("probability_"):
            raise ProjectError(f"{source}: the column `{name}` is in the way; rename it")

    def read() -> Rows:
        for number, (rows, share) in enumerate(tables.batches(source, dialect)):
            if number == 0:
                complain_of_new(stored, rows, source)
            yield rows
            advance(share)

    return writing.write(target, engine(stored, read(), source))


def complain_of_new(stored: Stored, rows: pd.DataFrame, source: Path) -> None:
    """Warn of a column that may be written otherwise: most of its categories were not learnt."""
    prepare = stored.pipeline["prepare"]
    seen = conversion.convert(rows[stored.schema.features], stored.schema, source)
    for column, known in prepare.common_.items():
        cells = seen[column].dropna()
        new = cells[~cells.isin(known)]
        if len(new) > len(cells) / 2 and len(known) != prepare.common:  # else they may be rare
            share = f"{len(new):,} of {len(cells):,} cells, such as {new.iloc[0]!r}, are new to the"
            print(f"warning: {source}, `{column}`: {share} model", file=sys.stderr)


def on_pandas(stored: Stored, rows: Rows, source: Path) -> Rows:
    """Yield rows with the answers of a model, as `answer` gives them: the engine of the core."""
    return (answer(stored, some, source) for some in rows)


def answer(stored: Stored, rows: pd.DataFrame, source: Path) -> pd.DataFrame:
    """Return rows as they came, with the answers of a model in further columns."""
    seen = conversion.convert(rows[stored.schema.features], stored.schema, source)
    return pd.concat([rows, estimators.predict(stored.pipeline, seen)], axis=1)
