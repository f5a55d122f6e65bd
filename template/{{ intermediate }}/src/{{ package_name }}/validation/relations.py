"""Relations: what columns say of each other in a good table, where each alone may look right."""

# mypy: disable-error-code="attr-defined"

from collections.abc import Iterator
from itertools import permutations

import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from ..data.schema import Schema

ENOUGH = 1000  # rows: of fewer, what holds may be chance
BROKEN = 0.001  # the share of rows that may break an order that none has broken
SHUFFLED = 0.1  # the share of rows that must break it with the numbers of other rows
COMMONEST = 3  # categories of a column, by which numbers are compared
SPREAD = 0.1  # of a number's deviation: what its mean may move by at least
SEASONS = pd.Timedelta(days=350)  # in less time nobody has seen how far a mean moves


def expect_order(rows: pd.DataFrame, schema: Schema) -> Iterator[Expectation]:
    """Yield which numbers are never below which others, where that is not for their ranges."""
    for above, below in permutations(schema.numbers, 2):
        if np.any(rows[above].to_numpy() < rows[below].to_numpy()):
            continue
        high, low = rows[[above, below]].dropna().to_numpy().T
        if len(high) >= ENOUGH and np.mean(high < np.roll(low, len(low) // 2)) >= SHUFFLED:
            yield gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=above,
                column_B=below,
                or_equal=True,
                mostly=1 - BROKEN,
                ignore_row_if="either_value_is_missing",
            )


def expect_means(rows: pd.DataFrame, schema: Schema) -> Iterator[Expectation]:
    """Yield the means of numbers in categories that they tell apart, if all seasons are there.

    Taken are, for each column of categories, the number that tells them apart best, and for each
    number the column that it tells apart best.
    """
    if schema.time:
        rows = rows.sort_values(schema.time, kind="stable")
        if not rows[schema.time].max() - rows[schema.time].min() >= SEASONS:
            return
    every = (compare(rows, name, schema.numbers) for name in schema.categorical)
    if not (compared := [each for each in every if len(each)]):
        return
    means = pd.concat(compared)
    pair = means["category"] + "\n" + means["number"]
    best = means["apart"].groupby(pair).transform("max")
    chosen = [best == best.groupby(means[of]).transform("max") for of in ("category", "number")]
    for each in means[(chosen[0] | chosen[1]) & (means["apart"] > 1)].to_dict("records"):
        low, high = (float(f"{each['mean'] + end:.6g}") for end in (-each["room"], each["room"]))
        rule = Column(each["category"]) == each["cell"]
        yield gxe.ExpectColumnMeanToBeBetween(
            column=each["number"], min_value=low, max_value=high, row_condition=rule
        )


def compare(rows: pd.DataFrame, category: str, numbers: list[str]) -> pd.DataFrame:
    """Return the mean of each number in each common category, and the room that it needs.

    It needs what the quarters of the table lie off by; `apart` tells how many times as far off the
    mean of another category is.
    """
    counts = rows[category].value_counts()
    common = [cell for cell in counts.index[:COMMONEST] if counts[cell] >= ENOUGH]
    cells = rows[category].astype(object).where(rows[category].isin(common)).rename("cell")
    means = rows[numbers].groupby(cells).mean()
    quarters = rows[numbers].groupby([cells, np.arange(len(rows)) * 4 // len(rows)]).mean()
    moved = quarters.sub(means, level="cell").abs().groupby(level="cell").max()
    room = moved.clip(lower=rows[numbers].std() * SPREAD, axis="columns")
    farthest = pd.DataFrame(np.maximum(means.max() - means, means - means.min()))
    parts = {"mean": means, "room": room, "apart": farthest / room}
    columns = {name: part.melt(ignore_index=False)["value"] for name, part in parts.items()}
    named = means.melt(ignore_index=False, var_name="number").assign(category=category, **columns)
    return named.reset_index()
