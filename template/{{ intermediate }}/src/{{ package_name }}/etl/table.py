"""The table: each row of the dataset once and in order, made whole or not at all, and logged."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow
from pyarrow import parquet

from ..data import files, tables
from ..errors import ProjectError
from ..settings import Settings
from ..terminal import Step
from ..tracking.provenance import fingerprint
from . import engine, sources
from .engine import EtlSettings, Query, Refused
from .plan import ROW, Plan, check_columns

STEPS = 2


@dataclass(frozen=True)
class Outcome:
    """A table and its rows; `made` tells whether it had to be made."""

    path: Path
    rows: int
    made: bool


def make(
    plan: Plan, where: Settings, how: EtlSettings, step: Step, output: Path | None = None
) -> Outcome:
    """Make the table that `plan.table` describes, and a log beside it, unless it is up to date.

    Args:
        output: where a table of new rows goes; it has no log, and answers need not be known.

    Raises:
        ProjectError: a source, the SQL or a declared column is not as it must be.
    """
    table, answers = where.root / plan.table.path, [*plan.table.dates, plan.table.target]
    target, lock = output or table, output or table.with_suffix(".json")
    refuse_to_replace(output, table, plan, where.root)
    with files.replacing(lock) as draft, workspace(target) as name:
        step("Look at the sources")
        folder, every = Path(name), plan.sources.items()
        paths = {name: sources.fetch(name, source, where.root, folder) for name, source in every}
        recipe, log, made = describe(plan, paths, how), read_log(table), folder / "made"
        current = log.get("recipe") == recipe
        if output or not current:
            step("Run the SQL")
            wanted = [*plan.table.features, *([] if output else answers)]
            counts = fill(made, plan, paths, wanted, how)
            log = {"rows": counts[plan.rows], "of": counts, "sha256": fingerprint(made)}
            os.replace(made, draft if output else table)
        if not output:
            draft.write_text(json.dumps({**log, "recipe": recipe}, indent=2) + "\n", "utf-8")
    return Outcome(target, log["rows"], bool(output) or not current)


def refuse_to_replace(output: Path | None, table: Path, plan: Plan, root: Path) -> None:
    """Raise where a table of new rows would replace the table or a source, or is no Parquet."""
    taken = [table, *(root / source.path for source in plan.sources.values() if source.path)]
    if output and (not tables.is_parquet(output) or output.absolute() in taken):
        raise ProjectError(f"{output}: name a .parquet file, neither the table nor a source")


def workspace(target: Path) -> TemporaryDirectory[str]:
    """Return a new folder beside `target`; what a run that was killed has left there goes."""
    place, prefix = target.absolute().parent, f".{target.name}.making-"
    for left in place.glob(f"{prefix}*"):
        shutil.rmtree(left)
    return TemporaryDirectory(prefix=prefix, dir=place)


def fill(
    target: Path, plan: Plan, paths: dict[str, Path], wanted: list[str], how: EtlSettings
) -> dict[str, int]:
    """Write what the SQL gives to `target`, and return how many rows each source has."""
    run, sql = engine.choose(how.engine), plan.sql.read_text(encoding="utf-8").rstrip().rstrip(";")
    read, counts = {name: target.with_name(f"{name}.read") for name in paths}, {}
    for name, path in paths.items():
        counts[name] = sources.convert(path, plan.sources[name], read[name], name == plan.rows)
    tables.refuse_empty(paths[plan.rows], counts[plan.rows])
    try:
        with run(read, target.parent, how) as query:
            given = query(f"select * from ({sql}\n) as t limit 0").schema.names
            check_columns(given, wanted, parquet.read_schema(read[plan.rows]).names, plan)
            check_rows(query, sql, plan, counts[plan.rows])
            write(target, query(f"select * from ({sql}\n) as t order by {ROW}"))
    except Refused as error:
        raise ProjectError(f"{plan.sql}: {error}") from error
    return counts


def check_rows(query: Query, sql: str, plan: Plan, count: int) -> None:
    """Refuse SQL that does not give each of the `count` rows of the dataset once."""
    figures = f"count(*) as given, count({ROW}) as known, count(distinct {ROW}) as different"
    [found] = query(f"select {figures} from ({sql}\n) as t").read_all().to_pylist()
    if set(found.values()) != {count}:
        has = f"`{plan.rows}` has {count:,} rows"
        gives = f"the SQL gives {found['different']:,} of them in {found['given']:,} rows"
        raise ProjectError(f"{plan.sql}: {has}; {gives}; use a left join, on what is unique")


def write(draft: Path, rows: pyarrow.RecordBatchReader) -> None:
    """Write rows without their numbers, in types that do not depend on the engine."""
    kept = [field.with_type(widen(field.type)) for field in rows.schema if field.name != ROW]
    with parquet.ParquetWriter(draft, pyarrow.schema(kept)) as writer:
        for batch in rows:
            writer.write_batch(batch.drop_columns([ROW]).cast(writer.schema))


def widen(given: pyarrow.DataType) -> pyarrow.DataType:
    """Return the type of a column in the table: how wide a number is differs between engines."""
    decimal = pyarrow.types.is_decimal(given)
    if pyarrow.types.is_integer(given) or (decimal and given.scale == 0):
        return pyarrow.int64()
    return pyarrow.float64() if pyarrow.types.is_floating(given) or decimal else given


def describe(plan: Plan, paths: dict[str, Path], how: EtlSettings) -> dict[str, Any]:
    """Return what the table depends on: if this is as it was, so is the table."""
    code = [path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
    texts = "\n".join([plan.model_dump_json(), plan.sql.read_text("utf-8"), *code])
    config = hashlib.sha256(texts.encode()).hexdigest()
    hashes = {name: fingerprint(path) for name, path in paths.items() if path.is_file()}
    return {"engine": how.engine, "config": config, "sources": hashes}


def read_log(table: Path) -> dict[str, Any]:
    """Return the log of a table, nothing where it is not that of the table as it is now."""
    try:
        log = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
        return dict(log) if log["sha256"] == fingerprint(table) else {}
    except (OSError, ValueError, TypeError, LookupError):
        return {}
