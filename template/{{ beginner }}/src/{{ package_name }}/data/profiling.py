"""Columns: what one looks like, found out some rows at a time."""

from dataclasses import dataclass, field

import pandas as pd

from .conversion import parse_dates, parse_numbers
from .tables import MISSING

FEW = 20  # different whole numbers that may still be names of classes
MANY = 10_000  # different values, beyond which they are no longer counted
PARTS = ("year", "month", "dayofweek", "hour")


@dataclass
class Column:
    """What was seen of a column, some rows at a time."""

    name: str
    decimal: str = "."
    rows: int = 0
    missing: int = 0
    numeric: bool = True
    whole: bool = True
    date: bool = True
    values: dict[str, None] = field(default_factory=dict)  # the different ones, in their order
    counted: int = 0  # cells among which these were found
    parts: dict[str, set[int]] = field(default_factory=lambda: {part: set() for part in PARTS})

    def see(self, cells: pd.Series) -> None:
        """Take in the next cells, which are texts."""
        known = cells[~cells.isin(MISSING)]
        different = known.drop_duplicates()
        self.rows += len(cells)
        self.missing += len(cells) - len(known)
        if known.empty:
            return
        if len(self.values) <= MANY:
            self.values.update(dict.fromkeys(different))
            self.counted += len(known)
        if self.numeric:
            numbers = parse_numbers(different, self.decimal)
            self.numeric = bool(numbers.notna().all())
            self.whole = self.whole and self.numeric and bool((numbers % 1 == 0).all())
        if self.date:
            self.see_dates(different)

    def see_dates(self, different: pd.Series) -> None:
        """Find out whether cells are dates, of four digits at least, and which parts vary."""
        dates = parse_dates(different) if different.str.count(r"\d").min() >= 4 else None
        self.date = not self.numeric and dates is not None and bool(dates.notna().all())
        if self.date and dates is not None:
            for part, seen in self.parts.items():
                seen.update(getattr(dates.dt, part).unique())

    @property
    def unlike(self) -> bool:
        """Whether nearly every cell has a value of its own."""
        return self.counted > FEW and len(self.values) > 0.95 * self.counted

    @property
    def summary(self) -> str:
        """How many different values there are, and how many are missing, in words."""
        more = "more than " if len(self.values) > MANY else ""
        gaps = f", {self.missing / self.rows:.1%} missing" if self.missing else ""
        return f"{more}{min(len(self.values), MANY):,} values{gaps}"

    @property
    def varying(self) -> list[str]:
        """The calendar parts worth learning: a month says nothing before its second year."""
        several = [part for part, seen in self.parts.items() if len(seen) > 1]
        cyclic = [part for part in several if part != "year"]
        if "year" not in several:
            return [part for part in cyclic if part != "month"]
        return cyclic or several
