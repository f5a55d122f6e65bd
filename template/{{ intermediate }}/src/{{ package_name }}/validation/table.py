"""The validation of a table: what is expected of it, what is found, what it may teach."""

from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from ..terminal import Advance
from ..tracking.provenance import fingerprint
from . import check, outcome, own, reference, suite, told
from .cells import Cells
from .outcome import Outcome
from .own import Own
from .reference import Reference


def validate(schema: Schema, where: Settings, advance: Advance) -> Outcome:
    """Return what is found of the table that `schema` describes, and keep it with its page.

    Raises:
        ProjectError: the table cannot be read, or the configuration is wrong.
    """
    outcome.forget(where)
    said, shown = own.load(where), reference.load(where)
    cells = open_table(schema, said, where)
    return judged(cells, schema, said, shown, where, advance)


def learn(schema: Schema, where: Settings, advance: Advance) -> Outcome:
    """Make the table the reference, if it holds what the schema and the owner expect.

    Raises:
        ProjectError: as `validate` does.
    """
    outcome.forget(where)
    said = own.load(where)
    cells = open_table(schema, said, where)
    columns = dict(reference.learn(cells, schema))
    shown = reference.describe(cells, schema, columns)
    found = judged(cells, schema, said, shown, where, advance)
    if not found.failed:
        reference.write(shown, where)
    return found


def open_table(schema: Schema, said: Own, where: Settings) -> Cells:
    """Return the cells of the table, where the owner's limits are on columns that it has."""
    cells = Cells(schema, where.root / schema.path)
    own.check_columns(said, schema, cells.present, where.config / own.FILE)
    return cells


def judged(
    cells: Cells,
    schema: Schema,
    said: Own,
    shown: Reference | None,
    where: Settings,
    advance: Advance,
) -> Outcome:
    """Return what is found of a table, and keep it."""
    path, digest = where.config / own.FILE, fingerprint(cells.path)
    checks = [
        *suite.derive(schema, cells.present, shown, said),
        *told.checks(said, schema, cells.present, path),
    ]
    findings = [*check.look(cells, schema), *check.run(checks, cells, advance, path)]
    findings.sort(key=lambda each: each.column != "")
    learnt = f"{reference.FILE}: {shown.rows:,} rows of {shown.table}" if shown else None
    found = Outcome(schema.path, digest, cells.rows, learnt, findings)
    outcome.write(found, where)
    return found


def refuse(found: Outcome, learning: bool) -> None:
    """Raise where a table does not hold what is expected of it."""
    if found.failed:
        names = list(dict.fromkeys(f"`{each.column}`" for each in found.failed if each.column))
        more = f" in {', '.join(names[:5])}" if names else ""
        good = "" if learning or not found.reference else "; if it is good: `just validate --learn`"
        remedy = f"mend it, or say in config/validation.yaml what may be{good}"
        count = f"{len(found.failed)} of {len(found.findings)} expectations failed{more}"
        raise ProjectError(f"{found.table}: {count}; {remedy}")
