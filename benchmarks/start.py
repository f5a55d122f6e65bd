"""How fast the command line of a project starts, beside the import of the library it is made of."""

from functools import partial

from .measure import Report, Row, Workbench, main, run, typical

MOST_TIMES = 5
ROUNDS = 15


def measured(bench: Workbench) -> Report:
    """Measure `late-flights --help` in turns with a Python that imports typer alone."""
    programs = bench.project / ".venv" / "bin"
    ours = partial(run, [programs / "late-flights", "--help"], bench.project)
    theirs = partial(run, [programs / "python", "-c", "import typer"], bench.project)
    own, other = typical(ROUNDS, ours, theirs)
    what, beside = "late-flights --help", 'python -c "import typer"'
    return Report(
        "The command line starts",
        [
            Row(what, own.wall, beside, other.wall, most_times=MOST_TIMES),
            Row(f"{what}, CPU", own.cpu, f"{beside}, CPU", other.cpu, most_times=MOST_TIMES),
        ],
        f"Medians of {ROUNDS} runs in turns, after one each.",
    )


if __name__ == "__main__":
    main(measured)
