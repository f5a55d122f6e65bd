"""Values: cells as numbers, dates or texts, by the role of their column."""

import warnings
from collections.abc import Hashable
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
    typed: dict[Hashable, pd.Series] = {}
    for column, cells in rows.items():
        if column in schema.dates:
            typed[column] = dates(cells, path)
        elif column in schema.numbers:
            typed[column] = numbers(cells, path, decimal)
        else:
            typed[column] = texts(cells)
    return pd.DataFrame(typed, index=rows.index)


def texts(cells: pd.Series) -> pd.Series:
    """Return `cells` as categories, each of them a text."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells
    return cells.map(str, na_action="ignore").astype(object).astype("category")


def numbers(cells: pd.Series, path: Path, decimal: str) -> pd.Series:
    """Return `cells` as float64, or name the first that is not a finite number."""
    found = parse_numbers(cells, decimal)
    refuse(cells, (found.isna() & cells.notna()) | np.isinf(found), "a finite number", path)
    return found


def parse_numbers(cells: pd.Series, decimal: str) -> pd.Series:
    """Return `cells` as float64; NaN where one is not a number."""
    if decimal != "." and cells.dtype == object:
        cells = cells.astype("string").str.replace(decimal, ".").astype(object)
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def dates(cells: pd.Series, path: Path) -> pd.Series:
    """Return `cells` as datetime64[ns] in UTC, or name the first that is not a date."""
    found = parse_dates(cells)
    refuse(cells, found.isna() & cells.notna(), "a date like the others", path)
    return found


def parse_dates(cells: pd.Series) -> pd.Series:
    """Return `cells` as datetime64[ns] in UTC, by ISO 8601 or else like the first; NaT if not."""
    found = pd.to_datetime(cells, errors="coerce", utc=True, format="ISO8601")
    if (found.isna() & cells.notna()).any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that a format could not be inferred
            found = pd.to_datetime(cells, errors="coerce", utc=True)
    return found.dt.tz_localize(None).astype("datetime64[ns]")


def refuse(cells: pd.Series, wrong: pd.Series, expected: str, path: Path) -> None:
    """Raise for the first value that is `wrong`."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        found = f"column `{cells.name}` holds {cells.tolist()[row]!r}, not {expected}"
        count = f"rows like it: {int(wrong.sum())}; mend them, or give the column another role"
        raise ProjectError(f"{path}, row {cells.index[row] + 1}: {found}; {count}")
