"""The plan: which sources and which SQL make the table, as `config/etl.yaml` says."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .. import configuration
from ..data import dialect, schema, tables
from ..data.dialect import Dialect
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
        of_file = [self.url, self.table, self.query] == [None] * 3
        of_database = self.url is not None and [self.table, self.query].count(None) == 1
        if of_file == (self.path is None) or of_database == (self.path is not None):
            raise ValueError("a source has a `path`, or else a `url` and a `table` or a `query`")
        return self

    @property
    def dialect(self) -> Dialect:
        """How the cells of a CSV file are written; numbers stay texts."""
        return Dialect(self.encoding, self.separator)


class Recipe(BaseModel):
    """What `config/etl.yaml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sql: str
    rows: Name
    sources: dict[Name, Source] = {}


@dataclass(frozen=True)
class Plan:
    """What the table is made of.

    `rows` names the source whose rows are those of the table, `dataset` describes that source,
    and `table` the outcome, in which the columns `wanted` must be.
    """

    sql: Path
    rows: str
    sources: dict[str, Source]
    dataset: Schema
    table: Schema
    wanted: list[str]

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
    recipe = configuration.parse(Recipe, configuration.read(path), path)
    if not (where.root / recipe.sql).is_file():
        raise ProjectError(f"{path}: there is no `sql` in {where.root / recipe.sql}; correct it")
    dataset, table = (schema.load(where.config / f"{name}.yaml") for name in ("dataset", "table"))
    rows = Source(path=dataset.path, separator=dataset.separator, encoding=dataset.encoding)
    sources = {recipe.rows: rows, **recipe.sources}
    wanted = [*table.features, *table.dates, table.target]
    return Plan(where.root / recipe.sql, recipe.rows, sources, dataset, table, wanted)


def replaced(plan: Plan, sources: Iterable[str]) -> Plan:
    """Return the plan for new rows: other tables, each as `name=path`, and no answers.

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
    return replace(plan, sources={**plan.sources, **new}, wanted=plan.table.features)
