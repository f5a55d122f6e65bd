"""The check: a suite run on all rows of a table, its result and its page."""

import json
from pathlib import Path
from textwrap import shorten
from typing import Any

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult as Result
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaSectionView

from ..data import conversion, dataset, files, tables
from ..data.schema import Schema

FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 10}
HEAD = """<!doctype html><meta charset="utf-8"><title>Validation</title><style>
body { font: 16px/1.5 sans-serif; max-width: 75rem; margin: auto } .text-danger { color: #c00 }
table { width: 100%; border-collapse: collapse } th, td { text-align: left; vertical-align: top }
td { border-top: 1px solid #ccc } [data-toggle=collapse], .collapse { display: none }
.fa-check-circle::before { content: "✔" } .fa-times::before { content: "✘" }</style>"""


def read(schema: Schema, path: Path, suite: gx.ExpectationSuite | None) -> pd.DataFrame:
    """Return all rows of the columns that have a role, typed by it, or that a suite names.

    A column without a role is of numbers, if all of its cells are.

    Raises:
        ProjectError: The table, a column or a value is not as the schema says.
    """
    present, named = tables.header(path, schema.dialect), str(suite or "")
    dataset.require([schema.target, *schema.features, *schema.dates], present, path)
    roles = {schema.target, *schema.features, *schema.dates, *schema.identifier}
    every = "expect_table_column" in named  # which is about which columns there are
    others = [name for name in present if every or json.dumps(name)[1:-1] in named]
    rows = dataset.load(schema, path, present)
    rows = rows[[name for name in present if name in roles or name in others]]
    typed = conversion.convert(rows, schema, path)
    for name in {*others} - roles:
        cells = rows[name].astype(object)
        numbers = conversion.parse_numbers(cells, schema.decimal, schema.thousands)
        if numbers.count() == rows[name].count():
            typed[name] = numbers
    return typed


def run(suite: gx.ExpectationSuite, rows: pd.DataFrame) -> Result:
    """Return what Great Expectations finds in these rows."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("project").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": rows})
    result: Result = batch.validate(suite, result_format=FORMAT)
    for each in result.results:
        if isinstance(seen := each.result.get("observed_value"), np.generic):
            each.result["observed_value"] = seen.item()  # the page knows Python's numbers only
        for problem in problems(each.exception_info):  # some hold a whole column
            message = shorten(problem["exception_message"], 300)
            problem.update(exception_message=message, exception_traceback="")
    return result


def problems(info: dict[str, Any]) -> list[dict[str, Any]]:
    """Return why an expectation could not be judged; Great Expectations says it in two forms."""
    each = [info] if "raised_exception" in info else info.values()
    return [problem for problem in each if problem["raised_exception"]]


def write(result: Result, folder: Path) -> None:
    """Write a result, and its page, which needs nothing from elsewhere."""
    view, page = DefaultJinjaSectionView(), ValidationResultsPageRenderer().render(result)
    parts = [{"section": part.to_json_dict(), "section_loop": {}} for part in page.sections]
    with files.replacing(folder / "index.html") as draft:
        draft.write_text("\n".join([HEAD, *map(view.render, parts)]), encoding="utf-8")
    found: Any = result.to_json_dict()  # type: ignore[no-untyped-call]
    with files.replacing(folder / "result.json") as draft:
        draft.write_text(json.dumps(found, indent=2, default=lambda number: number.item()))
