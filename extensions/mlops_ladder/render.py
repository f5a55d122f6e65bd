"""The project of every combination, composed of files that are rendered once per distinct input."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from copier._user_data import AnswersMap

from .combination import Combination, Value
from .questions import Questions
from .sources import Source, read

Files = tuple[tuple[str, bytes], ...]


class SharedPathError(ValueError):
    """Several files of the template render one path of a project."""


class Rendering:
    """Composes the projects of a template: the very bytes that `copier copy` writes.

    It follows the parts of Copier that the template uses: no `_exclude`, no `yield`, no links.
    """

    def __init__(self, questions: Questions) -> None:
        """Compile the files of the template of `questions`, whose context must stay open."""
        self.questions = questions
        self._worker = worker = questions.worker
        self._surroundings = {"_copier_conf": {"answers_file": worker.answers_relpath}}
        root, folder = worker.template.local_abspath, worker.template_copy_root
        suffix = worker.template.templates_suffix
        self._sources = list(read(worker.jinja_env, root, folder, suffix))
        self._recording = [found for found in self._sources if "_copier_answers" in found.reads]
        others = [found for found in self._sources if found not in self._recording]
        self._groups = list(_grouped(others, questions.details.keys()))

    def compose(self, combination: Combination) -> dict[str, bytes]:
        """Return the project of `combination`: the content of each path.

        Raises:
            SharedPathError: Several files of the template render the same path.
            jinja2.UndefinedError: A file reads a variable that does not exist.
        """
        context = {**self._context(combination), "_copier_answers": self._remembered(combination)}
        records = tuple(_rendered(self._recording, context))
        return self._merged([tuple(self.shared(combination).items()), records], combination)

    def shared(self, combination: Combination) -> dict[str, bytes]:
        """Return `compose` without the answers file, the one that no two projects share.

        Raises:
            SharedPathError, jinja2.UndefinedError: As `compose`.
        """
        groups = [group.files(combination.values, self._surroundings) for group in self._groups]
        return self._merged(groups, combination)

    def sources(self, combination: Combination) -> dict[str, list[str]]:
        """Return the names of the template's files that render each path of the project."""
        context = self._context(combination)
        names = defaultdict(list)
        for found in self._sources:
            if target := found.target(context):
                names[target].append(found.name)
        return dict(names)

    def rendered(self) -> set[tuple[str, bytes]]:
        """Return the distinct files, path and content, of all that was composed until now."""
        known = (files for group in self._groups for files in group.known.values())
        return set(chain.from_iterable(known))

    def _merged(self, parts: list[Files], combination: Combination) -> dict[str, bytes]:
        files = dict(chain.from_iterable(parts))
        if len(files) == sum(map(len, parts)):
            return files
        clashes = {path: by for path, by in self.sources(combination).items() if len(by) > 1}
        raise SharedPathError(f"several files of the template render one path: {clashes}")

    def _context(self, combination: Combination) -> dict[str, Any]:
        return {**self._surroundings, **combination.values}

    def _remembered(self, combination: Combination) -> Mapping[str, Any]:
        worker = self._worker
        worker.answers = AnswersMap(
            user=dict(combination.values), metadata=worker.template.metadata
        )
        worker.answers.hidden |= combination.values.keys() - combination.answers.keys()
        return worker._answers_to_remember()


@dataclass(frozen=True)
class _Group:
    """Sources that read the same questions, and what they rendered for each set of values."""

    reads: tuple[str, ...]
    sources: list[Source]
    known: dict[tuple[Value, ...], Files] = field(default_factory=dict)

    def files(self, values: Mapping[str, Value], surroundings: Mapping[str, Any]) -> Files:
        key = tuple(map(values.__getitem__, self.reads))
        if key not in self.known:
            read = dict(zip(self.reads, key, strict=True))
            self.known[key] = tuple(_rendered(self.sources, {**surroundings, **read}))
        return self.known[key]


def _grouped(sources: Iterable[Source], questions: Collection[str]) -> Iterator[_Group]:
    groups = defaultdict(list)
    for found in sources:
        groups[tuple(sorted(found.reads.intersection(questions)))].append(found)
    return (_Group(*group) for group in groups.items())


def _rendered(sources: Iterable[Source], context: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for found in sources:
        if target := found.target(context):
            yield target, found.render(context)
