"""A small cover of a level: few combinations in which the choices that interact still meet."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import chain, combinations, count

from .combination import Answers, Combination
from .questions import Questions


def pairwise(questions: Questions, level: str) -> list[Combination]:
    """Return few combinations of `level` that hold all of its pairs of answers, the defaults first.

    A pair counts when other questions read both of its answers, as the switches read what they
    switch on; an answer that only files read, such as a licence, is held once. Greedy, so small
    rather than smallest.
    """
    interacting = set(chain.from_iterable(questions.reads.values()))
    rows = list(questions.every(level))
    bits: dict[object, int] = defaultdict(count().__next__)
    held = [sum(1 << bits[pair] for pair in _pairs(row.answers, interacting)) for row in rows]
    missing = (1 << len(bits)) - 1
    chosen = []
    while missing:
        best = max(range(len(rows)), key=lambda row: (held[row] & missing).bit_count())
        missing &= ~held[best]
        chosen.append(rows[best])
    return chosen


def _pairs(answers: Answers, interacting: Collection[str]) -> Iterator[object]:
    yield from answers.items()
    yield from combinations([item for item in answers.items() if item[0] in interacting], 2)
