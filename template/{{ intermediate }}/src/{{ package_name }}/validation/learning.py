"""Learning: what a table that is good, and its schema, let us expect of the next one."""

# mypy: disable-error-code="attr-defined"

from collections.abc import Iterator
from math import ceil, floor, log10

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from ..data.dataset import LEAST
from ..data.schema import Schema
from . import relations

ROOM = 0.5  # how far numbers may lie outside of those that were seen, as a share of their span
QUANTILES = [0.05, 0.5, 0.95]  # each may move by ROOM of the span between the outer two
UNSEEN = 0.01  # the share of rows that may have a new category; no row may have a new class
MANY = 200  # categories, beyond which they are not listed


def learn(rows: pd.DataFrame, schema: Schema) -> ExpectationSuite:
    """Return what is expected of a table like `rows`, which are typed by their roles."""
    found = [*expect_rows(rows, schema)]
    for column in dict.fromkeys([schema.target, *schema.dates, *schema.features]):
        found += expect_column(column, rows[column], schema)
    found += [*relations.expect_order(rows, schema), *relations.expect_means(rows, schema)]
    return ExpectationSuite(name=schema.path, expectations=found)


def expect_rows(rows: pd.DataFrame, schema: Schema) -> Iterator[Expectation]:
    """Yield how many rows there may be, and which columns tell them apart, if any do."""
    least, most = max(LEAST, len(rows) // 2), ceil(len(rows) * 1.5)
    yield gxe.ExpectTableRowCountToBeBetween(min_value=least, max_value=most)
    names = [name for name in schema.identifier if name in rows]
    unique = [name for name in names if rows[name].is_unique]
    yield from (gxe.ExpectColumnValuesToBeUnique(column=name) for name in unique)
    dated = list(dict.fromkeys([*names, *schema.dates]))
    keys = [] if unique else [dated, [*dated, *schema.categorical]]
    whole = (key for key in keys if len(key) > 1 and not rows.duplicated(key).any())
    if key := next(whole, None):
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=key)


def expect_column(column: str, cells: pd.Series, schema: Schema) -> Iterator[Expectation]:
    """Yield what is expected of a column, by its role and what it holds."""
    known = cells.notna().mean()
    gaps = 0 if known == 1 else min(max(0.05, known * (1 - known) / 2), known / 2)
    yield gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=floor(1e3 * (known - gaps)) / 1e3)
    if known and column in schema.numbers:
        yield from expect_numbers(column, cells)
    elif known and column not in schema.dates:
        yield from expect_categories(column, cells, 0 if column == schema.target else UNSEEN)


def expect_numbers(column: str, cells: pd.Series) -> Iterator[Expectation]:
    """Yield the range of a column, and where most of it lies; none is negative if none was."""
    low, high = cells.min(), cells.max()
    span = high - low or abs(high) or 1

    def around(value: float, room: float) -> list[float]:
        ends = value - room, value + room
        return [round(max(0, end) if low >= 0 else end, 3 - floor(log10(span))) for end in ends]

    least, most = around(low, ROOM * span)[0], around(high, ROOM * span)[1]
    yield gxe.ExpectColumnValuesToBeBetween(column=column, min_value=least, max_value=most)
    middle = [float(value) for value in cells.quantile(QUANTILES)]
    room = max(ROOM * (middle[-1] - middle[0]), span / 10)
    limits = {"quantiles": QUANTILES, "value_ranges": [around(value, room) for value in middle]}
    yield gxe.ExpectColumnQuantileValuesToBeBetween(column=column, quantile_ranges=limits)


def expect_categories(column: str, cells: pd.Series, unseen: float) -> Iterator[Expectation]:
    """Yield which categories there are, and which of them must not vanish."""
    every = cells.value_counts().sort_index()
    counts = every[every > 0]
    common = counts[counts >= max(30, len(cells) // 1000)]  # a rare one may well be missing
    if len(counts) <= MANY:
        values = list(counts.index)
        yield gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values, mostly=1 - unseen)
        if len(common):
            seen = list(common.index)
            yield gxe.ExpectColumnDistinctValuesToContainSet(column=column, value_set=seen)
