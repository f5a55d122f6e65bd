"""The reference pages: what copier.yml asks, what each level adds, and the dataset file.

`python -m mlops_ladder.reference` writes them; a test says when they are out of date.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from . import budgets, dataset_keys
from .levels import added, folder
from .questions import Questions
from .render import Rendering

HEAD = (
    "<!-- Written by `uv run python -m mlops_ladder.reference`, from the template itself. -->\n\n"
)
DATASET_FILE = """\
<!-- From the docstrings in src/*/data/schema.py. -->

# The dataset file

`config/dataset.yaml` says what a table is, and what each of its columns is for. `just describe`
writes it, and you correct it: [use your own CSV](../how-to/use-your-own-csv.md). A key that is not
on this page is an error, and so is one that stands twice.

| key | what it takes | without it | what it says |
| --- | --- | --- | --- |
{}

A column has one role: it is the target, or stands in one of the last five lists. One that stands
nowhere is left out. The column of `time` is a date: it may stand under `datetime` or `ignored`.

## One file extends another

A dataset file may begin with `extends`, and adds to the file that it names:

| key | what it takes | what it says |
| --- | --- | --- |
| `extends` | a text | The other file, beside it. What is not here is as there; roles are united. |
| `drop` | a list of texts | Columns that lose the role which they have there. |

Commands take the file in `config/` that no other one extends; `--dataset` names another.
"""


def pages(rendering: Rendering) -> dict[str, str]:
    """Return the text of each page by its path; projects have the one of the dataset file."""
    questions = "\n".join(describe_questions(rendering.questions))
    levels = "\n".join(describe_levels(rendering))
    keys = "\n".join(row(*cells) for cells in dataset_keys.rows(rendering))
    first = folder(rendering.questions.levels[0])
    return {
        "docs/reference/questions.md": f"{HEAD}{questions}\n",
        "docs/reference/levels.md": f"{HEAD}{levels}\n",
        f"template/{first}/docs/reference/dataset-file.md": DATASET_FILE.format(keys),
    }


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
    """Write each page to its path."""
    for path, text in texts:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    here = Path(__file__).parents[2]
    with Questions(here) as asked:
        write(here, pages(Rendering(asked)).items())
