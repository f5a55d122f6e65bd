"""The reference pages: what copier.yml asks and what each level adds, as Markdown.

`python -m mlops_ladder.reference` writes them; a test says when they are out of date.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from . import budgets
from .levels import added
from .questions import Questions
from .render import Rendering

HEAD = (
    "<!-- Written by `uv run python -m mlops_ladder.reference`, from the template itself. -->\n\n"
)


def pages(rendering: Rendering) -> dict[str, str]:
    """Return the text of each page by its file name."""
    questions = "\n".join(describe_questions(rendering.questions))
    levels = "\n".join(describe_levels(rendering))
    return {"questions.md": f"{HEAD}{questions}\n", "levels.md": f"{HEAD}{levels}\n"}


def describe_questions(questions: Questions) -> Iterator[str]:
    """Yield the lines of a table of questions, in the order in which Copier asks them."""
    defaults = questions.complete({"level": questions.levels[-1]})
    yield "# Questions\n"
    yield "Answer on the command line with `--data question=answer`, or when Copier asks.\n"
    yield "| question | what it asks | answers, the default first | asked |"
    yield "| --- | --- | --- | --- |"
    for name, details in questions.details.items():
        if (when := details.get("when", True)) is False:
            continue
        question = questions.question(name, defaults.values)
        choices = [choice.value for choice in question._formatted_choices]
        first = question.get_default()
        answers = [f"`{first}`", *(f"`{choice}`" for choice in choices if choice != first)]
        asked = "always" if when is True else f"from {str(when).strip('{ }')} on"
        yield row(f"`{name}`", " ".join(question.get_message().split()), ", ".join(answers), asked)


def describe_levels(rendering: Rendering) -> Iterator[str]:
    """Yield how long the code of each part is, and the files that each level adds by default."""
    yield "# Levels\n"
    yield from describe_sizes(rendering)
    yield "\nThe files that each level adds to a project with default answers:"
    for level, paths in added(rendering).items():
        yield f"\n## {level}\n"
        yield from (f"- `{path}`" for path in sorted(paths))


def describe_sizes(rendering: Rendering) -> Iterator[str]:
    """Yield a table of the largest size of each part, beside what is allowed."""
    yield "Lines of code (no blank ones, no comments, no docstrings) in `src/` and `dags/`:"
    yield "the most that any combination of answers has, and may have; empty files left out.\n"
    yield "| part | lines | at most | files | at most |"
    yield "| --- | --- | --- | --- | --- |"
    for part, size in budgets.largest(rendering.questions, rendering).items():
        allowed = budgets.ALLOWED[part]
        yield row(part, *map(str, (size.lines, allowed.lines, size.files, allowed.files)))


def row(*cells: str) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def write(root: Path, texts: Iterable[tuple[str, str]]) -> None:
    """Write each page to the reference folder of the documentation."""
    folder = root / "docs" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts:
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    here = Path(__file__).parents[2]
    with Questions(here) as asked:
        write(here, pages(Rendering(asked)).items())
