"""The suite: the expectations on a table, each with the columns that it has to see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from great_expectations.expectations import registry
from great_expectations.expectations.expectation import Expectation

from ..data.schema import Schema
from . import reference
from .limits import Limits, declared
from .own import Own, rows_between
from .reference import Reference


@dataclass(frozen=True)
class Check:
    """An expectation, and the columns that it has to see; without any, the whole table."""

    columns: tuple[str, ...]
    expectation: Expectation
    own: bool = False


def derive(
    schema: Schema, present: list[str], shown: Reference | None, own: Own
) -> Iterator[Check]:
    """Yield what the schema, the reference and the owner's limits expect of a table."""
    rows = rows_between(own, shown.rows if shown else None)
    if rows.minimum is not None or rows.maximum is not None:
        count = expect("table_row_count_to_be_between", **between(rows.minimum, rows.maximum))
        yield Check((present[0],), count, bool(own.rows.model_fields_set))
    for column in dict.fromkeys([*declared(schema), *own.columns]):
        if column not in present:
            continue
        said = own.columns.get(column, Limits()).model_fields_set
        strict = column == schema.target or "categories" in said
        unseen = 0 if strict else own.tolerance.unseen
        bounds = reference.limits(column, schema, shown, own).model_dump()
        for keys, expectation in expected(column, bounds, unseen):
            yield Check((column,), expectation, bool(keys & said))
    if schema.target in present:
        several = "column_unique_value_count_to_be_between"
        yield Check((schema.target,), expect(several, column=schema.target, min_value=2))


def expected(
    column: str, limits: dict[str, Any], unseen: float
) -> Iterator[tuple[set[str], Expectation]]:
    """Yield the expectations that limits are, each with the keys that it comes from."""
    if limits["missing"] is not None and limits["missing"] < 1:
        known = round(1 - limits["missing"], 6)
        yield {"missing"}, expect("column_values_to_not_be_null", column=column, mostly=known)
    low, high = limits["minimum"], limits["maximum"]
    if low is not None or high is not None:
        bounds = {"column": column, **between(low, high)}
        yield {"minimum", "maximum"}, expect("column_values_to_be_between", **bounds)
    if limits["categories"] is not None:
        among = {"value_set": list(limits["categories"]), "mostly": round(1 - unseen, 6)}
        yield {"categories"}, expect("column_values_to_be_in_set", column=column, **among)
    if limits["unique"]:
        yield {"unique"}, expect("column_values_to_be_unique", column=column)


def between(low: Any, high: Any) -> dict[str, Any]:
    """Return limits under the names that they have in Great Expectations."""
    return {"min_value": low, "max_value": high}


def expect(name: str, **keys: Any) -> Expectation:
    """Return an expectation of Great Expectations by its name, without `expect_`."""
    kind: Any = registry.get_expectation_impl(f"expect_{name}")
    expectation: Expectation = kind(**keys)
    return expectation
