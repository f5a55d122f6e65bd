"""Cells: the columns of a table, read a few at a time, typed by their role."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
from pyarrow import parquet

from ..data import conversion, tables
from ..data.schema import Schema


class Cells:
    """The cells of a table: of Parquet only the columns asked for are in memory, of CSV all."""

    def __init__(self, schema: Schema, path: Path) -> None:
        """Look at the header.

        Raises:
            ProjectError: the table is missing, is none, or has no rows.
        """
        self.schema, self.path = schema, path
        self.present = tables.header(path, schema.dialect)
        tables.refuse_empty(path, self.rows)

    @cached_property
    def rows(self) -> int:
        """How many rows there are."""
        if not tables.is_parquet(self.path):
            return len(self._csv)
        with tables.readable(self.path):
            return int(parquet.read_metadata(self.path).num_rows)

    @cached_property
    def _csv(self) -> pd.DataFrame:
        texts = set(self.present) - {*self.schema.numbers, *self.schema.dates}
        return tables.read(self.path, self.schema.dialect, texts)

    def raw(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns as they are in the file."""
        if not tables.is_parquet(self.path):
            return self._csv[list(columns)]
        names = list(columns)
        with tables.readable(self.path):  # texts come as categories, which take less memory
            table = parquet.read_table(self.path, columns=names, read_dictionary=names)
            return tables.plain(table)

    def typed(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns by their role; a cell that does not fit is missing."""
        raw = self.raw(columns)
        return pd.DataFrame({name: self._typed(raw[name]) for name in columns})

    def unfit(self, column: str) -> pd.Series:
        """Return the cells of a column that are no numbers or no dates, though it has that role."""
        if column not in (*self.schema.numbers, *self.schema.dates):
            return pd.Series(dtype=object)
        raw = self.raw([column])[column]
        return raw[self._typed(raw).isna() & raw.notna()]

    def _typed(self, cells: pd.Series) -> pd.Series:
        if cells.name in self.schema.dates:
            return each_once(conversion.parse_dates, cells)
        if cells.name in self.schema.numbers:
            return self._numbers(cells)
        if cells.name in (*self.schema.categorical, *self.schema.identifier, self.schema.target):
            return conversion.texts(cells)
        found = self._numbers(cells)
        return conversion.texts(cells) if (found.isna() & cells.notna()).any() else found

    def _numbers(self, cells: pd.Series) -> pd.Series:
        found = each_once(partial(conversion.parse_numbers, decimal=self.schema.decimal), cells)
        return found.replace([np.inf, -np.inf], np.nan)


def each_once(parse: Callable[[pd.Series], pd.Series], cells: pd.Series) -> pd.Series:
    """Return what `parse` makes of cells; each of their categories is parsed once."""
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        return parse(cells)
    known = parse(pd.Series(cells.cat.categories, dtype=cells.cat.categories.dtype))
    return known.reindex(cells.cat.codes).set_axis(cells.index)
