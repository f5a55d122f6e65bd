"""Limits: what a column may hold, which of them fit its role, and which go before others."""

from datetime import datetime, timezone
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ..data.schema import ROLES, Schema

BOUNDS = ("minimum", "maximum")
ANY_VALUE = 0.999  # a share that may be missing: a column without any value is a join that failed


class Strict(BaseModel):
    """What a mapping in a YAML file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(Strict):
    """A range; None is no limit."""

    minimum: Any = None
    maximum: Any = None

    @field_validator("minimum", "maximum")
    @classmethod
    def in_utc(cls, bound: Any) -> Any:
        """Take the zone from a time as `values.convert` does: into UTC."""
        zoned = isinstance(bound, datetime) and bound.tzinfo
        return bound.astimezone(timezone.utc).replace(tzinfo=None) if zoned else bound

    @model_validator(mode="after")
    def check_order(self) -> "Bounds":
        """Refuse a range that holds nothing."""
        if inverted(self.minimum, self.maximum):
            raise ValueError(f"`minimum` {self.minimum} is above `maximum` {self.maximum}")
        return self


class Limits(Bounds):
    """What a column may hold; None is no limit."""

    minimum: float | datetime | None = None
    maximum: float | datetime | None = None
    categories: tuple[str, ...] | None = None
    missing: float | None = Field(default=None, ge=0, le=1)
    unique: bool | None = None


class Rows(Bounds):
    """How many rows a table may have; None is no limit."""

    minimum: int | None = Field(default=None, ge=0)
    maximum: int | None = Field(default=None, ge=0)


def declared(schema: Schema) -> list[str]:
    """Return the columns that a schema names, without those that it ignores."""
    roles = [column for role in ROLES if role != "ignored" for column in getattr(schema, role)]
    return list(dict.fromkeys([schema.target, *schema.dates, *roles]))


def by_role(schema: Schema, column: str) -> dict[str, Any]:
    """Return the limits that the schema alone sets."""
    if column == schema.target or column == schema.time:
        return {"missing": 0.0}
    return {"missing": ANY_VALUE} if column in schema.features else {}


def fitting(schema: Schema, column: str) -> set[str]:
    """Return the limits that a column may have, by its role."""
    ordered = column in (*schema.numbers, *schema.dates, *schema.ignored)
    return {"missing", "unique", *(BOUNDS if ordered else ("categories",))}


def overruled(derived: dict[str, Any], own: Bounds) -> dict[str, Any]:
    """Return limits with the owner's before those derived; a bound that these exclude goes."""
    said = own.model_dump(exclude_unset=True)
    found = {**derived, **said}
    if inverted(found.get("minimum"), found.get("maximum")):
        found = {key: found[key] for key in found if key in said or key not in BOUNDS}
    return found


def inverted(low: Any, high: Any) -> bool:
    """Tell whether nothing lies between two bounds of a kind."""
    return low is not None and high is not None and type(low) is type(high) and bool(low > high)
