"""What is wrong with the SQL, said the same by every engine."""

from .. import configuration
from ..errors import ProjectError
from .engine import Work

OWN = "; if the rows are your own data now, `just own-data` leaves the SQL of the example"


def no_column(work: Work, column: str, table: str = "") -> ProjectError:
    """Return the error of a column that a source, or without its name none of them, has not."""
    if table in work.inputs:
        source = work.inputs[table]
        close = configuration.nearest(column, source.columns) + (OWN if table == work.rows else "")
        return ProjectError(f"{work.sql}: {source.origin} has no column `{column}`; {close}")
    every = {name for source in work.inputs.values() for name in source.columns}
    close = configuration.nearest(column, sorted(every))
    return ProjectError(f"{work.sql}: no source has a column `{column}`; {close}")


def no_source(work: Work, name: str) -> ProjectError:
    """Return the error of a table that is none of the sources."""
    known = configuration.nearest(name, list(work.inputs))
    return ProjectError(f"{work.sql}: config/etl.yaml names no source `{name}`; {known}")
