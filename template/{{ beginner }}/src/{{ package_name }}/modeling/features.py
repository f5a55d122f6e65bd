"""Features: what a model sees of a row, as one transformer fitted on training rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, TargetEncoder

if TYPE_CHECKING:  # a saved model brings this module along, and needs no more than it imports
    from ..data.schema import Schema


def build(schema: Schema, seed: int) -> ColumnTransformer:
    """Return the transformer of the features of `schema` to float64, shape (rows, features).

    A category becomes the mean of the target among its rows (`TargetEncoder`), learnt on the other
    folds so that no row sees its own answer; one never seen before gets the mean of all.
    """
    number = make_pipeline(impute("median"), StandardScaler())
    category = TargetEncoder(
        target_type="auto" if schema.task == "classification" else "continuous",
        cv=KFold(5, shuffle=True, random_state=seed),
    )
    date = make_pipeline(
        FunctionTransformer(calendar, kw_args={"parts": schema.datetime}),
        impute("most_frequent"),
        StandardScaler(),
    )
    return ColumnTransformer(
        [
            ("numeric", number, list(schema.numeric)),
            ("categorical", category, list(schema.categorical)),
            ("datetime", date, list(schema.datetime)),
        ]
    )


def impute(strategy: str) -> SimpleImputer:
    """Return what fills in missing values, and keeps a column that has nothing else."""
    return SimpleImputer(strategy=strategy, keep_empty_features=True)


def calendar(dates: pd.DataFrame, parts: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the calendar `parts` of each column of dates, as float64, shape (rows, parts)."""
    return pd.DataFrame(
        {
            f"{column}_{part}": getattr(dates[column].dt, part).astype("float64")
            for column, wanted in parts.items()
            for part in wanted
        },
        index=dates.index,
    )
