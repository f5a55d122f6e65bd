"""Profiling: what a column of a table looks like."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .conversion import parse_dates, parse_numbers
from .notation import Notation, find_formats, nearly_numbers

FEW = 20  # different whole numbers that may still be names of classes
DATE_PARTS = ("year", "month", "dayofweek", "hour")


@dataclass(frozen=True)
class Profile:
    """What a column looks like: how often it holds each value, and each text that says nothing."""

    name: str
    counts: pd.Series
    gaps: dict[Any, int]
    kind: str  # what all of the values are
    formats: list[str]  # by which they are dates

    @property
    def row_count(self) -> int:
        """How many rows there are, those without a value among them."""
        return int(self.counts.sum()) + sum(self.gaps.values())

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers."""
        return self.kind in ("whole numbers", "numbers")

    @property
    def nearly_unique(self) -> bool:
        """Whether nearly every row has a value of its own."""
        return FEW < int(self.counts.sum()) < len(self.counts) / 0.95

    @property
    def hint(self) -> str:
        """What keeps the values from being numbers, if they nearly are."""
        return nearly_numbers(self.counts) if self.kind == "texts" else ""

    @property
    def summary(self) -> str:
        """How many different values there are, and how many are missing, in words."""
        values = f"{len(self.counts):,} values"
        if not self.gaps:
            return values
        share = sum(self.gaps.values()) / self.row_count
        written = ", ".join(repr(gap) for gap in self.gaps if gap)
        return f"{values}, {share:.1%} missing" + (f" ({written})" if written else "")


def count(cells: pd.Series, gaps: tuple[str, ...]) -> tuple[pd.Series, dict[Any, int]]:
    """Return how often a column holds each value, and each of the `gaps`."""
    if cells.dtype.kind not in "iufM" and not isinstance(cells.dtype, pd.StringDtype):
        cells = cells.astype(object).map(str, na_action="ignore")  # lists cannot be counted
    counts, empty = cells.value_counts(), int(cells.isna().sum())
    void = counts.index.isin(gaps)
    return counts[~void], counts[void].to_dict() | ({"": empty} if empty else {})


def profile(name: str, counts: pd.Series, gaps: dict[Any, int], notation: Notation) -> Profile:
    """Return what a column looks like whose values and gaps were counted."""
    values = pd.Series(counts.index)
    if values.dtype.kind == "M":
        return Profile(name, counts, gaps, "dates", [""])
    texts = values if values.dtype.kind in "iuf" else values.astype(str)
    numbers = parse_numbers(texts, *notation)
    code = texts.dtype == object and texts.str.match(r"\s*[+-]?0\d|(?i:true|false)").any()
    if numbers.notna().all() and not code:  # is no word, nor begins with zeros that no number has
        kind = "whole numbers" if (numbers % 1 == 0).all() else "numbers"
        return Profile(name, counts, gaps, kind, [])
    formats = find_formats(texts)
    return Profile(name, counts, gaps, "dates" if formats else "texts", formats)


def varying_parts(column: Profile) -> list[str]:
    """Return the calendar parts worth learning: a month says nothing before its second year."""
    dates = parse_dates(pd.Series(column.counts.index), column.formats[0])
    varying = [part for part in DATE_PARTS if getattr(dates.dt, part).nunique() > 1]
    if "year" in varying:
        return varying[1:] or varying
    return [part for part in varying if part in ("dayofweek", "hour")]
