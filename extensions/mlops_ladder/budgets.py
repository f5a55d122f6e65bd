"""How long the code of a project is, and how long it may be: small enough to read.

Counted are lines of code: no blank ones, no comments, no docstrings. Tests are compared with code
by all of their lines.
"""

import ast
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TypeGuard

from .questions import Questions
from .render import Rendering

CODE = {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}
FIRST_LEVEL = "first level"
TESTS_PER_LINE = 1.3  # lines in a project's tests for each line of its modules, of any kind
BROUGHT = {"intermediate": 125}  # files that going up to a level adds


@dataclass(frozen=True)
class Size:
    """Lines of code, and the files that hold them; a file with a docstring alone holds none."""

    lines: int
    files: int


ALLOWED = {
    FIRST_LEVEL: Size(1850, 38),
    "etl": Size(330, 8),
    "spark": Size(150, 4),
    "validation": Size(240, 6),
    "versioning": Size(85, 4),
    "orchestration": Size(140, 4),
    "serving": Size(370, 9),
    "shipping": Size(20, 1),
    "monitoring": Size(25, 2),
}


@cache
def lines_of_code(source: bytes) -> int:
    """Return how many lines of a module hold code."""
    docstrings = [node for node in ast.walk(ast.parse(source)) if documents(node)]
    words = {line for each in docstrings for line in range(each.lineno, (each.end_lineno or 0) + 1)}
    tokens = tokenize.tokenize(BytesIO(source).readline)
    spans = [range(token.start[0], token.end[0] + 1) for token in tokens if token.type in CODE]
    return len({line for span in spans for line in span} - words)


def documents(node: ast.AST) -> TypeGuard[ast.Expr]:
    """Tell whether a node is a docstring: of a module, a class, a function or an attribute."""
    text = node.value if isinstance(node, ast.Expr) else None
    return isinstance(text, ast.Constant) and isinstance(text.value, str)


def size(sources: Iterable[bytes]) -> Size:
    """Return the size of some modules."""
    counts = [count for count in map(lines_of_code, sources) if count]
    return Size(sum(counts), len(counts))


def modules(project: Mapping[str, bytes], *folders: str) -> Iterator[tuple[list[str], bytes]]:
    """Yield the modules of a project below some folders: the parts of their paths, and sources."""
    for path, source in project.items():
        if path.endswith(".py") and path.split("/")[0] in folders:
            yield path.split("/"), source


def room(parts: list[str]) -> str:
    """Return the capability that a module belongs to; DAGs are orchestration."""
    return "orchestration" if parts[0] == "dags" else parts[2]


def measure(project: Mapping[str, bytes]) -> dict[str, Size]:
    """Return the size of each capability in a project, or of all of it where it has none."""
    sources = list(modules(project, "src", "dags"))
    found = {
        part: size(source for parts, source in sources if room(parts) == part)
        for part in ALLOWED.keys() - {FIRST_LEVEL}
    }
    present = {part: each for part, each in found.items() if each.files}
    return present or {FIRST_LEVEL: size(source for _, source in sources)}


def tests_per_line(project: Mapping[str, bytes]) -> float:
    """Return how many lines of tests a project has for each line of its code."""
    code, tests = (
        sum(len(source.splitlines()) for _, source in modules(project, *folders))
        for folders in (("src", "dags"), ("tests",))
    )
    return tests / code


def largest(questions: Questions, rendering: Rendering) -> dict[str, Size]:
    """Return the largest size of each part, over every combination of answers."""
    found: dict[str, Size] = {}
    for combination in questions.every():
        for part, each in measure(rendering.shared(combination)).items():
            before = found.get(part, each)
            found[part] = Size(max(each.lines, before.lines), max(each.files, before.files))
    return {part: found[part] for part in ALLOWED if part in found}
