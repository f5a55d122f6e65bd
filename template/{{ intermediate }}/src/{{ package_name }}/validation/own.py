"""What the owner says in `config/validation.yaml`: it goes before all that is derived."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from .. import configuration
from ..data import dataset
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from .limits import Limits, Rows, Strict, declared, fitting, overruled

FILE = "validation.yaml"


class Tolerance(Strict):
    """How far a table may be from the one that was good."""

    range: float = Field(default=0.5, ge=0)
    unseen: float = Field(default=0.01, ge=0, le=1)
    missing: float = Field(default=0.05, ge=0, le=1)
    rows: float = Field(default=2, ge=1)


class Said(Strict):
    """What `config/validation.yaml` says; each entry of `expectations` names one, and its keys."""

    tolerance: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    columns: dict[str, dict[str, Any]] = {}
    expectations: list[dict[str, dict[str, Any]]] = []


class Own(Strict):
    """What the owner says: the tolerance, and the limits that go before all others."""

    tolerance: Tolerance
    rows: Rows
    columns: dict[str, Limits]
    expectations: list[tuple[str, dict[str, Any]]]


def load(where: Settings) -> Own:
    """Return what the owner says.

    Raises:
        ProjectError: the file is missing, or a key or a value in it is wrong.
    """
    path = where.config / FILE
    said = configuration.parse(Said, configuration.read(path), path)
    for entry in said.expectations:
        if len(entry) != 1:
            form = "write one `expect_…: {column: …}` after each dash"
            raise ProjectError(f"{path}: `expectations`: {form}")
    return Own(
        tolerance=configuration.parse(Tolerance, said.tolerance, inside(path, "tolerance")),
        rows=configuration.parse(Rows, said.rows, inside(path, "rows")),
        columns={
            name: configuration.parse(Limits, told, inside(path, f"columns.{name}"))
            for name, told in said.columns.items()
        },
        expectations=[pair for entry in said.expectations for pair in entry.items()],
    )


def inside(path: Path, key: str) -> Path:
    """Return how a message names a place in a file."""
    return path.with_name(f"{path.name}, {key}")


def check_columns(own: Own, schema: Schema, present: list[str], path: Path) -> None:
    """Refuse limits on columns that nobody knows, and those that do not fit a role."""
    known = list(dict.fromkeys([*declared(schema), *present]))
    for column, limits in own.columns.items():
        if column not in known:
            close = configuration.nearest(column, known)
            raise ProjectError(f"{path}: `columns.{column}`: there is no such column; {close}")
        bounds = {limits.minimum, limits.maximum} - {None}
        dates = any(isinstance(bound, datetime) for bound in bounds)
        if bounds and dates != (column in schema.dates):
            kind = "dates" if column in schema.dates else "numbers"
            raise ProjectError(f"{path}: `columns.{column}`: its limits are {kind}")
        for key in limits.model_fields_set - fitting(schema, column):
            goes = "texts" if key == "categories" else "numbers and dates"
            raise ProjectError(f"{path}: `columns.{column}.{key}` is for columns of {goes}")


def rows_between(own: Own, learnt: int | None) -> Rows:
    """Return how many rows a table may have, where a good one had `learnt`."""
    times = own.tolerance.rows
    derived: dict[str, Any] = {"minimum": dataset.LEAST}
    if learnt is not None:
        least = max(dataset.LEAST, int(learnt / times))
        derived = {"minimum": least, "maximum": int(learnt * times)}
    return Rows(**overruled(derived, own.rows))
