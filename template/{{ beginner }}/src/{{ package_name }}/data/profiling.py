"""Profiling: what a column of a table looks like."""

from dataclasses import dataclass

import pandas as pd

from .conversion import parse_dates, parse_numbers

FEW = 20  # different whole numbers that may still be names of classes
DATE_PARTS = ("year", "month", "dayofweek", "hour")


@dataclass(frozen=True)
class Profile:
    """What a column looks like."""

    name: str
    row_count: int
    gap_count: int
    value_count: int  # of different values
    first: str
    kind: str  # what all of the values are
    date_parts: list[str]

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers."""
        return self.kind in ("whole numbers", "numbers")

    @property
    def nearly_unique(self) -> bool:
        """Whether nearly every row has a value of its own."""
        filled = self.row_count - self.gap_count
        return filled > FEW and self.value_count > 0.95 * filled

    @property
    def summary(self) -> str:
        """How many different values there are, and how many are missing, in words."""
        share = self.gap_count / self.row_count
        return f"{self.value_count:,} values" + (f", {share:.1%} missing" if share else "")


def profile(cells: pd.Series) -> Profile:
    """Return what a column looks like, as it was read from its table."""
    filled = cells.dropna()
    if filled.dtype.kind not in "iuf":
        filled = filled.astype(object).map(str)
    values, gap_count = filled.drop_duplicates(), len(cells) - len(filled)
    kind, first = find_kind(values), str(next(iter(values), ""))
    parts = varying_parts(parse_dates(values)) if kind == "dates" else []
    return Profile(str(cells.name), len(cells), gap_count, len(values), first, kind, parts)


def find_kind(values: pd.Series) -> str:
    """Return what all of the values are: whole numbers, numbers, dates, or else texts."""
    numbers = parse_numbers(values, ".")
    if numbers.notna().all():
        return "whole numbers" if (numbers % 1 == 0).all() else "numbers"
    return "dates" if are_dates(values.head(100)) and are_dates(values) else "texts"


def are_dates(values: pd.Series) -> bool:
    """Tell whether all texts are dates, which have four digits at least."""
    return bool(values.str.count(r"\d").min() >= 4 and parse_dates(values).notna().all())


def varying_parts(dates: pd.Series) -> list[str]:
    """Return the calendar parts worth learning: a month says nothing before its second year."""
    varying = [part for part in DATE_PARTS if getattr(dates.dt, part).nunique() > 1]
    cyclic = [part for part in varying if part != "year"]
    if "year" not in varying:
        return [part for part in cyclic if part != "month"]
    return cyclic or varying
