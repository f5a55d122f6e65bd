"""The plan: which sources and which SQL make the table, as `config/etl.yaml` says."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .. import configuration
from ..data import dialect, schema, tables
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings

FILE = "etl.yaml"
EXAMPLE = Path("data/raw/flights.csv")
OWN_DATA = "`just own-data` leaves what the example joins to its flights; then `just etl`"

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class Source(BaseModel):
    """Where a table comes from: a file, or a table or a query of a database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str | None = None
    separator: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    url: str | None = None
    table: str | None = None
    query: str | None = None

    @model_validator(mode="after")
    def check_kind(self) -> "Source":
        """Refuse what is both a file and a database, or neither."""
        lacks = self.path is None, self.url is None, [self.table, self.query].count(None)
        if lacks not in [(False, True, 2), (True, False, 1)]:
            raise ValueError("a source has a `path`, or else a `url` and a `table` or a `query`")
        return self


class Plan(BaseModel):
    """What the table is made of.

    `rows` names the source whose rows are those of the table, `dataset` describes that source,
    and `table` the outcome.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sql: Path
    rows: Name
    sources: dict[Name, Source] = {}
    dataset: Schema
    table: Schema

    def advice(self) -> str:
        """Return what to do where the SQL is still the example's, and the rows are not."""
        left = self.rows == EXAMPLE.stem and self.dataset.path != EXAMPLE.as_posix()
        return OWN_DATA if left else ""


def load(where: Settings) -> Plan:
    """Return the plan of a project.

    Raises:
        ProjectError: a file of the configuration is missing or wrong.
    """
    path = where.config / FILE
    values = configuration.read(path)
    dataset, table = (schema.load(where.config / f"{name}.yaml") for name in ("dataset", "table"))
    plan = configuration.parse(Plan, {**values, "dataset": dataset, "table": table}, path)
    rows = Source(path=dataset.path, separator=dataset.separator, encoding=dataset.encoding)
    sources, sql = {plan.rows: rows, **plan.sources}, where.root / plan.sql
    if not sql.is_file():
        raise ProjectError(f"{sql}: there is no such file; correct `sql` in {path}")
    return plan.model_copy(update={"sources": sources, "sql": sql})


def replaced(plan: Plan, sources: Iterable[str]) -> Plan:
    """Return the plan with other tables in place of some sources, each as `name=path`.

    How a CSV file is written is found out.

    Raises:
        ProjectError: there is no such source, or the file is not a table.
    """
    new = {}
    for source in sources:
        name, _, path = source.partition("=")
        if not path:
            raise ProjectError(f"--source {source}: write name=path, such as {plan.rows}=new.csv")
        if name not in plan.sources:
            close = configuration.nearest(name, list(plan.sources))
            raise ProjectError(f"--source {source}: there is no source `{name}`; {close}")
        new[name] = Source(path=str(Path(path).absolute()))
        if not tables.is_parquet(Path(path)):
            found = dialect.detect(Path(path), plan.sources[name].encoding)
            how = {"separator": found.separator, "encoding": found.encoding}
            new[name] = new[name].model_copy(update=how)
    return plan.model_copy(update={"sources": {**plan.sources, **new}})
