"""The reference: what a table showed that somebody has looked at and found good."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from .. import configuration
from ..data import files
from ..data.schema import Schema
from ..settings import Settings
from ..tracking import provenance
from .cells import Cells
from .limits import Limits, Strict, by_role, declared, fitting, overruled
from .own import Own

FILE = "reference.yaml"
MANY = 200  # different texts, from which on they are no categories to be listed
HEAD = """# What a good table showed, as `just validate --learn` found it. Your own limits go into
# validation.yaml. In Git, the changes of this file show how the data has changed.
"""


class Reference(Strict):
    """What `config/reference.yaml` says: the table it comes from, its rows, and its columns."""

    table: str
    sha256: str
    rows: int
    columns: dict[str, Limits] = {}


def load(where: Settings) -> Reference | None:
    """Return the reference of a project, if there is one."""
    path = where.config / FILE
    if not path.is_file():
        return None
    return configuration.parse(Reference, configuration.read(path), path)


def learn(cells: Cells, schema: Schema) -> Iterator[tuple[str, Limits]]:
    """Yield each declared column of a table, with what it holds."""
    for column in declared(schema):
        if column in cells.present:
            yield column, Limits(**facts(cells.typed([column])[column], schema))


def facts(values: pd.Series, schema: Schema) -> dict[str, Any]:
    """Return what a column holds, as limits that its role can have."""
    share = ceil(values.isna().mean() * 10**6) / 10**6  # or this very table would not pass
    found: dict[str, Any] = {"missing": share}
    known = values.dropna()
    if values.name in schema.numbers and len(known):
        found.update(minimum=float(known.min()), maximum=float(known.max()))
    if isinstance(values.dtype, pd.CategoricalDtype):
        different = sorted(known.unique())
        if values.name in schema.identifier:
            found["unique"] = len(different) == len(known) > 1
        elif len(different) <= MANY:
            found["categories"] = different
    return found


def describe(cells: Cells, schema: Schema, columns: dict[str, Limits]) -> Reference:
    """Return the reference that a table is, with its `columns` as they were learnt."""
    digest = provenance.fingerprint(cells.path)
    return Reference(table=schema.path, sha256=digest, rows=cells.rows, columns=columns)


def write(reference: Reference, where: Settings) -> Path:
    """Write a reference to the configuration, and return where it is."""
    path = where.config / FILE
    said = reference.model_dump(mode="json", exclude_unset=True)
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)
    with files.replacing(path) as draft:
        draft.write_text(HEAD + text, encoding="utf-8")
    return path


def limits(column: str, schema: Schema, reference: Reference | None, own: Own) -> Limits:
    """Return what a column may hold: by its role, as the reference shows, as the owner says."""
    shown = reference.columns.get(column, Limits()) if reference else Limits()
    learnt = {key: value for key, value in widened(shown, own).items() if value is not None}
    fixed = by_role(schema, column)
    if fixed.get("missing") == 0:
        learnt.pop("missing", None)
    kept = {key: value for key, value in learnt.items() if key in fitting(schema, column)}
    return Limits(**overruled({**fixed, **kept}, own.columns.get(column, Limits())))


def widened(shown: Limits, own: Own) -> dict[str, Any]:
    """Return what the reference shows, with the tolerance."""
    found = shown.model_dump()
    low, high = shown.minimum, shown.maximum
    if isinstance(low, float) and isinstance(high, float):
        room = (high - low) * own.tolerance.range
        found.update(minimum=low - room, maximum=high + room)
    if shown.missing is not None:
        some = (1 - shown.missing) / 2  # where there were values, a table without any fails
        more = shown.missing + min(own.tolerance.missing, some)
        found["missing"] = more if some else None
    return found
