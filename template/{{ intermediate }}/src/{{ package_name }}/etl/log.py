"""The log of a table: its hash, how many rows there were, and all that it was made of."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..data import files
from ..tracking import provenance
from .engine import Work
from .plan import Plan

KEYS = {"rows", "of", "sha256", "recipe"}


def describe(plan: Plan, work: Work) -> dict[str, Any]:
    """Return what the table depends on: if this is as it was, so is the table."""
    said = [plan.rows, plan.dataset.model_dump_json(), plan.table.model_dump_json()]
    said += [f"{source.separator} {source.encoding}" for source in plan.sources.values()]
    code = sorted(Path(__file__).parent.glob("*.py"))
    return {
        "engine": work.settings.engine,
        "code": hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest(),
        "config": hashlib.sha256("\n".join(said).encode()).hexdigest(),
        "sql": provenance.fingerprint(plan.sql),
        "sources": {name: source.sha256 for name, source in work.inputs.items()},
    }


def changed(plan: Plan, root: Path) -> Iterator[Path]:
    """Yield the SQL and the sources on this disk that the table was not made of."""
    if known := read(root / plan.table.path):
        then = known["recipe"]["sources"]
        files = {root / (each.path or ""): then.get(name) for name, each in plan.sources.items()}
        for path, sha256 in {plan.sql: known["recipe"]["sql"], **files}.items():
            if path.is_file() and provenance.fingerprint(path) != sha256:
                yield path


def read(table: Path) -> dict[str, Any]:
    """Return the log of a table, nothing where there is none that can be read."""
    try:
        found = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and KEYS <= found.keys() else {}


def write(table: Path, rows: int, of: dict[str, int], recipe: dict[str, Any]) -> None:
    """Write the log of a table beside it; `of` is how many rows each source has."""
    said = {"rows": rows, "of": of, "sha256": digest(table), "recipe": recipe}
    with files.replacing(table.with_suffix(".json")) as draft:
        draft.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def digest(table: Path) -> str:
    """Return the hash of a table, nothing where it is missing."""
    return provenance.fingerprint(table) if table.is_file() else ""
