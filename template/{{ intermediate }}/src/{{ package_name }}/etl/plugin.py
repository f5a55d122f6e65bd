"""What the ETL adds to the core: how a table comes to be, and what it was made of."""

import shlex
import sys
from pathlib import Path

from .. import configuration, settings
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from . import log, plan

EXAMPLE = Path("data/raw/flights.csv")
FILES = (plan.FILE, "dataset.yaml")


class Origin:
    """Tags a run that learns from the table with the dataset whose rows these are."""

    def started(self, run_id: str, schema: Schema) -> None:
        """Tag a run that begins, and warn where its table is not what `just etl` would make."""
        import mlflow

        where = settings.load()
        if not (where.config / plan.FILE).is_file():
            return
        said = plan.load(where)
        if schema.path == said.table.path:
            mlflow.set_tag("data.of", said.dataset.path)
            for path in log.changed(said, where.root):
                print(f"warning: {path} has changed; `just etl` makes the table", file=sys.stderr)

    def finished(self, run_id: str) -> None:
        """Leave a run alone that has its model."""

    def failed(self, run_id: str, error: BaseException) -> None:
        """Leave a run alone that has none."""


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


def advice(where: Settings) -> str | None:
    """Return what to do where the SQL is still the example's, and the rows are the owner's own."""
    try:
        etl, dataset = (configuration.read(where.config / name) for name in FILES)
    except ProjectError:  # other commands say what is wrong there
        return None
    if etl.get("rows") != EXAMPLE.stem or dataset.get("path") == EXAMPLE.as_posix():
        return None
    return "`just own-data` leaves what the example joins to its flights; then `just etl`."


def learnt(where: Settings) -> str | None:
    """Return the evidence that models have learnt from two tables that the SQL made."""
    from ..tracking import runs

    if not (where.config / plan.FILE).is_file():
        return None
    path = plan.load(where).table.path
    found = runs.finished_runs(where)
    hashes = {run.data.tags["data.sha256"] for run in found if run.data.tags["data.path"] == path}
    return f"models of {len(hashes)} tables" if len(hashes) > 1 else None


observer = Origin()
evidence = {"tables": learnt}
