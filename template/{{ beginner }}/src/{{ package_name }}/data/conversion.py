"""Conversion: cells become numbers, dates or texts, by the role of their column."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import ProjectError
from .schema import Schema

ISO = "a date like 2026-05-31; where all are written otherwise, say how:"
YES, NO = ["True", "TRUE", "true"], ["False", "FALSE", "false"]


def convert(rows: pd.DataFrame, schema: Schema, path: Path) -> pd.DataFrame:
    """Return rows with the types of their roles, as a model takes them.

    Numbers are float64, dates datetime64[ns] in UTC, categories and classes category, of texts;
    what the schema calls a gap is missing.

    Raises:
        ProjectError: a value does not fit its role.
    """
    columns: dict[object, pd.Series] = {}
    for name, cells in rows.items():
        if cells.dtype.kind == "O":
            cells = cells.mask(cells.isin(schema.gaps))
        if name in schema.dates:
            form = schema.formats.get(str(name))
            columns[name] = parse_dates(cells, form)
            kind = f"a date by {form}" if form else f"{ISO} `formats: {{{name}: '%d/%m/%Y'}}`"
            refuse_unreadable(cells, columns[name], kind, path)
        elif name in schema.numbers:
            columns[name] = parse_numbers(cells, schema.decimal, schema.thousands)
            refuse_unreadable(cells, columns[name], "a finite number", path)
        else:
            columns[name] = cells.map(text, na_action="ignore").astype(object).astype("category")
    return pd.DataFrame(columns, index=rows.index)


def text(value: object) -> str:
    """Return the text of a code, which is the same where gaps beside it have made it a float."""
    whole = isinstance(value, float | np.floating) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def parse_numbers(cells: pd.Series, decimal: str = ".", thousands: str | None = None) -> pd.Series:
    """Return `cells` as float64; NaN where one is not a number.

    Args:
        decimal: stands before the fraction, where a number is written as a text.
        thousands: stands between groups of three digits, where it is.
    """
    if cells.dtype.kind in "biuf":
        return cells.astype("float64")
    if thousands or decimal != ".":
        cells = cells.astype("string")
        if thousands:
            mark, point = re.escape(thousands), re.escape(decimal)
            groups = rf"\s*[+-]?[1-9]\d{{0,2}}({mark}\d{{3}})+({point}\d*)?\s*"
            grouped = cells.str.fullmatch(groups).fillna(False)
            cells = cells.str.replace(thousands, "", regex=False).where(grouped, cells)
        if decimal == ",":  # then a point is no part of a number
            cells = cells.str.translate({ord("."): "?", ord(","): "."})
    numbers = pd.to_numeric(cells.astype(object), errors="coerce").astype("float64")
    return numbers.mask(cells.isin(YES), 1.0).mask(cells.isin(NO), 0.0)


def parse_dates(cells: pd.Series, form: str | None = None) -> pd.Series:
    """Return `cells` as datetime64[ns] in UTC, by a format, else by ISO 8601; NaT if not so."""
    if cells.dtype.kind in "iu":  # a year, or year, month and day: no time since 1970
        cells = cells.astype(str)
    dates = pd.to_datetime(cells, errors="coerce", utc=True, format=form or "ISO8601")
    # the years that nanoseconds reach
    return dates.where(dates.dt.year.between(1678, 2261)).dt.tz_localize(None).dt.as_unit("ns")


def refuse_unreadable(cells: pd.Series, parsed: pd.Series, expected: str, path: Path) -> None:
    """Raise for the first of the `cells` that did not become a value, or became an infinite one."""
    unreadable = (pd.isna(parsed.values) & pd.notna(cells.values)) | np.isinf(parsed.values)
    if unreadable.any():
        position = int(np.flatnonzero(unreadable)[0])
        value = f"column `{cells.name}` holds {cells.tolist()[position]!r}, not {expected}"
        count = f"rows like it: {unreadable.sum()}; mend them, or give the column another role"
        raise ProjectError(f"{path}, row {cells.index[position] + 1}: {value}; {count}")
