"""What the ETL adds to the core: how a table comes to be, and what it was made of."""

import shlex
from pathlib import Path

from .. import settings
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from . import plan
from .plan import Plan


class Origin:
    """Tags a run that learns from the table with the dataset whose rows these are."""

    def started(self, run_id: str, schema: Schema) -> None:
        """Tag a run that begins."""
        import mlflow

        found = load(settings.load())
        if found and schema.path == found.table.path:
            mlflow.set_tag("data.of", found.dataset.path)

    def finished(self, run_id: str) -> None:
        """Leave a run alone that has its model."""

    def failed(self, run_id: str, error: BaseException) -> None:
        """Leave a run alone that has none."""


def load(where: Settings) -> Plan | None:
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
    output = table.with_name(f"{table.stem}.parquet")
    new = output if output != table else table.with_name(f"{table.stem}-joined.parquet")
    source, target = shlex.quote(f"{found.rows}={table}"), shlex.quote(str(new))
    return f"`just etl --source {source} --output {target}` joins it"


def advice(where: Settings) -> str | None:
    """Return what to do where the SQL is still the example's, and the rows are the owner's own."""
    try:
        found = load(where)
    except ProjectError:  # other commands say what is wrong there
        return None
    return f"{plan.OWN_DATA}." if found and found.advice() else None


def learnt(where: Settings) -> str | None:
    """Return the evidence that models have learnt from two tables that the SQL made."""
    from ..tracking import runs

    if (found := load(where)) is None:
        return None
    tags = [run.data.tags for run in runs.finished_runs(where)]
    hashes = {each["data.sha256"] for each in tags if each["data.path"] == found.table.path}
    return f"models of {len(hashes)} tables" if len(hashes) > 1 else None


observer = Origin()
evidence = {"tables": learnt}
