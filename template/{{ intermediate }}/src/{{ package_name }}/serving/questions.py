"""Questions: rows as they are sent, and as a model takes them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ..data import conversion
from ..data.schema import Schema

Row = dict[str, Any]  # a cell for each column, as JSON has them
ROWS = Path("rows")  # what messages call them


def example(folder: Path, schema: Schema) -> dict[str, list[Row]]:
    """Return a question with a row that a model was saved with, written as the schema says."""
    text = (folder / "input_example.json").read_text(encoding="utf-8")
    saved: Any = json.loads(text, parse_constant=lambda constant: None)
    row = dict(zip(saved["columns"], saved["data"][0], strict=True))
    for column, form in schema.formats.items():
        if row.get(column):
            row[column] = datetime.fromisoformat(row[column]).strftime(form)
    return {"rows": [row]}


def read(rows: list[Row], schema: Schema) -> pd.DataFrame:
    """Return rows as a model takes them, read by its schema.

    Texts become numbers before they stand among numbers.

    Raises:
        ProjectError: a cell cannot be read.
    """
    sent = pd.DataFrame({name: [row[name] for row in rows] for name in schema.features})
    for name in schema.numeric:
        if sent[name].dtype.kind == "O":
            texts = sent[name].map(lambda cell: isinstance(cell, str))
            numbers = conversion.convert(sent.loc[texts, [name]], schema, ROWS)[name]
            sent[name] = sent[name].mask(texts, numbers).astype("float64")
    return conversion.convert(sent, schema, ROWS)
