"""What is wrong with the SQL, said the same by every engine."""

import re

from .. import configuration
from ..errors import ProjectError
from .engine import Work

OWN = "; if the rows are your own data now, `just own-data` leaves the SQL of the example"


def no_column(work: Work, column: str, table: str = "") -> ProjectError:
    """Return the error of a column that a table, or without its name no source, has not."""
    if name := meant(work, table):
        source = work.inputs[name]
        close = configuration.nearest(column, source.columns) + (OWN if name == work.rows else "")
        return ProjectError(f"{work.sql}: {source.origin} has no column `{column}`; {close}")
    if table:
        return ProjectError(f"{work.sql}: `{table}` has no column `{column}`")
    every = {name for source in work.inputs.values() for name in source.columns}
    close = configuration.nearest(column, sorted(every))
    return ProjectError(f"{work.sql}: no source has a column `{column}`; {close}")


def meant(work: Work, table: str) -> str:
    """Return the source that a table in the SQL is, by name or by alias; nothing if it is none."""
    if table in work.inputs:
        return table
    known = {name.lower(): name for name in work.inputs}
    named = rf"\b({'|'.join(map(re.escape, known))})\s+(?:as\s+)?{re.escape(table.lower())}\b"
    found = {*re.findall(named, work.sql.read_text("utf-8").lower())} if table else set()
    return known[found.pop()] if len(found) == 1 else ""


def no_source(work: Work, name: str) -> ProjectError:
    """Return the error of a table that is none of the sources."""
    known = configuration.nearest(name, list(work.inputs))
    return ProjectError(f"{work.sql}: config/etl.yaml names no source `{name}`; {known}")
