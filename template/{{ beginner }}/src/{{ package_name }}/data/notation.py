"""Notation: how the numbers and the dates of a table are written, found from whole columns."""

import warnings

import pandas as pd
from pandas.tseries.api import guess_datetime_format  # type: ignore[attr-defined]

from .conversion import parse_dates, parse_numbers

Notation = tuple[str, str | None]  # what stands before a fraction, and between groups of digits
ENGLISH: list[Notation] = [(".", None), (".", ",")]
GERMAN: list[Notation] = [(",", None), (",", ".")]
OTHERS: list[Notation] = [(decimal, mark) for mark in " \u00a0\u202f'’" for decimal in ",."]
SIGNS = r"[$€£¥%()\s.,'’−]"
DAYS = "%d/%m/%y %m/%d/%y %d.%m.%y %d-%m-%y %m-%d-%y %d-%b-%y %d/%m/%Y %m/%d/%Y %B-%Y %b-%Y".split()
FORMS = [day + clock for day in DAYS for clock in ("", " %H:%M", " %I:%M %p", " %I:%M:%S %p")]


def find_notation(columns: list[pd.Series], separator: str) -> Notation:
    """Return how most columns of texts are numbers; in doubt as programs that separate so do."""
    likely = [*(GERMAN + ENGLISH if separator == ";" else ENGLISH + GERMAN), *OTHERS]
    looking = [texts for texts in columns if texts.head(100).str.fullmatch(r"[\d\s.,'’+-]+").all()]
    marked = [texts for texts in looking if not texts.str.fullmatch(r"\s*[\d+-]*\s*").all()]

    def readable(notation: Notation) -> int:
        return sum(bool(parse_numbers(texts, *notation).notna().all()) for texts in marked)

    best = max(likely, key=readable)
    return best if readable(best) else (".", None)


def find_formats(texts: pd.Series) -> list[str]:
    """Return the formats by which all texts are dates: "" is ISO 8601; of two, either may be.

    A year of two digits is only read where no date would lie ahead: 62 may be 1962.
    """
    if texts.head(100).str.count(r"\d").min() < 3:
        return []
    with warnings.catch_warnings(action="ignore"):  # that a day was taken for a month
        guesses = [guess_datetime_format(texts.iloc[0], first) for first in (True, False)]
    forms = dict.fromkeys(["", *filter(None, guesses), *FORMS])
    fit = [form for form in forms if parse_dates(texts.head(1), form).notna().all()]
    end = (pd.Timestamp.max, pd.Timestamp.now())
    found = [form for form in fit if parse_dates(texts, form).max(skipna=False) < end["%y" in form]]
    return found[:1] if "" in found else found


def nearly_numbers(counts: pd.Series) -> str:
    """Return in words what keeps most texts, counted, from being numbers; nothing if much does."""
    texts = pd.Series(counts.index)
    bare = parse_numbers(texts.str.replace(SIGNS, "", regex=True)).notna().to_numpy()
    odd = counts[parse_numbers(texts).isna().to_numpy()]
    if odd.empty or max(bare.mean(), counts[bare].sum() / counts.sum()) < 0.9:
        return ""
    example = f"{odd.sum():,} of {counts.sum():,} cells are not, such as {odd.index[0]!r}"
    return f"looks like numbers, but {example}"
