"""Conversion: cells become numbers, dates or texts, by the role of their column."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import ProjectError
from .schema import Schema


def convert(rows: pd.DataFrame, schema: Schema, path: Path, decimal: str = ".") -> pd.DataFrame:
    """Return rows with the types of their roles, as a model takes them.

    Numbers are float64, dates datetime64[ns] in UTC, categories and classes category, of texts.

    Args:
        decimal: stands before the fraction of a number, where it is written as a text.

    Raises:
        ProjectError: a value does not fit its role.
    """
    columns: dict[object, pd.Series] = {}
    for name, cells in rows.items():
        if name in schema.dates:
            columns[name] = parse_dates(cells)
            refuse_unreadable(cells, columns[name], "a date like the others", path)
        elif name in schema.numbers:
            columns[name] = parse_numbers(cells, decimal)
            refuse_unreadable(cells, columns[name], "a finite number", path)
        else:
            texts = cells.map(str, na_action="ignore").astype(object)
            columns[name] = texts.astype("category")
    return pd.DataFrame(columns, index=rows.index)


def parse_numbers(cells: pd.Series, decimal: str) -> pd.Series:
    """Return `cells` as float64; NaN where one is not a number."""
    if decimal != "." and cells.dtype == object:
        cells = cells.astype("string").str.replace(decimal, ".").astype(object)
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def parse_dates(cells: pd.Series) -> pd.Series:
    """Return `cells` as datetime64[ns] in UTC, by ISO 8601 or else like the first; NaT if not."""
    dates = pd.to_datetime(cells, errors="coerce", utc=True, format="ISO8601")
    if (dates.isna() & cells.notna()).any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that a format could not be inferred
            dates = pd.to_datetime(cells, errors="coerce", utc=True)
    return dates.dt.tz_localize(None).astype("datetime64[ns]")


def refuse_unreadable(cells: pd.Series, parsed: pd.Series, expected: str, path: Path) -> None:
    """Raise for the first of the `cells` that did not become a value, or became an infinite one."""
    unreadable = (parsed.isna() & cells.notna()) | parsed.isin([np.inf, -np.inf])
    if unreadable.any():
        position = int(np.flatnonzero(unreadable)[0])
        value = f"column `{cells.name}` holds {cells.tolist()[position]!r}, not {expected}"
        count = f"rows like it: {unreadable.sum()}; mend them, or give the column another role"
        raise ProjectError(f"{path}, row {cells.index[position] + 1}: {value}; {count}")
