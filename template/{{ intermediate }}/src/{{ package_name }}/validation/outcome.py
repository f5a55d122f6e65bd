"""The outcome: what a validation found, kept beside its page, and for whom it still counts."""

import json
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ..data import files
from ..errors import ProjectError
from ..settings import Settings
from .check import Finding

KEYS = {"table", "sha256", "held", "failed", "own"}
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 75rem; margin: 2rem auto }}
table {{ border-collapse: collapse }} th, td {{ padding: .2rem 1rem; text-align: left }}
tr + tr {{ border-top: 1px solid #ccc }} tr.failed {{ background: #fdd }}
</style>
<h1>{title}</h1>
<p>{what}</p>
<table>
{rows}
</table>
</html>
"""
HEADER = ("", "column", "expectation", "limits", "rows", "found")


@dataclass(frozen=True)
class Outcome:
    """What was found of a table; `reference` tells what its limits are derived from."""

    table: str
    sha256: str
    rows: int
    reference: str | None
    findings: list[Finding]

    @property
    def failed(self) -> list[Finding]:
        """What did not hold."""
        return [each for each in self.findings if not each.held]

    def summary(self) -> dict[str, Any]:
        """Return everything, as JSON can hold it."""
        own = sum(each.own for each in self.findings)
        counts = {"held": len(self.findings) - len(self.failed), "failed": len(self.failed)}
        return {**asdict(self), **counts, "own": own}

    def by_column(self) -> pd.DataFrame:
        """Return how many expectations held and failed, a row a column."""
        found = pd.DataFrame({"column": self.columns, "held": [f.held for f in self.findings]})
        groups = found.groupby("column", sort=False)["held"]
        return pd.DataFrame({"held": groups.sum(), "failed": groups.count() - groups.sum()})

    @property
    def columns(self) -> list[str]:
        """The column of each finding."""
        return [each.column or "(the table)" for each in self.findings]


def folder(where: Settings) -> Path:
    """Return where outcomes are."""
    return where.root / "reports" / "validation"


def forget(where: Settings) -> None:
    """Take away the last outcome: what comes next may fail before there is another."""
    path = folder(where) / "result.json"
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ProjectError(f"{path}: cannot be replaced: {error.strerror}") from error


def write(outcome: Outcome, where: Settings) -> Path:
    """Write an outcome and its page, and return where the page is."""
    page = folder(where) / "index.html"
    with files.replacing(page) as draft:
        draft.write_text(draw(outcome), encoding="utf-8")
    with files.replacing(folder(where) / "result.json") as draft:
        draft.write_text(json.dumps(outcome.summary(), indent=2) + "\n", encoding="utf-8")
    return page


def read(where: Settings) -> dict[str, Any]:
    """Return the last outcome, nothing where there is none that can be read."""
    try:
        found = json.loads((folder(where) / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and KEYS <= found.keys() else {}


def draw(outcome: Outcome) -> str:
    """Return the page of an outcome, which needs nothing from elsewhere."""
    counts = outcome.summary()
    title = f"{outcome.table}: {counts['failed']} failed, {counts['held']} held"
    learnt = outcome.reference or "no reference: ranges and categories were not checked"
    what = f"{outcome.rows:,} rows, SHA-256 {outcome.sha256}; {learnt}"
    ordered = sorted(outcome.findings, key=lambda each: each.held)
    rows = "\n".join([line("th", HEADER), *map(row, ordered)])
    return PAGE.format(title=escape(title), what=escape(what), rows=rows)


def row(finding: Finding) -> str:
    """Return a finding as a row of the page."""
    rows = "" if finding.rows is None else f"{finding.rows:,}"
    column, sample = finding.column or "(the table)", ", ".join(finding.sample) or finding.found
    held = "held" if finding.held else "failed"
    cells = (held, column, finding.expectation, finding.limits, rows, sample)
    return line("td", cells, f' class="{held}"')


def line(tag: str, cells: tuple[str, ...], attributes: str = "") -> str:
    """Return a row of a table in HTML."""
    return f"<tr{attributes}>" + "".join(f"<{tag}>{escape(each)}" for each in cells)
