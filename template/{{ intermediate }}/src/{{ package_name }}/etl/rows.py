"""Rows: each row of the dataset stays one row, in its place, with the columns that are declared."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow
from pyarrow import parquet

from .. import configuration
from ..data.schema import ROLES, Schema
from ..errors import ProjectError
from .engine import ROW, Query, Work
from .plan import Plan

REMEDY = "give it a role in config/table.yaml, or leave it out of the SQL"


class Disordered(Exception):
    """The rows do not come as the dataset has them."""


def check_columns(names: list[str], wanted: list[str], plan: Plan, work: Work) -> None:
    """Refuse a table that lacks a column, or has one that nobody has declared.

    What the dataset has and nobody speaks of is left alone, as it is without ETL.

    Args:
        names: the columns that the SQL gives.
        wanted: the columns that must be among them.
    """
    dataset, given = work.inputs[plan.rows], [name for name in names if name != ROW]
    if given == names:
        kept = f"select {plan.rows}.*, or {plan.rows}.{ROW} beside the columns that you name"
        raise ProjectError(f"{work.sql}: the number of the row, `{ROW}`, is lost; {kept}")
    for name in wanted:
        if name not in given:
            own = name in columns(plan.dataset) and name not in dataset.columns
            who = f"{dataset.origin} has" if own else f"{work.sql}: the SQL gives"
            close = configuration.nearest(name, dataset.columns if own else given)
            raise ProjectError(f"{who} no column `{name}`, which config/ declares; {close}")
    declared = {*columns(plan.table), *dataset.columns}
    for name, times in Counter(given).items():
        if times > 1:
            raise ProjectError(f"{work.sql}: the SQL gives `{name}` twice; leave one out")
        if name not in declared:
            raise ProjectError(f"{work.sql}: no file declares the column `{name}`; {REMEDY}")


def columns(schema: Schema) -> set[str]:
    """Return every column that a schema names."""
    return {schema.target, *(column for role in ROLES for column in getattr(schema, role))}


def counted(query: Query, work: Work) -> dict[str, int]:
    """Return how many rows each source has."""
    return {name: figure(query, f"select count(*) as n from {name}") for name in work.inputs}


def write(draft: Path, sql: str, query: Query, work: Work, count: int) -> None:
    """Write the rows that the SQL gives, `count` of them, as many as the dataset has.

    An engine keeps the rows in their order where it can, which costs nothing. Where it has not,
    they are sorted.

    Raises:
        ProjectError: the SQL drops a row, or gives one several times.
    """
    try:
        stream(draft, query(sql), count)
    except Disordered:
        check_numbers(sql, query, work, count)
        stream(draft, query(f"{sql} order by {ROW}"), count)


def stream(draft: Path, rows: pyarrow.RecordBatchReader, count: int) -> None:
    """Write rows without their numbers, which must be 1 to `count`."""
    place = rows.schema.get_field_index(ROW)
    written = 0
    kept = [field.with_type(kind(field.type)) for field in rows.schema.remove(place)]
    with parquet.ParquetWriter(draft, pyarrow.schema(kept)) as writer:
        for batch in rows:
            numbers = batch.column(place).to_numpy(zero_copy_only=False)
            if not np.array_equal(numbers, np.arange(written + 1, written + len(numbers) + 1)):
                raise Disordered
            writer.write_batch(batch.drop_columns([ROW]).cast(writer.schema))
            written += len(numbers)
    if written != count:
        raise Disordered


def kind(given: pyarrow.DataType) -> pyarrow.DataType:
    """Return the type of a column in the table: how wide a number is differs between engines."""
    decimal = pyarrow.types.is_decimal(given)
    if pyarrow.types.is_integer(given) or (decimal and given.scale == 0):
        return pyarrow.int64()
    return pyarrow.float64() if pyarrow.types.is_floating(given) or decimal else given


def check_numbers(sql: str, query: Query, work: Work, count: int) -> None:
    """Raise where the rows that the SQL gives are not those of the dataset, each once."""
    numbers = f"(select {ROW} as r from ({sql}) as t) as t"
    given = figure(query, f"select count(*) as n from {numbers}")
    known = figure(query, f"select count(r) as n from {numbers}")
    different = figure(query, f"select count(distinct r) as n from {numbers}")
    what = f"{work.sql}: `{work.rows}` has {count:,} rows, and the SQL"
    if different < count:
        raise ProjectError(f"{what} loses {count - different:,} of them; use a left join")
    if known < given:
        raise ProjectError(f"{what} adds {given - known:,} that are none of them; use a left join")
    if given > different:
        twice = f"(select r from {numbers} group by r having count(*) > 1) as t"
        first = figure(query, f"select min(r) as n from {twice}")
        more = f"gives {given:,}, row {first:,} more than once; join on what is unique"
        raise ProjectError(f"{what} {more}")


def figure(query: Query, sql: str) -> int:
    """Return the only figure that a query gives."""
    return int(query(sql).read_all()["n"][0].as_py())
