"""The dataset file: a description written as YAML that a person can read and correct."""

import difflib
import hashlib
from pathlib import Path
from typing import Any

import yaml

from .description import Description
from .schema import ROLES

STAMP = "# While nobody edits this file, `describe` may replace it: "
HEAD = """\
# The schema of the data: the one file to change. `describe` wrote it from {:,} rows; move a
# column to another role where it is wrong. A column that is known only once the answer is known
# gives the answer away: move it to `ignored`. docs/reference/dataset-file.md has every key.
"""


def compose(description: Description, path: str) -> str:
    """Return the dataset file of a description; `path` is where the table lies."""
    schema, reasons = description.schema.model_copy(update={"path": path}), description.reasons
    comments = {"target": reasons[schema.target], "time": "hold out the newest rows, not any"}
    comments |= {"positive": f"the class to look for: {reasons.get('positive')}"}
    lines = []
    for key, value in schema.model_dump(exclude={*ROLES}, exclude_defaults=True).items():
        lines.append(f"{key}: {quote(value)}" + (f"  # {comments[key]}" if key in comments else ""))
    for role in ROLES:
        lines += ["", f"{role}:"]
        for name in getattr(schema, role):
            parts = schema.datetime.get(name)
            item = f"{quote(name)}: [{', '.join(parts)}]" if parts else f"- {quote(name)}"
            lines.append(f"  {item}  # {reasons[name]}")
    return stamp(HEAD.format(description.row_count) + "\n".join(lines) + "\n")


def quote(value: Any) -> str:
    """Return a value as YAML on one line, in quotes where it needs them."""
    style = None if str(value).isprintable() else '"'
    look: dict[str, Any] = {"default_style": style, "default_flow_style": True, "width": 10**6}
    dumped = yaml.safe_dump(value, allow_unicode=not style, **look)
    return str(dumped).removesuffix("...\n").removesuffix("\n")


def locate(table: Path, root: Path) -> str:
    """Return the path of a table as the dataset file names it: from the project's folder."""
    path = table.resolve()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def stamp(text: str) -> str:
    """Return `text` with a last line that tells whether somebody edited it since."""
    return f"{text}\n{STAMP}{hashlib.sha256(text.encode()).hexdigest()[:16]}\n"


def untouched(path: Path) -> bool:
    """Tell whether a dataset file is as the template or `describe` wrote it."""
    content = path.read_text(encoding="utf-8", errors="replace")
    text, _, _ = content.rpartition(f"\n{STAMP}")
    return bool(text) and stamp(text) == content


def differences(path: Path, text: str) -> str:
    """Return what would change in a file, as a unified diff."""
    current = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    described = text.splitlines(keepends=True)
    return "".join(difflib.unified_diff(current, described, str(path), "described"))
