"""One valid set of answers, and every value that templates can read with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | bool | int | float
Answers = Mapping[str, Value]


@dataclass(frozen=True)
class Combination:
    """The answers to what was asked, and these with all computed and unasked values; in order."""

    answers: dict[str, Value] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)

    def having(self, name: str, value: Value, asked: bool) -> "Combination":
        """Return this combination with one value more, an answer too if it was `asked` for."""
        answers = {**self.answers, name: value} if asked else self.answers
        return Combination(answers, {**self.values, name: value})
