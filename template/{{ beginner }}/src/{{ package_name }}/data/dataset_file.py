"""The dataset file: a description written as YAML that a person can read and correct."""

import difflib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from .schema import ROLES

if TYPE_CHECKING:
    from .description import Description

STAMP = "# While nobody edits this file, `describe` may replace it: "
HEAD = """\
# The schema of the data: the one file to change. `describe` wrote it from {rows:,} rows; move a
# column to another role where it is wrong. A column that is known only once the answer is known
# gives the answer away: move it to `ignored`.
"""


def compose(found: "Description", path: str) -> str:
    """Return the dataset file of a description; `path` is where the table lies."""
    lines = [
        f"path: {quote(path)}",
        f"target: {quote(found.target)}  # {found.reasons[found.target]}",
        f"task: {found.task}",
    ]
    if found.time:
        lines.append(f"time: {quote(found.time)}  # hold out the newest rows, not any")
    if found.dialect.separator != ",":
        lines.append(f"separator: {quote(found.dialect.separator)}")
    if found.dialect.encoding != "utf-8":
        lines.append(f"encoding: {found.dialect.encoding}")
    if found.dialect.decimal != ".":
        lines.append(f"decimal: {quote(found.dialect.decimal)}")
    for role in ROLES:
        columns = [name for name, given in found.roles.items() if given == role]
        empty = " {}" if role == "datetime" else " []"
        lines += ["", f"{role}:{'' if columns else empty}"]
        lines += [f"  {item(name, found)}  # {found.reasons[name]}" for name in columns]
    return stamp(HEAD.format(rows=found.rows) + "\n".join(lines) + "\n")


def item(name: str, found: "Description") -> str:
    """Return how a column stands in the list of its role; a date says which parts of it count."""
    if found.roles[name] == "datetime":
        return f"{quote(name)}: [{', '.join(found.parts[name])}]"
    return f"- {quote(name)}"


def quote(text: str) -> str:
    """Return a text as YAML on one line, in quotes where it needs them."""
    plain = text.isprintable()
    style = None if plain else '"'
    dumped = yaml.safe_dump(text, allow_unicode=plain, default_style=style, width=10**6)
    return dumped.removesuffix("...\n").removesuffix("\n")


def locate(table: Path, root: Path) -> str:
    """Return the path of a table as the dataset file names it: from the project's folder."""
    path = table.resolve()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def stamp(text: str) -> str:
    """Return `text` with a last line that tells whether somebody edited it since."""
    return f"{text}\n{STAMP}{hashlib.sha256(text.encode()).hexdigest()[:16]}\n"


def untouched(path: Path) -> bool:
    """Tell whether a dataset file is as the template or `describe` wrote it."""
    whole = path.read_text(encoding="utf-8", errors="replace")
    text, _, _ = whole.rpartition(f"\n{STAMP}")
    return bool(text) and stamp(text) == whole


def differences(path: Path, text: str) -> str:
    """Return what would change in a file, as a unified diff."""
    now = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    then = text.splitlines(keepends=True)
    return "".join(difflib.unified_diff(now, then, str(path), "described"))
