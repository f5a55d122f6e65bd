"""Datasets: rows read, checked and split as the schema says."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, TimeSeriesSplit, train_test_split

from .. import plugins
from ..configuration import nearest
from ..errors import ProjectError
from . import conversion, tables
from .profiling import count
from .schema import Schema

LEAST = 20  # rows

Fold = tuple[np.ndarray, np.ndarray]  # the positions of rows to learn from, and to judge by


class Split(NamedTuple):
    """The rows to learn from, and the rows to judge by, which training never sees."""

    train: pd.DataFrame
    holdout: pd.DataFrame


def read(schema: Schema, path: Path) -> pd.DataFrame:
    """Return the features, the target and the time of every row, as `conversion` types them.

    Raises:
        ProjectError: the file, a column or a value is not as the schema says.
    """
    wanted = list(dict.fromkeys([*schema.features, *schema.dates, schema.target]))
    present = tables.header(path, schema.dialect)
    require(wanted, present, path)
    return conversion.convert(load(schema, path, present)[wanted], schema, path)


def load(schema: Schema, path: Path, present: list[str]) -> pd.DataFrame:
    """Return the rows of a file with the columns `present`, whose codes come as written."""
    types = dict.fromkeys(present, "category") | dict.fromkeys(schema.dates, "str")
    types |= dict.fromkeys(schema.numbers, "string[pyarrow]")
    return tables.read(path, schema.dialect, types)


def take(schema: Schema, path: Path, share: float, seed: int) -> tuple[Split, dict[str, Any]]:
    """Return the rows to learn from and to judge by, and how many there are of which kind."""
    rows = read(schema, path)
    known = rows[rows[schema.target].notna()]
    drawn = draw(known, schema.rows, seed)
    parts = split(drawn, schema, share, seed)
    counts = {"rows": len(drawn), "rows_of": len(known), "rows_held_out": len(parts.holdout)}
    unanswered = count_unanswered(schema, path) if len(known) < len(rows) else {}
    return parts, {**counts, "unanswered": unanswered}


def name_positive(schema: Schema, rows: pd.DataFrame) -> Schema:
    """Return the schema with the class to look for, where the target has two: else the last.

    Raises:
        ProjectError: the schema names one that there is not.
    """
    known = sorted(rows[schema.target].unique()) if schema.task == "classification" else []
    if len(known) != 2:
        return schema
    positive = schema.positive or known[-1]
    if positive not in known:
        raise ProjectError(f"`positive`: no row has {positive}; {nearest(positive, known)}")
    return schema.model_copy(update={"positive": positive})


def count_unanswered(schema: Schema, path: Path) -> dict[Any, int]:
    """Return how many rows have no target, by what is written there."""
    rows = tables.read(path, replace(schema.dialect, gaps=()), "string[pyarrow]")
    return count(rows[schema.target], schema.gaps)[1]


def require(wanted: Iterable[str], present: list[str], path: Path) -> None:
    """Raise for the first of the `wanted` columns that a file has not."""
    if lacks := [column for column in wanted if column not in present]:
        remedy = plugins.remedy(path, lacks) or nearest(lacks[0], present)
        raise ProjectError(f"{path}: there is no column `{lacks[0]}`; {remedy}")


def draw(rows: pd.DataFrame, count: int | None, seed: int) -> pd.DataFrame:
    """Return `count` rows drawn by their position, in the order of the file; None takes all."""
    if count is None or count >= len(rows):
        return rows
    return rows.sample(count, random_state=np.random.default_rng(seed)).sort_index()


def split(rows: pd.DataFrame, schema: Schema, share: float, seed: int) -> Split:
    """Hold out a `share` of the rows: the newest where the schema names a time, else at random.

    Raises:
        ProjectError: a row lacks its time, or the target has too few different values.
    """
    rows = rows[rows[schema.target].notna()]
    if len(rows) < LEAST:
        raise ProjectError(f"`{schema.target}` is known in {len(rows)} rows; {LEAST} are the least")
    if schema.time is None:
        return split_at_random(rows, schema, share, seed)
    if rows[schema.time].isna().any():
        raise ProjectError(f"`{schema.time}` orders the rows, and some have none; fill them in")
    ordered = rows.sort_values(schema.time, kind="stable")
    newest = len(ordered) - round(len(ordered) * share)
    check_target(ordered.iloc[:newest], schema)
    return Split(ordered.iloc[:newest], ordered.iloc[newest:])


def split_at_random(rows: pd.DataFrame, schema: Schema, share: float, seed: int) -> Split:
    """Hold out any rows, with as many of each class as there are among all."""
    check_target(rows, schema)
    classes = rows[schema.target] if schema.task == "classification" else None
    try:
        return Split(*train_test_split(rows, test_size=share, random_state=seed, stratify=classes))
    except ValueError as error:
        raise ProjectError(f"`{schema.target}`: {error}; unite or drop rare classes") from error


def check_target(rows: pd.DataFrame, schema: Schema) -> None:
    """Raise where there is too little to learn a target from."""
    if rows[schema.target].nunique() < 2:
        order = f"; in the order of `{schema.time}`, leave `time` out" if schema.time else ""
        raise ProjectError(f"target `{schema.target}` has one value in {len(rows)} rows{order}")


def folds(rows: pd.DataFrame, schema: Schema, count: int, seed: int) -> list[Fold]:
    """Return training rows in `count` folds, in time order where the schema names a time.

    Raises:
        ProjectError: there are too few rows, or too few of every class.
    """
    if schema.time is not None:
        splitter = TimeSeriesSplit(count)
    else:
        kind = StratifiedKFold if schema.task == "classification" else KFold
        splitter = kind(count, shuffle=True, random_state=seed)
    try:
        return list(splitter.split(rows, rows[schema.target]))
    except ValueError as error:
        raise ProjectError(f"config/training.yaml: too many `folds`: {error}") from error
