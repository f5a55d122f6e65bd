"""A small cover of a level: few combinations in which the choices that interact still meet."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import chain, combinations, count

from .combination import Answers, Combination
from .questions import Questions


def pairwise(questions: Questions, level: str, alone: Collection[str] = ()) -> list[Combination]:
    """Return few combinations of `level` that hold all of its pairs of answers, the defaults first.

    A pair counts when other questions read both of its answers, as the switches read what they
    switch on, or when the one question reads the other's answer; an answer that only files read,
    such as a licence, or to a question in `alone`, is held once. Greedy, so small rather than
    smallest.
    """
    read = set(chain.from_iterable(questions.reads.values())) - set(alone)
    interacting = {frozenset(pair) for pair in combinations(sorted(read), 2)}
    interacting |= {
        frozenset((name, of)) for name in questions.reads for of in questions.reads[name]
    }
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


def _pairs(answers: Answers, interacting: Collection[frozenset[str]]) -> Iterator[object]:
    yield from answers.items()
    for one, other in combinations(answers.items(), 2):
        if {one[0], other[0]} in interacting:
            yield one, other
