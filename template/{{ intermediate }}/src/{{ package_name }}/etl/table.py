"""The table: made whole or not at all, and only where something has changed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import output, provenance, tables
from ..errors import ProjectError
from ..settings import Settings
from ..terminal import Step
from . import engine, sources
from .engine import Work
from .plan import Plan
from .rows import check_columns, counted, write
from .settings import EtlSettings
from .workspace import workspace

STEPS = 3
KEYS = {"rows", "of", "sha256", "recipe"}  # of a log


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
    target = where.root / plan.table.path
    with workspace(target) as folder:
        work = prepare(plan, where, how, folder, step)
        recipe = describe(plan, work)
        known = read_log(target)
        if known and known["recipe"] == recipe and known["sha256"] == digest(target):
            return Outcome(target, known["rows"], made=False)
        wanted = [*plan.table.features, *plan.table.dates, plan.table.target]
        counts = fill(target, plan, work, wanted, step)
        rows = counts[plan.rows]
        write_log(target, {"rows": rows, "of": counts, "sha256": digest(target), "recipe": recipe})
    return Outcome(target, rows, made=True)


def join(plan: Plan, target: Path, where: Settings, how: EtlSettings, step: Step) -> Outcome:
    """Write a table for new rows to `target`: their answers need not be known.

    Raises:
        ProjectError: as `make` does, or `target` does not end in .parquet.
    """
    if not tables.is_parquet(target):
        raise ProjectError(f"{target}: choose a name that ends in .parquet")
    with workspace(target) as folder:
        work = prepare(plan, where, how, folder, step)
        counts = fill(target, plan, work, plan.table.features, step)
    return Outcome(target, counts[plan.rows], made=True)


def prepare(plan: Plan, where: Settings, how: EtlSettings, folder: Path, step: Step) -> Work:
    """Return what an engine needs."""
    step("Look at the sources")
    if not plan.sql.is_file():
        raise ProjectError(f"{plan.sql}: there is no such file; correct `sql` in config/etl.yaml")
    return Work(sources.stage(plan, where.root, folder), plan.rows, plan.sql, folder, how)


def fill(target: Path, plan: Plan, work: Work, wanted: list[str], step: Step) -> dict[str, int]:
    """Write what the SQL gives to `target`, and return how many rows each source has."""
    step("Run the SQL")
    start = engine.choose(work.settings.engine)
    with output.unfinished(target) as draft, start(work) as query:
        sql = (
            f"select * from (\n{plan.sql.read_text(encoding='utf-8').rstrip().rstrip(';')}\n) as t"
        )
        check_columns(query(sql).schema.names, wanted, plan, work)
        counts = counted(query, work)
        tables.refuse_empty(work.inputs[plan.rows].path, counts[plan.rows])
        write(draft, sql, query, work, counts[plan.rows])
        step("Keep the table")
    return counts


def describe(plan: Plan, work: Work) -> dict[str, Any]:
    """Return what the table depends on: if this is as it was, so is the table."""
    said = [plan.rows, plan.dataset.model_dump_json(), plan.table.model_dump_json()]
    return {
        "config": hashlib.sha256("\n".join(said).encode()).hexdigest(),
        "sql": provenance.fingerprint(plan.sql),
        "sources": {name: source.sha256 for name, source in work.inputs.items()},
    }


def log_of(target: Path) -> Path:
    """Return where the log of a table is."""
    return target.with_suffix(".json")


def read_log(target: Path) -> dict[str, Any]:
    """Return the log of a table, nothing where there is none that can be read."""
    try:
        found = json.loads(log_of(target).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and KEYS <= found.keys() else {}


def write_log(target: Path, log: dict[str, Any]) -> None:
    """Write the log of a table beside it."""
    with output.unfinished(log_of(target)) as draft:
        draft.write_text(json.dumps(log, indent=2) + "\n", encoding="utf-8")


def digest(target: Path) -> str:
    """Return the hash of a table, nothing where it is missing."""
    return provenance.fingerprint(target) if target.is_file() else ""
