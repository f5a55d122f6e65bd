"""Description: what each column of a table looks like, and the role that it should have."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from . import tables
from .dataset import parse_dates, require
from .dialect import Dialect, detect
from .errors import ProjectError
from .tables import MISSING
from .terminal import Advance

FEW = 20  # different whole numbers that may still be names of classes
MANY = 10_000  # different values, beyond which they are no longer counted
IDENTIFIER = re.compile(r"(^|[_ .-])(id|key|uuid|index|nr|no)$|^unnamed: \d+$|[a-z]I[dD]$", re.I)
PARTS = ("year", "month", "dayofweek", "hour")


@dataclass
class Column:
    """What was seen of a column, some rows at a time."""

    name: str
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
            numbers = pd.to_numeric(different, errors="coerce")
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


def role(column: Column) -> tuple[str, str]:
    """Return the role of a column as a feature, and the reason for it."""
    if not column.values:
        return "ignored", "has no values"
    if len(column.values) == 1:
        return "ignored", f"is always {next(iter(column.values))!r}"
    if column.missing > 0.95 * column.rows:
        return "ignored", column.summary
    if column.unlike and IDENTIFIER.search(column.name):
        return "identifier", f"names a row: {column.summary}"
    if column.numeric:
        return "numeric", f"{'whole numbers' if column.whole else 'numbers'}: {column.summary}"
    if column.date:
        return ("datetime" if column.varying else "ignored"), f"dates: {column.summary}"
    if column.unlike:
        return "identifier", f"names a row, or is prose: {column.summary}"
    return "categorical", column.summary


def infer_task(target: Column) -> str:
    """Return the task that a target asks for: fractions and many numbers are a regression."""
    counts = target.numeric and (not target.whole or len(target.values) > FEW)
    return "regression" if counts else "classification"


@dataclass(frozen=True)
class Description:
    """What `describe` found out of a table."""

    dialect: Dialect
    rows: int
    target: str
    task: str
    time: str | None
    roles: dict[str, str]
    reasons: dict[str, str]
    parts: dict[str, list[str]]


def describe(path: Path, target: str, task: str | None, advance: Advance) -> Description:
    """Return what the columns of a table look like, and the role that each should have.

    Args:
        task: classification or regression; found out from the target where it is None.
        advance: is told the share of the table that was seen so far.

    Raises:
        ProjectError: the file is no table, or the target cannot be predicted.
    """
    dialect = detect(path)
    names = tables.header(path, dialect)
    require([target], names, path)
    columns = {name: Column(name) for name in names}
    for rows, share in tables.batches(path, dialect):
        for name, column in columns.items():
            column.see(rows[name].astype("string").fillna("").astype(object))
        advance(share)
    answer = columns.pop(target)
    check_target(answer, path)
    found = {name: role(column) for name, column in columns.items()}
    roles = {name: given for name, (given, _) in found.items()}
    if not {"numeric", "categorical", "datetime"} & set(roles.values()):
        raise ProjectError(f"{path}: there is no column to learn `{target}` from")
    whole = [name for name, column in columns.items() if column.date and not column.missing]
    return Description(
        dialect=dialect,
        rows=answer.rows,
        target=target,
        task=task or infer_task(answer),
        time=whole[0] if len(whole) == 1 else None,
        roles=roles,
        reasons={name: reason for name, (_, reason) in found.items()} | {target: answer.summary},
        parts={name: column.varying for name, column in columns.items() if column.date},
    )


def check_target(target: Column, path: Path) -> None:
    """Raise where a target has no rows, no values, one value, or names that do not come again."""
    if not target.rows:
        raise ProjectError(f"{path}: there are no rows below the header")
    if len(target.values) < 2:
        raise ProjectError(f"{path}: target `{target.name}` is {role(target)[1]}; choose another")
    if target.unlike and not target.numeric:
        raise ProjectError(f"{path}: target `{target.name}` {role(target)[1]}; choose another")
