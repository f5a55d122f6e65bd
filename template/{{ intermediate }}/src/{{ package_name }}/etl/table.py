"""The table: each row of the dataset once and in order, made whole or not at all, and logged."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from ..configuration import nearest
from ..data import files, tables
from ..data.schema import ROLES
from ..errors import ProjectError
from ..settings import Settings
from ..terminal import Step
from ..tracking.provenance import fingerprint
from . import engine, sources
from .engine import Query, Refused
from .plan import Plan
from .settings import EtlSettings
from .sources import ROW

STEPS = 2


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
    with files.replacing(target.with_suffix(".json")) as draft, workspace(target) as folder:
        step("Look at the sources")
        paths = fetch(plan, where.root, folder)
        recipe, log = describe(plan, paths, how), read_log(target)
        made = recipe != log.get("recipe") or log.get("sha256") != digest(target)
        if made:
            step("Run the SQL")
            with files.replacing(target) as table:
                counts = fill(table, plan, paths, folder, how)
            log = {"rows": counts[plan.rows], "of": counts, "sha256": digest(target)}
        draft.write_text(json.dumps({**log, "recipe": recipe}, indent=2) + "\n", encoding="utf-8")
    return Outcome(target, log["rows"], made)


def join(plan: Plan, target: Path, where: Settings, how: EtlSettings, step: Step) -> Outcome:
    """Write a table for new rows to `target`: their answers need not be known.

    Raises:
        ProjectError: as `make` does, or `target` is no new Parquet file.
    """
    taken = [plan.table.path, *(source.path for source in plan.sources.values() if source.path)]
    if not tables.is_parquet(target) or target.absolute() in [where.root / path for path in taken]:
        remedy = "choose a name that ends in .parquet, and is neither the table nor a source"
        raise ProjectError(f"{target}: {remedy}")
    with files.replacing(target) as draft, workspace(target) as folder:
        step("Look at the sources")
        paths = fetch(plan, where.root, folder)
        step("Run the SQL")
        counts = fill(draft, plan, paths, folder, how)
    return Outcome(target, counts[plan.rows], made=True)


@contextmanager
def workspace(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target`; what a run that was killed has left there goes."""
    folder = target.absolute().with_name(f".{target.name}.making")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def fetch(plan: Plan, root: Path, folder: Path) -> dict[str, Path]:
    """Return where each source lies on this disk."""
    return {name: sources.fetch(name, each, root, folder) for name, each in plan.sources.items()}


def fill(
    target: Path, plan: Plan, paths: dict[str, Path], folder: Path, how: EtlSettings
) -> dict[str, int]:
    """Write what the SQL gives to `target`, and return how many rows each source has."""
    run, sql = engine.choose(how.engine), plan.sql.read_text(encoding="utf-8").rstrip().rstrip(";")
    read = {name: folder / f"{name}.read" for name in paths}
    counts = {
        name: sources.convert(path, plan.sources[name], read[name], numbered=name == plan.rows)
        for name, path in paths.items()
    }
    tables.refuse_empty(paths[plan.rows], counts[plan.rows])
    try:
        with run(read, folder, how) as query:
            given = query(f"select * from ({sql}\n) as t limit 0").schema.names
            check_columns(given, parquet.read_schema(read[plan.rows]).names, plan)
            check_rows(query, sql, plan, counts[plan.rows])
            write(target, query(f"select * from ({sql}\n) as t order by {ROW}"))
    except Refused as error:
        raise ProjectError(
            "; ".join(filter(None, [f"{plan.sql}: {error}", plan.advice()]))
        ) from error
    return counts


def check_columns(given: list[str], present: list[str], plan: Plan) -> None:
    """Refuse SQL that lacks a column, or gives one that nobody has declared.

    What the dataset has and nobody speaks of is left alone, as it is without ETL.

    Args:
        given: the columns that the SQL gives.
        present: the columns of the dataset, and `_row`.
    """
    roles = [name for role in ROLES for name in getattr(plan.table, role)]
    declared = {*present, *roles, plan.table.target}
    if ROW not in given:
        remedy = f"select {plan.rows}.*, or name {plan.rows}.{ROW} beside your columns"
        raise ProjectError(f"{plan.sql}: the number of the row, `{ROW}`, is lost; {remedy}")
    for name in plan.wanted:
        if name not in given:
            close = nearest(name, given)
            raise ProjectError(
                f"{plan.sql}: gives no column `{name}`, as config/ declares; {close}"
            )
    for name in given:
        if name not in declared:
            remedy = "give it a role in config/table.yaml, or leave it out of the SQL"
            raise ProjectError(f"{plan.sql}: no file declares the column `{name}`; {remedy}")


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
    texts = [plan.rows, plan.dataset.model_dump_json(), plan.table.model_dump_json()]
    texts += [f"{each.separator} {each.encoding}" for each in plan.sources.values()]
    texts += [path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
    return {
        "engine": how.engine,
        "config": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        "sql": digest(plan.sql),
        "sources": {name: digest(path) for name, path in paths.items()},
    }


def digest(path: Path) -> str:
    """Return the hash of a file, nothing where it is missing."""
    return fingerprint(path) if path.is_file() else ""


def read_log(table: Path) -> dict[str, Any]:
    """Return the log of a table, nothing where there is none that can be read."""
    try:
        return dict(json.loads(table.with_suffix(".json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
