"""Description: the role that each column of a table should have, and why."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ProjectError
from . import tables
from .dataset import require
from .dialect import Dialect, detect
from .profiling import FEW, Profile, profile
from .schema import ROLES, Schema

IDENTIFIER = re.compile(r"(?i:(^|[_ .-])(id|key|uuid|index|nr|no)$|^unnamed: \d+$)|[a-z]I[dD]$")


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


def describe(path: Path, target: str, step: Callable[[str], None]) -> Description:
    """Return what the columns of a table look like, and the role that each should have.

    Args:
        step: is told what happens, at the start of each of two steps.

    Raises:
        ProjectError: the file is no table, or the target cannot be predicted.
    """
    dialect = Dialect() if tables.is_parquet(path) else detect(path)
    names = tables.header(path, dialect)
    require([target], names, path)
    step("Read the table")
    rows = tables.read(path, dialect, texts=set())
    step("Look at the columns")
    columns = {name: profile(rows.pop(name)) for name in names}
    answer = columns.pop(target)
    check_target(answer, path)
    choices = {name: choose_role(column) for name, column in columns.items()}
    roles: dict[str, Any] = {
        role: [name for name in columns if choices[name][0] == role] for role in ROLES
    }
    if not roles["numeric"] + roles["categorical"] + roles["datetime"]:
        raise ProjectError(f"{path}: there is no column to learn `{target}` from")
    roles["datetime"] = {name: columns[name].date_parts for name in roles["datetime"]}
    dates = [name for name, each in columns.items() if each.kind == "dates" and not each.gap_count]
    values = asdict(dialect) | roles | {"path": path.as_posix(), "target": target}
    values |= {"task": infer_task(answer), "time": dates[0] if len(dates) == 1 else None}
    reasons = {name: reason for name, (_, reason) in choices.items()} | {target: answer.summary}
    return Description(Schema.model_validate(values), reasons, answer.row_count)


def check_target(target: Profile, path: Path) -> None:
    """Raise where a target has no values, one value, or texts that name its rows."""
    if target.value_count < 2 or (target.nearly_unique and not target.numeric):
        reason = choose_role(target)[1]
        raise ProjectError(f"{path}: target `{target.name}` {reason}; choose another")


def infer_task(target: Profile) -> str:
    """Return the task that a target asks for: fractions and many numbers are a regression."""
    many = target.numeric and target.value_count > FEW
    return "regression" if many or target.kind == "numbers" else "classification"


def choose_role(column: Profile) -> tuple[str, str]:
    """Return the role of a column as a feature, and the reason for it."""
    if column.value_count == 0:
        return "ignored", "has no values"
    if column.value_count == 1:
        return "ignored", f"is always {column.first!r}"
    if column.gap_count > 0.95 * column.row_count:
        return "ignored", column.summary
    if column.nearly_unique and IDENTIFIER.search(column.name):
        return "identifier", f"names a row: {column.summary}"
    if column.numeric:
        return "numeric", f"{column.kind}: {column.summary}"
    if column.kind == "dates":
        return "datetime" if column.date_parts else "ignored", f"dates: {column.summary}"
    if column.nearly_unique:
        return "identifier", f"names a row, or is prose: {column.summary}"
    return "categorical", column.summary
