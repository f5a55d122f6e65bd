"""Description: the role that each column of a table should have, and why."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ProjectError
from . import tables
from .conversion import text
from .dataset import require
from .dialect import Dialect, detect
from .notation import Notation, find_notation
from .profiling import FEW, Profile, count, profile, varying_parts
from .schema import ROLES, Schema

IDENTIFIER = r"(?i:(^|[_ .-])(id|key|uuid|index|nr|no)$|^(unnamed: |__index_level_)\d)|[a-z]I[dD]$"

YES = {"yes", "y", "true", "t", "1", "ja", "j", "oui", "si", "sí", "sim", "da", "positive"}


@dataclass(frozen=True)
class Description:
    """What a table looks like: its schema, and the reason for the role of each column."""

    schema: Schema
    reasons: dict[str, str]
    row_count: int

    def table(self) -> pd.DataFrame:
        """Return the role of each column and the reason for it, the target first."""
        roles = {name: role for role in ROLES for name in getattr(self.schema, role)}
        roles = {self.schema.target: f"target of a {self.schema.task}"} | roles
        return pd.DataFrame({"role": roles, "why": self.reasons}).loc[list(roles)]


def describe(
    path: Path, target: str, step: Callable[[str], None], day_first: bool | None = None
) -> Description:
    """Return what the columns of a table look like, and the role that each should have.

    Args:
        step: is told what happens, at the start of each of two steps.
        day_first: whether the day stands before the month, where no date tells.

    Raises:
        ProjectError: the file is no table, the target cannot be predicted, or a date may be two.
    """
    dialect = Dialect() if tables.is_parquet(path) else detect(path)
    require([target], tables.header(path, dialect), path)
    step("Read the table")
    rows = tables.read(path, replace(dialect, gaps=()), types="string[pyarrow]")
    step("Look at the columns")
    columns, notation = look(rows, dialect)
    check_target(columns[target], path)
    values = {"path": path.as_posix(), "target": target, **asdict(dialect)}
    values |= dict(zip(("decimal", "thousands"), notation, strict=True))
    dates = {name: each for name, each in columns.items() if each.kind == "dates"}
    columns |= {name: choose_format(column, day_first, path) for name, column in dates.items()}
    values["formats"] = {name: form for name in dates if (form := columns[name].formats[0])}
    full = [name for name, column in dates.items() if not column.gaps]
    values["time"] = full[0] if len(full) == 1 else None
    return choose_roles(columns, values)


def choose_roles(columns: dict[str, Profile], values: dict[str, Any]) -> Description:
    """Return what `values` say of a table together with the roles of its columns, and why."""
    answer = columns.pop(values["target"])
    choices = {name: choose_role(column) for name, column in columns.items()}
    reasons = {name: why for name, (_, why) in choices.items()} | {answer.name: answer.summary}
    for role in ROLES:
        values[role] = [name for name in columns if choices[name][0] == role]
    if not values["numeric"] + values["categorical"] + values["datetime"]:
        raise ProjectError(f"{values['path']}: there is no column to learn `{answer.name}` from")
    values["datetime"] = {name: varying_parts(columns[name]) for name in values["datetime"]}
    values["task"] = infer_task(answer)
    if len(answer.counts) == 2 and values["task"] == "classification":
        values["positive"], reasons["positive"] = choose_positive(answer)
    return Description(Schema.model_validate(values), reasons, answer.row_count)


def look(rows: pd.DataFrame, dialect: Dialect) -> tuple[dict[str, Profile], Notation]:
    """Return what each column looks like, which leaves the table, and how numbers are written."""
    counted = {str(name): count(rows.pop(str(name)), dialect.gaps) for name in list(rows)}
    values = [pd.Series(counts.index) for counts, _ in counted.values() if len(counts)]
    notation = find_notation([each for each in values if each.dtype == "string"], dialect.separator)
    return {name: profile(name, *counted[name], notation) for name in counted}, notation


def check_target(target: Profile, path: Path) -> None:
    """Raise where a target has no values, one value, or texts that name its rows."""
    many = target.nearly_unique or (target.hint and len(target.counts) > FEW)
    if len(target.counts) < 2 or (many and not target.numeric):
        reason = choose_role(target)[1]
        raise ProjectError(f"{path}: target `{target.name}` {reason}; choose another, or mend it")


def choose_format(column: Profile, day_first: bool | None, path: Path) -> Profile:
    """Return dates with one format; where the first number may be the day, as somebody said."""
    if len(column.formats) > 1 and day_first is None:
        open_ = f"`{column.name}` does not tell the day from the month"
        raise ProjectError(f"{path}: {open_}; say --day-first or --no-day-first")
    return replace(column, formats=[column.formats[0 if day_first else -1]])


def choose_positive(target: Profile) -> tuple[str, str]:
    """Return the class to look for, and why: the one that says so by its name, or the rarer."""
    often, rarer = (text(value) for value in target.counts.index)
    named = [name for name in (often, rarer) if name.lower() in YES]
    return (named[0], "by its name") if named else (rarer, "the rarer one")


def infer_task(target: Profile) -> str:
    """Return the task that a target asks for: fractions and many numbers are a regression."""
    many = target.numeric and len(target.counts) > FEW
    return "regression" if many or target.kind == "numbers" else "classification"


def choose_role(column: Profile) -> tuple[str, str]:
    """Return the role of a column as a feature, and the reason for it."""
    reason = column.hint or column.summary
    if len(column.counts) < 2:
        one = [f"is always {text(value)!r}" for value in column.counts.index]
        return "ignored", one[0] if one else "has no values"
    if sum(column.gaps.values()) > 0.95 * column.row_count:
        return "ignored", column.summary
    if column.nearly_unique and re.search(IDENTIFIER, column.name):
        return "identifier", f"names a row: {reason}"
    if column.numeric:
        return "numeric", f"{column.kind}: {reason}"
    if column.kind == "dates":
        return "datetime" if varying_parts(column) else "ignored", f"dates: {reason}"
    if column.nearly_unique:
        return "identifier", reason if column.hint else f"names a row, or is prose: {reason}"
    return "categorical", reason
