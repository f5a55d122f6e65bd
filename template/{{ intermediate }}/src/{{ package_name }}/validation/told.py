"""What the owner tells by the names of Great Expectations, checked before a row is read."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from great_expectations.expectations import registry
from great_expectations.expectations.expectation import Expectation

from .. import configuration
from ..data.schema import Schema
from ..errors import ProjectError
from .limits import declared
from .own import Own, inside
from .suite import Check

COLUMNS = ("column", "column_A", "column_B")
BESIDE = ("id", "meta", "notes", "rendered_content", "severity")  # keys that nobody writes
DOCUMENTED = "those of Great Expectations begin with `expect_column_` or `expect_table_`"


def checks(own: Own, schema: Schema, present: list[str], path: Path) -> Iterator[Check]:
    """Yield the checks that the owner tells; one whose column the table lacks is left out.

    Raises:
        ProjectError: there is no such expectation, column or key.
    """
    known = list(dict.fromkeys([*present, *declared(schema)]))
    for name, keys in own.expectations:
        place = inside(path, name)
        expectation = build(name, keys, place)
        columns = []
        if not name.startswith("expect_table"):  # these are about which columns there are
            columns += [keys[key] for key in COLUMNS if key in keys]
            columns += keys.get("column_list") or []
        for column in columns:
            if column not in known:
                close = configuration.nearest(column, known)
                raise ProjectError(f"{place}: there is no column `{column}`; {close}")
        if {*columns} <= {*present}:
            whole = "row_condition" in keys  # which may name other columns
            yield Check(() if whole else tuple(columns), expectation, own=True)


def build(name: str, keys: dict[str, Any], place: Path) -> Expectation:
    """Return an expectation, or say which name or key is wrong."""
    every = registry.list_registered_expectation_implementations()
    if name not in every:
        close = get_close_matches(name, every)
        remedy = f"did you mean `{close[0]}`?" if close else DOCUMENTED
        raise ProjectError(f"{place}: there is no such expectation; {remedy}")
    kind: Any = registry.get_expectation_impl(name)
    try:
        expectation: Expectation = kind(**keys)
    except (ValueError, TypeError) as error:
        known = [key for key in kind.__fields__ if key not in BESIDE]
        raise ProjectError(f"{place}: {explain(error, known)}") from error
    return expectation


def explain(error: Exception, known: list[str]) -> str:
    """Return the first thing that is wrong with the keys of an expectation, in one line."""
    details: list[dict[str, Any]] = getattr(error, "errors", list)()
    if not details:
        return " ".join(str(error).split())
    key, message = str(details[0]["loc"][0]), " ".join(str(details[0]["msg"]).split())
    if details[0]["type"] == "value_error.extra":
        return f"`{key}` is not a known key; {configuration.nearest(key, known)}"
    return message if key == "__root__" else f"`{key}`: {message}"
