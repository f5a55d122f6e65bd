"""The schema of the data: which columns a dataset has, and what each of them is for."""

from collections import Counter
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from .. import configuration
from ..errors import ProjectError
from .dialect import GAPS, Dialect

Part = Literal["year", "quarter", "month", "day", "dayofweek", "hour", "minute"]
DESCRIBE = "describe your data first: `just describe data.csv --target column`"
FORMS = {"datetime": (dict, "`column: [parts]` lines")}
ROLES = ("numeric", "categorical", "datetime", "identifier", "ignored")


class Schema(BaseModel, extra="forbid", frozen=True, use_attribute_docstrings=True):
    """What a dataset file says. A model is logged with its schema, and is used by it."""

    path: str
    """The table, as seen from the project's folder: CSV, or Parquet by its suffix."""
    target: str
    """The column to predict."""
    task: Literal["classification", "regression"]
    """Whether the target is one of some classes, or a number."""
    positive: str | None = None
    """Of two classes, the one to look for; else the last in the alphabet."""
    time: str | None = None
    """A date by which rows are split: the newest are held out. Without it, any are."""
    entity: str | None = None
    """The column that says whom or what a row is about; nothing reads it yet."""
    rows: int | None = Field(default=None, ge=20)
    """How many rows to draw, equal ones for equal seeds; without it, all are taken."""
    separator: str = Field(default=",", min_length=1, max_length=1)
    """The character between the cells of a line."""
    encoding: str = "utf-8"
    """The encoding of the file, by its name in Python, such as `cp1252`."""
    gaps: tuple[str, ...] = GAPS
    """Cells that say nothing. A row whose target is one is left out."""
    decimal: Literal[".", ","] = "."
    """What stands before the fraction of a number."""
    thousands: str | None = Field(default=None, min_length=1, max_length=1)
    """What stands between groups of three digits, where something does."""
    formats: dict[str, str] = {}
    """How dates are written, such as `%d/%m/%Y`; those of other columns are like `2026-05-31`."""
    numeric: tuple[str, ...] = ()
    """Features that are numbers."""
    categorical: tuple[str, ...] = ()
    """Features that are words or codes."""
    datetime: dict[str, tuple[Part, ...]] = {}
    """Features that are dates, each with the parts that the model sees."""
    identifier: tuple[str, ...] = ()
    """Columns that name a row or a thing; no features."""
    ignored: tuple[str, ...] = ()
    """Columns to leave out: those that give the answer away, for instance."""

    @model_validator(mode="after")
    def check_roles(self) -> "Schema":
        """Refuse a column with two roles, and a dataset without features."""
        named = Counter([self.target, *(name for role in ROLES for name in getattr(self, role))])
        if repeated := [column for column, count in named.items() if count > 1]:
            raise ValueError(f"column `{repeated[0]}` has two roles; name each column once")
        if self.time in (self.target, *self.numeric, *self.categorical):
            raise ValueError(f"column `{self.time}` is the time; list it under datetime or ignored")
        if not self.features:
            raise ValueError(f"no features are named; {DESCRIBE}")
        return self

    @property
    def dialect(self) -> Dialect:
        """How the cells of the file are told apart, if it is CSV."""
        return Dialect(self.encoding, self.separator, self.gaps)

    @property
    def features(self) -> list[str]:
        """The columns that the model sees, in the order in which it sees them."""
        return [*self.numeric, *self.categorical, *self.datetime]

    @property
    def numbers(self) -> list[str]:
        """The columns that hold a number, the target of a regression among them."""
        return [*self.numeric, *([self.target] if self.task == "regression" else [])]

    @property
    def dates(self) -> list[str]:
        """The columns that hold a date or a time."""
        return list(dict.fromkeys([*self.datetime, *([self.time] if self.time else [])]))


def load(path: Path) -> Schema:
    """Return the schema of a dataset file together with those that it extends.

    Raises:
        ProjectError: a file is missing or wrong, or the files extend each other in a circle.
    """
    return configuration.parse(Schema, resolve(path), path)


def resolve(path: Path, extending: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return the values of a dataset file, united with those of the file that it extends."""
    if path.resolve() in extending:
        circle = " -> ".join(each.name for each in (*extending, path))
        raise ProjectError(f"{path}: `extends` goes in a circle: {circle}")
    values = configuration.read(path)
    for key in ("drop", *ROLES):
        kind, form = FORMS.get(key, (list, "a list of columns"))
        if not isinstance(values.get(key) or kind(), kind):
            raise ProjectError(f"{path}: `{key}` should be {form}, not {values[key]!r}")
    if base := values.pop("extends", None):
        return unite(resolve(path.parent / str(base), (*extending, path.resolve())), values)
    return unite({}, values)


def unite(base: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` over `base`: roles are united, and the columns of `drop` leave them."""
    drop = set(values.pop("drop", None) or [])
    united = base | values
    for role in ROLES:
        inherited, added = base.get(role) or {}, values.get(role) or {}
        united[role] = [name for name in (*inherited, *added) if name not in drop]
    dates = {**(base.get("datetime") or {}), **(values.get("datetime") or {})}
    united["datetime"] = {name: dates[name] for name in united["datetime"]}
    return united


def find(folder: Path) -> Path:
    """Return the dataset file that no other one in `folder` extends.

    Raises:
        ProjectError: there is none, or there are several to choose from.
    """
    start = folder / "dataset.yaml"
    if not start.is_file():
        raise ProjectError(f"{start}: there is no such file; {DESCRIBE}")
    bases = {path: configuration.read(path).get("extends") for path in folder.glob("*.yaml")}
    extended = {Path(str(base)).name for base in bases.values() if base}
    chain = sorted(path for path, base in bases.items() if base or path == start)
    ends = [path for path in chain if path.name not in extended]
    if len(ends) != 1:
        choice = ", ".join(path.name for path in ends or chain)
        raise ProjectError(f"{folder}: choose one of {choice} with --dataset")
    return ends[0]
