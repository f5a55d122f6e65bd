"""Description: the role that each column of a table should have, and why."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import ProjectError
from ..terminal import Advance
from . import tables
from .dataset import require
from .dialect import Dialect, detect
from .profiling import FEW, Column

IDENTIFIER = re.compile(r"(?i:(^|[_ .-])(id|key|uuid|index|nr|no)$|^unnamed: \d+$)|[a-z]I[dD]$")


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
    dialect = Dialect() if tables.is_parquet(path) else detect(path)
    columns = look(path, dialect, target, advance)
    answer = columns.pop(target)
    check_target(answer, task, path)
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


def look(path: Path, dialect: Dialect, target: str, advance: Advance) -> dict[str, Column]:
    """Return what each column looks like, found out batch by batch."""
    names = tables.header(path, dialect)
    require([target], names, path)
    columns = {name: Column(name, dialect.decimal) for name in names}
    for rows, share in tables.batches(path, dialect):
        for name, column in columns.items():
            column.see(rows[name].astype("string").fillna("").astype(object))
        advance(share)
    return columns


def check_target(target: Column, task: str | None, path: Path) -> None:
    """Raise where a target has no values, one value, or texts that a task cannot answer with."""
    if len(target.values) < 2:
        raise ProjectError(f"{path}: target `{target.name}` {role(target)[1]}; choose another")
    if task == "regression" and not target.numeric:
        raise ProjectError(f"{path}: target `{target.name}` holds texts, a regression numbers")
    if target.unlike and not target.numeric:
        raise ProjectError(f"{path}: target `{target.name}` {role(target)[1]}; choose another")
