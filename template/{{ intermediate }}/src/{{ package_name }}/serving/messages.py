"""Messages: what a client sends, and what it gets; the columns are those of the model."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from math import isfinite
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, WrapValidator
from pydantic import create_model

from ..data.conversion import text
from .predictor import Origin, Prediction, Predictor
from .questions import Row
from .settings import ServingSettings

TYPE = "application/problem+json"
SHOWN = 20  # mistakes in a problem, at most


class Answer(BaseModel):
    """A prediction for each row, in their order."""

    model: Origin
    request_id: str
    predictions: list[Prediction]


def number(cell: Any, check: Callable[[Any], Any]) -> Any:
    """Refuse what is no number; a text may be one, by the schema."""
    return cell if isinstance(cell, str) else check(cell)


def category(cell: Any) -> Any:
    """Return a code that is a number as the text that tables have for it."""
    whole = isinstance(cell, int) or isinstance(cell, float) and isfinite(cell)
    return text(cell) if whole else cell


CELLS: dict[str, Any] = {  # by role; what is missing is null
    "numeric": Annotated[FiniteFloat | None, WrapValidator(number)],
    "categorical": Annotated[str | None, BeforeValidator(category)],
    "datetime": str | None,
}


def question(predictor: Predictor, settings: ServingSettings) -> type[BaseModel]:
    """Return the form of a question to a model: rows, each with a cell for every feature."""
    kinds = {name: CELLS[role] for role in CELLS for name in getattr(predictor.schema, role)}
    cells: Any = {  # by another name: Pydantic has names of its own
        f"column_{number}": (kinds[name], Field(alias=name))
        for number, name in enumerate(predictor.schema.features)
    }
    row: Any = create_model("Row", __config__=ConfigDict(extra="forbid"), **cells)
    rows = Annotated[list[row], Field(min_length=1, max_length=settings.max_rows)]
    shown = ConfigDict(extra="forbid", json_schema_extra={"example": predictor.example})
    return create_model("Question", __config__=shown, rows=(rows, ...))


def dump(rows: list[Any]) -> list[Row]:
    """Return the rows of a question as they were sent."""
    return [row.model_dump(by_alias=True, warnings=False) for row in rows]


def problem(status: int, detail: str, request_id: str, mistakes: Sequence[Any] = ()) -> str:
    """Return why there is no answer as a problem, by RFC 9457, in JSON.

    Args:
        mistakes: what Pydantic has found in the request; it is told in place of `detail`.
    """
    errors = [{"pointer": pointer(each), "detail": each["msg"]} for each in mistakes[:SHOWN]]
    found = "; ".join("{pointer}: {detail}".format(**each) for each in errors)
    said = {"title": HTTPStatus(status).phrase, "status": status, "detail": found or detail}
    return json.dumps({**said, "errors": errors, "request_id": request_id})


def pointer(mistake: Any) -> str:
    """Return where in the request a mistake is, as a JSON pointer; FastAPI begins at `body`."""
    place = mistake["loc"] if mistake["type"] != "json_invalid" else ()
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in place)
    return "".join(f"/{part}" for part in parts).removeprefix("/body")
