"""How fast every combination is composed, beside Copier's public API, which makes one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlops_ladder.combination import Combination
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import copied

from .measure import Report, Row, Workbench, cost, main, typical

MOST = 60  # seconds of CPU
ROUNDS = 3
SAMPLE = 5  # combinations, made by Copier itself


@dataclass(frozen=True)
class Composed:
    """Every combination of a template, and how many files that is."""

    rows: list[Combination]
    sources: int
    files: int
    distinct: int


def measured(bench: Workbench) -> Report:
    """Compose every combination, and let Copier make some of them."""
    found = compose(bench.template)
    count = len(found.rows)
    sample = found.rows[:: max(1, count // SAMPLE)][:SAMPLE]
    [ours] = typical(ROUNDS, lambda: compose(bench.template))
    theirs = cost(lambda: copy(bench.template, bench.folder / "copies", sample))
    per = len(sample)
    what, beside = f"composing {count:,} combinations", f"copier.run_copy, {per} of them"
    return Report(
        "Every combination is rendered",
        [
            Row(
                f"{what}, CPU",
                ours.cpu,
                f"{beside} × {count / per:g}, CPU",
                theirs.cpu * count / per,
                MOST,
            ),
            Row(what, ours.wall, f"{beside} × {count / per:g}", theirs.wall * count / per),
            Row("one combination, CPU", ours.cpu / count, "one of these, CPU", theirs.cpu / per),
        ],
        f"{found.sources} files of the template, {found.files:,} files of projects,"
        f" {found.distinct:,} distinct renders. Median of {ROUNDS} rounds, each with a fresh clone"
        " of the template and nothing rendered yet; Copier once.",
    )


def compose(template: Path) -> Composed:
    """Compose every combination, from the clone of the template on."""
    with Questions(template) as questions:
        rendering = Rendering(questions)
        rows = list(questions.every())
        files = sum(len(rendering.compose(row)) for row in rows)
        folder = questions.worker.template_copy_root
        sources = sum(path.is_file() for path in folder.rglob("*"))
        distinct = len(rendering.rendered()) + len(rows)  # each has an answers file of its own
    return Composed(rows, sources, files, distinct)


def copy(template: Path, folder: Path, rows: Iterable[Combination]) -> None:
    """Make a project of each of `rows` by Copier's public API."""
    with Questions(template) as questions:
        for number, row in enumerate(rows):
            copied(questions, folder / str(number), row.answers)


if __name__ == "__main__":
    main(measured)
