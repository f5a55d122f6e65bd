"""Features: what a model sees of a row, in two steps that learn from training rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder

if TYPE_CHECKING:  # a saved model brings this module along, and needs no more than it imports
    from ..data.schema import Schema

MISSING, RARE = "(missing)", "(rare)"
COMMON = 100  # categories of a column that get a feature each; the others share one


@dataclass(eq=False, repr=False)
class Preparation(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The step that needs Python: dates become numbers, gaps and rare texts categories.

    Its table holds the numbers and the parts of dates as float64, and the texts as objects.
    """

    numeric: Sequence[str]
    categorical: Sequence[str]
    datetime: Mapping[str, Sequence[str]]
    common: int | None  # how many categories of a column to keep; None keeps all

    def fit(self, rows: pd.DataFrame, target: object = None) -> Preparation:
        """Learn which categories are common."""
        counts = {column: rows[column].value_counts() for column in self.categorical}
        self.common_ = {column: list(counts[column].index[: self.common]) for column in counts}
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the numbers, the categories and the parts of dates, in this order."""
        numbers = {column: rows[column] for column in self.numeric}
        categories = {column: self.name(column, rows[column]) for column in self.categorical}
        return pd.DataFrame({**numbers, **categories, **calendar(rows, self.datetime)}, rows.index)

    def name(self, column: str, cells: pd.Series) -> pd.Series:
        """Return common categories as they are, others as `RARE`, and gaps as `MISSING`."""
        texts = cells.astype(object)
        return texts.where(texts.isin(self.common_[column]), RARE).where(texts.notna(), MISSING)


def calendar(rows: pd.DataFrame, datetime: Mapping[str, Sequence[str]]) -> dict[str, pd.Series]:
    """Return the wanted parts of each column of dates, as float64."""
    return {
        f"{column}.{part}": getattr(rows[column].dt, part).astype("float64")
        for column, parts in datetime.items()
        for part in parts
    }


def steps(schema: Schema, classes: int, scale: bool, seed: int) -> list[tuple[str, Any]]:
    """Return two steps from rows to float64, shape (rows, features); ONNX has all of the second.

    A category becomes the mean of the target among its rows (`TargetEncoder`), learnt on the other
    folds so that no row sees its own answer; one never seen before gets the mean of all. Where the
    target has three `classes` or more, each category becomes a feature of its own.
    """
    one_hot = schema.task == "classification" and classes > 2
    if one_hot:
        category = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    else:
        kind = "binary" if schema.task == "classification" else "continuous"
        folds = KFold(5, shuffle=True, random_state=seed)
        category = TargetEncoder(target_type=kind, cv=folds)
    parts = [f"{column}.{part}" for column, wanted in schema.datetime.items() for part in wanted]
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    commonest = SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    transformers = [
        ("numeric", median, list(schema.numeric)),
        ("categorical", category, list(schema.categorical)),
        ("datetime", commonest, parts),
    ]
    columns = ColumnTransformer(transformers)
    roles = schema.numeric, schema.categorical, schema.datetime
    prepare = Preparation(*roles, common=COMMON if one_hot else None)
    encode = make_pipeline(columns, StandardScaler()) if scale else columns
    return [("prepare", prepare), ("features", encode)]
