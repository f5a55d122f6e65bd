"""The questions of a template, answered as Copier answers them in a fresh project."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from functools import cached_property
from os import PathLike
from typing import Any

from copier._main import Worker
from copier._settings import SettingsModel
from copier._types import MISSING
from copier._user_data import AnswersMap, Question

from .combination import Answers, Combination, Value
from .variables import read_by


class Questions(AbstractContextManager["Questions"]):
    """The questions of the template repository `source`, at one `revision` of it.

    Free text takes its default, choices and booleans branch. Values are scalars: they serve as
    keys. The user's own Copier settings play no part.
    """

    def __init__(self, source: str | PathLike[str], revision: str = "HEAD") -> None:
        """Clone the template to a temporary folder, which goes when the context ends."""
        self.source = str(source)
        self.worker = Worker(
            src_path=self.source, vcs_ref=revision, settings=SettingsModel(), quiet=True
        )
        self.worker.dst_path = self.worker.template.local_abspath / "a project that is not there"
        self._memo: dict[tuple[Value | None, ...], tuple[bool, tuple[Value, ...]]] = {}

    def __exit__(self, *_: object) -> None:
        self.worker._cleanup()

    @cached_property
    def details(self) -> dict[str, dict[str, Any]]:
        """What copier.yml says about each question, asked or computed, in its order."""
        return dict(self.worker.template.questions_data)

    @cached_property
    def reads(self) -> dict[str, tuple[str, ...]]:
        """The other questions whose values each question reads, in any of its texts."""
        environment = self.worker.jinja_env
        read = {name: read_by(environment, texts) for name, texts in self.details.items()}
        return {name: tuple(sorted(read[name] & read.keys() - {name})) for name in read}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The choices of `level`, lowest first."""
        level = self.question("level", self.complete({}).values)
        return tuple(level.cast_answer(choice.value) for choice in level._formatted_choices)

    def every(self, level: str | None = None) -> Iterator[Combination]:
        """Yield every valid combination, at every level or at one, the defaults first.

        Raises:
            ValueError: There is no such level, or a default is missing or not valid.
        """
        combinations: Iterable[Combination] = [Combination()]
        for name in self.details:
            combinations = self._branch(name, combinations, {"level": level} if level else {})
        return iter(combinations)

    def complete(self, answers: Answers) -> Combination:
        """Return the combination of `answers`, with defaults for what they leave open.

        Raises:
            ValueError: An answer is not valid, or no question asks for it.
        """
        combination = self._filled(answers)
        for name in answers.keys() - combination.answers.keys():
            why = "is not asked with these answers" if name in self.details else "does not exist"
            raise ValueError(f"question {name!r} {why}: {dict(answers)}")
        return combination

    def moved(self, combination: Combination, level: str) -> Combination:
        """Return the same choices at another `level`: what it does not ask goes, defaults come."""
        return self._filled({**combination.answers, "level": level})

    def question(self, name: str, values: Answers) -> Question:
        """Return Copier's own question `name`, as it stands once `values` are known."""
        return Question(
            var_name=name,
            answers=AnswersMap(),
            context={**self._surroundings, **values},
            jinja_env=self.worker.jinja_env,
            **self.details[name],
        )

    @cached_property
    def _surroundings(self) -> dict[str, Any]:
        self.worker.answers = AnswersMap(
            metadata=self.worker.template.metadata, external=self.worker._external_data()
        )
        context = dict(self.worker._render_context())
        del context["_copier_answers"]  # grows from question to question: no memo could tell
        return context

    def _filled(self, given: Answers) -> Combination:
        combination = Combination()
        for name in self.details:
            asked, values = self._answerable(name, combination.values, given)
            combination = combination.having(name, values[0], asked)
        return combination

    def _branch(
        self, name: str, combinations: Iterable[Combination], given: Answers
    ) -> Iterator[Combination]:
        for combination in combinations:
            asked, values = self._answerable(name, combination.values, given)
            yield from (combination.having(name, value, asked) for value in values)

    def _answerable(
        self, name: str, values: Answers, given: Answers
    ) -> tuple[bool, tuple[Value, ...]]:
        key = (name, given.get(name), *map(values.get, self.reads[name]))
        if key not in self._memo:
            self._memo[key] = _options(self.question(name, values), given.get(name))
        return self._memo[key]


def _options(question: Question, given: Value | None) -> tuple[bool, tuple[Value, ...]]:
    """Return whether `question` is asked, and its possible answers or its computed value."""
    if question.get_when() and given is not None:
        return True, (_checked(question, given),)
    default = question.get_default()
    if default is MISSING:
        raise ValueError(f"question {question.var_name!r} has no default")
    if not question.get_when():
        return False, (default,)
    others = [question.cast_answer(choice.value) for choice in question._formatted_choices]
    if question.get_type_name() == "bool":
        others += [not default]
    return True, (default, *(other for other in others if _is_other(question, other, default)))


def _is_other(question: Question, value: Value, default: Value) -> bool:
    try:
        return _checked(question, value) != default
    except ValueError:
        return False


def _checked(question: Question, answer: Value) -> Value:
    value: Value = question.parse_answer(answer)
    question.validate_answer(value)
    return value
