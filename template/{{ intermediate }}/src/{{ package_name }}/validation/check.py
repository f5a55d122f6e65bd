"""The check: which expectations hold for a table, and what breaks the others."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
)

from ..data import tables
from ..data.schema import Schema
from ..errors import ProjectError
from ..terminal import Advance
from .cells import Cells
from .limits import declared
from .suite import Check

SAMPLE = 5  # values
SEEN = 100  # unexpected cells, among which a sample is taken
FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": SEEN}


@dataclass(frozen=True)
class Finding:
    """Whether an expectation held; if not, how many rows break it, and values that do.

    Where no row does, `found` is what the table has in place of what is expected.
    """

    column: str
    expectation: str
    limits: str
    held: bool
    rows: int | None = None
    sample: list[str] = field(default_factory=list)
    found: str = ""
    own: bool = False

    def __str__(self) -> str:
        """Return the finding as a line."""
        limits = f" ({self.limits})" if self.limits else ""
        rows = "" if self.rows is None else f", {self.rows:,} row{'s' * (self.rows != 1)}"
        sample = f", such as {', '.join(self.sample)}" if self.sample else ""
        found = f", found {self.found}" if self.found else ""
        return f"{self.column or '(the table)'}: {self.expectation}{limits}{rows}{sample}{found}"


def look(cells: Cells, schema: Schema) -> Iterator[Finding]:
    """Yield whether the columns exist, and hold what their roles say."""
    ignorable = {*schema.identifier} - {*schema.dates}
    for column in declared(schema):
        if column not in cells.present:
            if column not in ignorable:
                yield Finding(column, "expect_column_to_exist", "", held=False)
            continue
        if column in (*schema.numbers, *schema.dates):
            unfit = cells.unfit(column)
            kind = "date" if column in schema.dates else "finite number"
            name = "expect_column_values_to_be_of_type"
            held = unfit.empty
            yield Finding(column, name, kind, held, None if held else len(unfit), some(unfit))


def run(checks: Iterable[Check], cells: Cells, advance: Advance, path: Path) -> Iterator[Finding]:
    """Yield what comes of each check; those that see the same columns are made together.

    Raises:
        ProjectError: an expectation cannot be judged on this table; `path` is where it is told.
    """
    groups: dict[tuple[str, ...], list[Check]] = defaultdict(list)
    for each in checks:
        groups[each.columns].append(each)
    batches = source()
    for number, (columns, group) in enumerate(groups.items(), start=1):
        frame = cells.typed(columns or cells.present)
        for each in group:
            yield judge(each, batches.get_batch({"dataframe": frame}), path)
        advance(number / len(groups))


def source() -> Any:
    """Return what makes batches of frames, in a context that writes nothing and asks nobody."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    config = DataContextConfig(store_backend_defaults=stores, analytics_enabled=False)
    context = gx.get_context(project_config=config, mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("project").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("columns")


def judge(check: Check, batch: Any, path: Path) -> Finding:
    """Return what Great Expectations finds."""
    found = batch.validate(check.expectation, result_format=FORMAT).to_json_dict()
    name, keys = found["expectation_config"]["type"], found["expectation_config"]["kwargs"]
    whole = name.startswith("expect_table")
    columns = "" if whole else ", ".join(check.columns) or str(keys.get("column", ""))
    if problem := raised(found["exception_info"]):
        what = f"`{columns}`" if columns else "the table"
        raise ProjectError(f"{path}, {name}: {what} cannot be judged by it: {problem}")
    if found["success"]:
        return Finding(columns, name, shown(keys), held=True, own=check.own)
    result = found["result"]
    sample = some(result.get("partial_unexpected_list") or [])
    observed = result.get("observed_value")
    instead = "" if sample or observed is None else brief(observed)
    count = result.get("unexpected_count")
    return Finding(columns, name, shown(keys), False, count, sample, instead, check.own)


def raised(info: dict[str, Any]) -> str:
    """Return what went wrong in Great Expectations, in one line; it says so in two forms."""
    each = [info] if "raised_exception" in info else list(info.values())
    messages = [one["exception_message"] for one in each if one.get("raised_exception")]
    return " ".join(str(messages[0]).split()) if messages else ""


def shown(keys: dict[str, Any]) -> str:
    """Return the limits that an expectation has, for people."""
    kept = {
        key: value
        for key, value in keys.items()
        if key not in ("batch_id", "column", "column_A", "column_B", "column_list")
    }
    return ", ".join(f"{key} {brief(value)}" for key, value in kept.items())


def brief(value: Any) -> str:
    """Return a value in few words."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        more = f" and {len(value) - SAMPLE} more" if len(value) > SAMPLE else ""
        return " ".join(map(str, value[:SAMPLE])) + more
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def some(cells: Iterable[Any]) -> list[str]:
    """Return a few different values, as texts."""
    texts = dict.fromkeys(brief(cell) for cell in cells)
    return [text for text in texts if text not in tables.MISSING][:SAMPLE]
