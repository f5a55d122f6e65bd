"""The plan: which sources and which SQL make the table, as `config/etl.yaml` says."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .. import configuration
from ..data import dialect, schema, tables
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings

FILE = "etl.yaml"

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
        if (self.path is None) == (self.url is None):
            raise ValueError("a source has a `path`, or else a `url`")
        if [self.table, self.query].count(None) != (2 if self.url is None else 1):
            raise ValueError("a `url` goes with either a `table` or a `query`, a `path` with none")
        return self


class Said(BaseModel):
    """What `config/etl.yaml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sql: str
    rows: Name
    sources: dict[Name, Source] = {}


@dataclass(frozen=True)
class Plan:
    """What the table is made of.

    `rows` names the source whose rows are those of the table, `dataset` describes that source,
    and `table` the outcome.
    """

    sql: Path
    rows: str
    sources: dict[str, Source]
    dataset: Schema
    table: Schema


def load(where: Settings) -> Plan:
    """Return the plan of a project.

    Raises:
        ProjectError: a file of the configuration is missing or wrong.
    """
    path = where.config / FILE
    said = configuration.parse(Said, configuration.read(path), path)
    dataset, table = (schema.load(where.config / f"{name}.yaml") for name in ("dataset", "table"))
    own = Source(path=dataset.path, separator=dataset.separator, encoding=dataset.encoding)
    return Plan(where.root / said.sql, said.rows, {said.rows: own, **said.sources}, dataset, table)


def replaced(plan: Plan, sources: Iterable[str]) -> Plan:
    """Return the plan with other tables in place of some sources, each told as `name=path`.

    Raises:
        ProjectError: there is no such source, or the file is not a table.
    """
    others = {}
    for told in sources:
        name, _, path = told.partition("=")
        if not path:
            raise ProjectError(f"--source {told}: write name=path, such as {plan.rows}=new.csv")
        if name not in plan.sources:
            close = configuration.nearest(name, list(plan.sources))
            raise ProjectError(f"--source {told}: there is no source `{name}`; {close}")
        others[name] = found(Path(path).absolute(), plan.sources[name].encoding)
    return replace(plan, sources={**plan.sources, **others})


def found(path: Path, encoding: str) -> Source:
    """Return a table of the owner as a source; how a CSV file is written is found out.

    Args:
        encoding: that of the source in whose place it comes.
    """
    if tables.is_parquet(path):
        return Source(path=str(path))
    written = dialect.detect(path, encoding)
    return Source(path=str(path), separator=written.separator, encoding=written.encoding)
