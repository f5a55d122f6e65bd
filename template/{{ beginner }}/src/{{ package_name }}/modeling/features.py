"""Features: what a model sees of a row, in two steps that learn from training rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder

if TYPE_CHECKING:  # a saved model brings this module along, and needs no more than it imports
    from ..data.schema import Schema

MISSING, RARE = "(missing)", "(rare)"
COMMON = 100  # categories of a column that get a feature each; the others share one


class Preparation(TransformerMixin, BaseEstimator):
    """The step that needs Python: dates become numbers, gaps and rare texts categories.

    Its table holds the numbers and the parts of dates as float64, and the texts as objects.
    """

    def __init__(
        self,
        numeric: Sequence[str],
        categorical: Sequence[str],
        datetime: Mapping[str, Sequence[str]],
        common: int | None = None,
    ) -> None:
        """Take the columns by their role, and how many categories to keep of each; None is all."""
        self.numeric = numeric
        self.categorical = categorical
        self.datetime = datetime
        self.common = common

    def fit(self, rows: pd.DataFrame, target: object = None) -> Preparation:
        """Learn which categories are common."""
        counts = {column: rows[column].value_counts() for column in self.categorical}
        self.common_ = {column: list(counts[column].index[: self.common]) for column in counts}
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the numbers, the categories and the parts of dates, in this order."""
        numbers = {column: rows[column] for column in self.numeric}
        categories = {column: self.categories(rows[column]) for column in self.categorical}
        return pd.DataFrame({**numbers, **categories, **calendar(rows, self.datetime)}, rows.index)

    def categories(self, cells: pd.Series) -> pd.Series:
        """Return the common categories of a column as they are, and a name for all others."""
        texts = cells.astype(object)
        known = texts.where(texts.isin(self.common_[cells.name]), RARE)
        return known.where(texts.notna(), MISSING)


def calendar(rows: pd.DataFrame, datetime: Mapping[str, Sequence[str]]) -> dict[str, pd.Series]:
    """Return the wanted parts of each column of dates, as float64."""
    return {
        f"{column}.{part}": getattr(rows[column].dt, part).astype("float64")
        for column, parts in datetime.items()
        for part in parts
    }


def prepare(schema: Schema, classes: int) -> Preparation:
    """Return the first step of a pipeline, for a target with so many `classes`."""
    common = COMMON if classes > 2 else None
    return Preparation(schema.numeric, schema.categorical, schema.datetime, common)


def encode(schema: Schema, classes: int, scale: bool, seed: int) -> Pipeline | ColumnTransformer:
    """Return the second step, to float64, shape (rows, features): only what ONNX can express.

    A category becomes the mean of the target among its rows (`TargetEncoder`), learnt on the other
    folds so that no row sees its own answer; one never seen before gets the mean of all. Where the
    target has three classes or more, a category becomes a feature of its own.
    """
    category = (
        OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        if classes > 2
        else TargetEncoder(
            target_type="binary" if schema.task == "classification" else "continuous",
            cv=KFold(5, shuffle=True, random_state=seed),
        )
    )
    parts = [f"{column}.{part}" for column, wanted in schema.datetime.items() for part in wanted]
    columns = ColumnTransformer(
        [
            ("numeric", impute("median"), list(schema.numeric)),
            ("categorical", category, list(schema.categorical)),
            ("datetime", impute("most_frequent"), parts),
        ]
    )
    return make_pipeline(columns, StandardScaler()) if scale else columns


def impute(strategy: str) -> SimpleImputer:
    """Return what fills in missing values, and keeps a column that has nothing else."""
    return SimpleImputer(strategy=strategy, keep_empty_features=True)
