"""The plan: which sources and which SQL make the table, as `config/etl.yaml` says."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from .. import configuration
from ..data import schema, tables
from ..data.dialect import GAPS, Dialect, detect
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings

FILE = "etl.yaml"
ROW = "_row"  # the column that numbers the rows of the dataset, from 1 on

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class Source(BaseModel, extra="forbid", frozen=True):
    """Where a table comes from: a file, or a table or a query of a database."""

    path: str | None = None
    separator: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    gaps: tuple[str, ...] = GAPS
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


class Plan(BaseModel, extra="forbid", frozen=True):
    """What the table is made of.

    `rows` names the source whose rows are those of the table, `dataset` describes that source,
    and `table` the outcome.
    """

    sql: Path
    rows: Name
    sources: dict[Name, Source] = {}
    dataset: Schema
    table: Schema


def load(where: Settings) -> Plan:
    """Return the plan of a project.

    Raises:
        ProjectError: a file of the configuration is missing or wrong.
    """
    path = where.config / FILE
    described = {name: schema.load(where.config / f"{name}.yaml") for name in ("dataset", "table")}
    plan = configuration.parse(Plan, {**configuration.read(path), **described}, path)
    rows = Source(**plan.dataset.model_dump(include={"path", "separator", "encoding", "gaps"}))
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
        if not path or name not in plan.sources:
            raise ProjectError(f"--source {source}: give name=path, of {', '.join(plan.sources)}")
        file, before = Path(path).absolute(), plan.sources[name]
        found = Dialect() if tables.is_parquet(file) else detect(file, before.encoding)
        how = {"separator": found.separator, "encoding": found.encoding}
        new[name] = Source(path=str(file), gaps=before.gaps, **how)
    return plan.model_copy(update={"sources": {**plan.sources, **new}})


def check_columns(given: list[str], wanted: list[str], present: list[str], plan: Plan) -> None:
    """Refuse SQL that lacks a column, or gives one that nobody has declared.

    What the dataset has and nobody speaks of is left alone, as it is without ETL.

    Args:
        given: the columns that the SQL gives.
        wanted: the columns that must be among them.
        present: the columns of the dataset, and `_row`.
    """
    roles = {name for role in schema.ROLES for name in getattr(plan.table, role)}
    if ROW not in given:
        remedy = f"select {plan.rows}.*, or name {plan.rows}.{ROW} beside your columns"
        raise ProjectError(f"{plan.sql}: the number of the row, `{ROW}`, is lost; {remedy}")
    if lacks := [name for name in wanted if name not in given]:
        reason = f"as config/ declares; {configuration.nearest(lacks[0], given)}"
        raise ProjectError(f"{plan.sql}: gives no column `{lacks[0]}`, {reason}")
    if unknown := [name for name in given if name not in {*present, *roles, plan.table.target}]:
        remedy = "give it a role in config/table.yaml, or leave it out of the SQL"
        raise ProjectError(f"{plan.sql}: no file declares the column `{unknown[0]}`; {remedy}")
