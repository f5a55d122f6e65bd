"""What the ETL adds to the core: how a table comes to be, and what it was made of."""

import shlex
from pathlib import Path

from .. import configuration, settings
from ..data import schema, tables
from ..data.schema import Schema
from . import plan

EXAMPLE = Path("data/raw/flights.csv")


def run_started(run_id: str, schema: Schema) -> None:
    """Tag a run that learns from the table with the dataset whose rows these are."""
    import mlflow

    found = load(settings.load())
    if found and schema.path == found.table.path:
        mlflow.set_tag("data.of", found.dataset.path)


def load(where: settings.Settings) -> plan.Plan | None:
    """Return the plan of a project, if it has one."""
    return plan.load(where) if (where.config / plan.FILE).is_file() else None


def remedy(table: Path, lacks: list[str]) -> str | None:
    """Return which command makes a table, or gives new rows the columns that the SQL joins."""
    where = settings.load()
    if (found := load(where)) is None:
        return None
    if table.absolute() == (where.root / found.table.path).absolute():
        return "`just etl` makes it"
    if not lacks or not set(lacks) <= {*found.table.features} - {*found.dataset.features}:
        return None
    output = table.with_name(f"{table.stem}{'-joined' * tables.is_parquet(table)}.parquet")
    source, target = shlex.quote(f"{found.rows}={table}"), shlex.quote(str(output))
    return f"`just etl --source {source} --output {target}` joins it"


def advice(where: settings.Settings) -> str | None:
    """Return what to do where the SQL is still the example's, and the rows are the owner's own."""
    path = where.config / plan.FILE
    if not path.is_file() or configuration.read(path).get("rows") != EXAMPLE.stem:
        return None
    own = schema.load(where.config / "dataset.yaml").path != EXAMPLE.as_posix()
    return "`just own-data` leaves the example's joins; then `just etl`." if own else None


def learnt(where: settings.Settings) -> str | None:
    """Return the evidence that models have learnt from two tables that the SQL made."""
    from ..tracking import runs

    table = found.table.path if (found := load(where)) else None
    tags = [run.data.tags for run in runs.finished_runs(where)]
    hashes = {each["data.sha256"] for each in tags if each["data.path"] == table}
    return f"models of {len(hashes)} tables" if len(hashes) > 1 else None


evidence = {"tables": learnt}
