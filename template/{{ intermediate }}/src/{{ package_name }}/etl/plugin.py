"""What the ETL adds to the core: it knows how a table comes to be, and shows that one was made."""

import shlex
from pathlib import Path

from .. import settings, tracking
from ..settings import Settings
from . import plan


def remedy(table: Path, lacks: list[str]) -> str | None:
    """Return which command makes a table, or gives new rows the columns that the SQL joins."""
    where = settings.load()
    if not (where.config / plan.FILE).is_file():
        return None
    said = plan.load(where)
    if table.absolute() == (where.root / said.table.path).absolute():
        return "`just etl` makes it"
    joined = {*said.table.features} - {*said.dataset.features}
    if not lacks or not joined.issuperset(lacks):
        return None
    output = table.with_name(f"{table.stem}.parquet")
    new = output if output != table else table.with_name(f"{table.stem}-joined.parquet")
    source, target = shlex.quote(f"{said.rows}={table}"), shlex.quote(str(new))
    return f"`just etl --source {source} --output {target}` joins it"


def learnt(where: Settings) -> str | None:
    """Return the evidence that models have learnt from two tables that the SQL made."""
    if not (where.config / plan.FILE).is_file():
        return None
    path = plan.load(where).table.path
    runs = tracking.finished_runs(where)
    hashes = {run.data.tags["data.sha256"] for run in runs if run.data.tags["data.path"] == path}
    return f"models of {len(hashes)} tables" if len(hashes) > 1 else None


evidence = {"tables": learnt}
