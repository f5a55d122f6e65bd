"""The table: made whole or not at all, and only where something has changed."""

from dataclasses import dataclass
from pathlib import Path

from ..data import files, tables
from ..errors import ProjectError
from ..settings import Settings
from ..terminal import Step
from . import engine, log, sources
from .engine import Engine, Work
from .plan import Plan
from .rows import check_columns, counted, write
from .settings import EtlSettings
from .workspace import workspace

STEPS = 3


@dataclass(frozen=True)
class Outcome:
    """A table and its rows; `made` tells whether it had to be made."""

    path: Path
    rows: int
    made: bool


def make(plan: Plan, where: Settings, how: EtlSettings, step: Step) -> Outcome:
    """Make the table that `plan.table` describes, and a log beside it, unless it is up to date.

    Raises:
        ProjectError: a source, the SQL or a declared column is not as it must be.
    """
    target, start = where.root / plan.table.path, engine.choose(how.engine)
    with workspace(target) as folder:
        work = prepare(plan, where, how, folder, step)
        recipe, known = log.describe(plan, work), log.read(target)
        if known and known["recipe"] == recipe and known["sha256"] == log.digest(target):
            return Outcome(target, known["rows"], made=False)
        wanted = [*plan.table.features, *plan.table.dates, plan.table.target]
        counts = fill(target, start, plan, work, wanted, step)
        log.write(target, counts[plan.rows], counts, recipe)
    return Outcome(target, counts[plan.rows], made=True)


def join(plan: Plan, target: Path, where: Settings, how: EtlSettings, step: Step) -> Outcome:
    """Write a table for new rows to `target`: their answers need not be known.

    Raises:
        ProjectError: as `make` does, or `target` does not end in .parquet.
    """
    if not tables.is_parquet(target):
        raise ProjectError(f"{target}: choose a name that ends in .parquet")
    kept = [plan.table.path, *(source.path for source in plan.sources.values() if source.path)]
    if target.absolute() in [where.root / path for path in kept]:
        raise ProjectError(f"{target}: this is the table or a source of it; choose another name")
    start = engine.choose(how.engine)
    with workspace(target) as folder:
        work = prepare(plan, where, how, folder, step)
        counts = fill(target, start, plan, work, plan.table.features, step)
    return Outcome(target, counts[plan.rows], made=True)


def prepare(plan: Plan, where: Settings, how: EtlSettings, folder: Path, step: Step) -> Work:
    """Return what an engine needs."""
    step("Look at the sources")
    if not plan.sql.is_file():
        raise ProjectError(f"{plan.sql}: there is no such file; correct `sql` in config/etl.yaml")
    return Work(sources.stage(plan, where.root, folder), plan.rows, plan.sql, folder, how)


def fill(
    target: Path, start: Engine, plan: Plan, work: Work, wanted: list[str], step: Step
) -> dict[str, int]:
    """Write what the SQL gives to `target`, and return how many rows each source has."""
    step("Run the SQL")
    with files.replacing(target) as draft, start(work) as query:
        sql = statement(plan)
        check_columns(query(sql).schema.names, wanted, plan, work)
        counts = counted(query, work)
        tables.refuse_empty(work.inputs[plan.rows].path, counts[plan.rows])
        write(draft, sql, query, work, counts[plan.rows])
        step("Keep the table")
    return counts


def statement(plan: Plan) -> str:
    """Return the SQL as a query of its own, so that it can be nothing but one `select`."""
    told = plan.sql.read_text(encoding="utf-8").rstrip().rstrip(";")
    return f"select * from (\n{told}\n) as t"
