"""Datasets: rows read, checked and split as the schema says."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, TimeSeriesSplit, train_test_split

from .configuration import nearest
from .errors import ProjectError
from .schema import Schema


@dataclass(frozen=True)
class Split:
    """The rows to learn from, and the rows to judge by, which training never sees."""

    train: pd.DataFrame
    holdout: pd.DataFrame


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(schema: Schema, path: Path) -> pd.DataFrame:
    """Return the features, the target and the time of every row.

    Numbers come as float64, categories and classes as category, dates as datetime64[ns] in UTC.

    Raises:
        ProjectError: the file, a column or a value is not as the schema says.
    """
    wanted = list(dict.fromkeys([*schema.features, *schema.dates, schema.target]))
    texts = [*schema.categorical, *([schema.target] if schema.task == "classification" else [])]
    rows = read_csv(path, schema, wanted, texts)
    if rows.empty:
        raise ProjectError(f"{path}: there are no rows below the header")
    for column in wanted:
        if column in schema.dates:
            rows[column] = dates(rows[column], path)
        elif column not in texts:
            rows[column] = numbers(rows[column], path)
    return rows


def read_csv(path: Path, schema: Schema, wanted: list[str], texts: list[str]) -> pd.DataFrame:
    """Return the `wanted` columns of a CSV file, `texts` among them as categories."""
    try:
        header = pd.read_csv(path, sep=schema.separator, encoding=schema.encoding, nrows=0)
        for column in wanted:
            if column not in header:
                known = nearest(column, list(map(str, header)))
                raise ProjectError(f"{path}: there is no column `{column}`; {known}")
        return pd.read_csv(
            path,
            sep=schema.separator,
            encoding=schema.encoding,
            usecols=wanted,
            dtype={column: "category" for column in texts},
            low_memory=False,
        )[wanted]
    except FileNotFoundError as error:
        raise ProjectError(
            f"{path}: there is no such file; data/README.md says how to get it"
        ) from error
    except pd.errors.EmptyDataError as error:
        raise ProjectError(f"{path}: the file is empty") from error
    except (OSError, ValueError, LookupError) as error:
        raise ProjectError(f"{path}: cannot be read as CSV: {str(error).strip()}") from error


def numbers(values: pd.Series, path: Path) -> pd.Series:
    """Return `values` as float64, or name the first that is not a finite number."""
    found = pd.to_numeric(values, errors="coerce").astype("float64")
    refuse(values, (found.isna() & values.notna()) | np.isinf(found), "a finite number", path)
    return found


def dates(values: pd.Series, path: Path) -> pd.Series:
    """Return `values` as datetime64[ns] in UTC, or name the first that is not a date."""
    found = pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
    if (found.isna() & values.notna()).any():
        found = pd.to_datetime(values, errors="coerce", utc=True)
    refuse(values, found.isna() & values.notna(), "a date like the others", path)
    return found.dt.tz_localize(None).astype("datetime64[ns]")


def refuse(values: pd.Series, wrong: pd.Series, expected: str, path: Path) -> None:
    """Raise for the first value that is `wrong`."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        found = f"column `{values.name}` holds {values.iloc[row]!r}, not {expected}"
        count = f"{int(wrong.sum())} such rows; mend them, or give the column another role"
        raise ProjectError(f"{path}, row {row + 1}: {found}; {count}")


def draw(rows: pd.DataFrame, count: int | None, seed: int) -> pd.DataFrame:
    """Return `count` rows drawn by their position, in the order of the file; None takes all."""
    if count is None or count >= len(rows):
        return rows
    positions = np.random.default_rng(seed).choice(len(rows), count, replace=False)
    return rows.iloc[np.sort(positions)]


def split(rows: pd.DataFrame, schema: Schema, share: float, seed: int) -> Split:
    """Hold out a `share` of the rows: the newest where the schema names a time, else at random.

    Raises:
        ProjectError: a row lacks its time, or the target has too few different values.
    """
    rows = rows[rows[schema.target].notna()]
    check_target(rows, schema)
    if schema.time is None:
        classes = rows[schema.target] if schema.task == "classification" else None
        return Split(*train_test_split(rows, test_size=share, random_state=seed, stratify=classes))
    if rows[schema.time].isna().any():
        raise ProjectError(
            f"column `{schema.time}` orders the rows in time; fill in the missing values"
        )
    ordered = rows.sort_values(schema.time, kind="stable")
    newest = len(ordered) - round(len(ordered) * share)
    return Split(ordered.iloc[:newest], ordered.iloc[newest:])


def check_target(rows: pd.DataFrame, schema: Schema) -> None:
    """Raise where the target cannot be learnt."""
    counts = rows[schema.target].value_counts()
    counts = counts[counts > 0]
    if len(counts) < 2:
        raise ProjectError(
            f"target `{schema.target}` needs two different values; it has {len(counts)}"
        )
    if schema.task == "classification" and counts.iloc[-1] < 2:
        rare = f"class {counts.index[-1]!r} of `{schema.target}` has a single row"
        raise ProjectError(f"{rare}; leave it out, or unite it with another class")


def folds(schema: Schema, count: int, seed: int) -> KFold | StratifiedKFold | TimeSeriesSplit:
    """Return how training rows are cross-validated: in time order where the schema names a time."""
    if schema.time is not None:
        return TimeSeriesSplit(count)
    kind = StratifiedKFold if schema.task == "classification" else KFold
    return kind(count, shuffle=True, random_state=seed)
