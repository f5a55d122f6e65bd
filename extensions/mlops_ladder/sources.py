"""The files of a template: where each stands, what it becomes, and which variables it reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, Template

from .variables import read_by, source


@dataclass(frozen=True)
class Source:
    """One file of the template, compiled. `name` is its path below the template's folder."""

    name: str
    parts: tuple[Template, ...]
    content: Template | bytes
    reads: frozenset[str]

    def target(self, context: Mapping[str, Any]) -> str | None:
        """Return its path in the project, or None where one of its folders is switched off.

        Raises:
            jinja2.UndefinedError: A folder's name reads what `context` does not hold.
        """
        parts = [part.render(context) for part in self.parts]
        return PurePosixPath(*parts).as_posix() if all(parts) else None

    def render(self, context: Mapping[str, Any]) -> bytes:
        """Return its bytes in the project.

        Raises:
            jinja2.UndefinedError: It reads what `context` does not hold.
        """
        if isinstance(self.content, bytes):
            return self.content
        return self.content.render(context).encode()


def read(environment: Environment, root: Path, folder: Path, suffix: str) -> Iterator[Source]:
    """Yield the files below `folder` in their order; those ending in `suffix` are templates.

    `root` is where `environment` loads from.

    Raises:
        jinja2.TemplateSyntaxError: A file or a name does not parse.
    """
    compiled = cache(environment.from_string)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        parts = PurePosixPath(name.removesuffix(suffix)).parts
        reads = read_by(environment, parts)
        content: Template | bytes = path.read_bytes()
        if name.endswith(suffix):
            template = path.relative_to(root).as_posix()
            content = environment.get_template(template)
            reads |= read_by(environment, source(environment, template))
        yield Source(name, tuple(map(compiled, parts)), content, reads)
