"""The walk through the questions, and what it composes, is what Copier does with each answer."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from mlops_ladder.combination import Combination
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import copied, differing

QUESTIONS = """
_subdirectory: template
_envops: {undefined: jinja2.StrictUndefined, trim_blocks: true, keep_trailing_newline: true}
level: {type: str, default: low, choices: {Low: low, High: high}}
high: {type: str, when: false, default: "{{ '.' if level == 'high' else '' }}"}
colour:
  type: str
  default: red
  choices:
    Red: red
    Blue: {value: blue, validator: "{% if not high %}blue is for the high level{% endif %}"}
shade:
  type: str
  default: dark
  choices: "{{ ['dark', 'light'] if colour == 'red' else ['dark'] }}"
  when: "{{ high }}"
gpu: {type: bool, default: false, when: "{{ high }}"}
nodes:
  type: int
  default: 1
  choices: [1, 2, 3]
  validator: "{% if gpu and nodes > 2 %}too many nodes for a GPU{% endif %}"
name: {type: str, default: "{{ colour }}-{{ shade }}"}
red: {type: str, when: false, default: "{{ '.' if colour == 'red' else '' }}"}
"""
FILES = {
    "copier.yml": QUESTIONS.encode(),
    "parts/notice": b"For {{ nodes }} nodes.\n",
    "template/{{ _copier_conf.answers_file }}.jinja": b"{{ _copier_answers | to_nice_yaml -}}\n",
    "template/logo.png": b"\x89PNG\r\n{{ name }}",
    "template/gpu.txt.jinja": b"{% if gpu %}\nGPU\n{% endif %}\n",
    "template/{{ high }}/docs/{{ name }}.md.jinja": b"{% include 'parts/notice' %}\n",
    "template/{{ high }}/{{ red }}/docs/red.md": b"# Red\r\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Questions]:
    """Return the questions of a template with a trick of each kind."""
    root = tmp_path_factory.mktemp("small")
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    with Questions(root) as questions:
        yield questions


def test_every_combination_is_composed_as_copier_writes_it(
    small: Questions, tmp_path: Path
) -> None:
    rendering = Rendering(small)
    rows = list(small.every())

    written = [copied(small, tmp_path / str(n), row.answers) for n, row in enumerate(rows)]

    pairs = zip([project.files() for project in written], map(rendering.compose, rows))
    assert [differing(one, other) for one, other in pairs if one != other] == []


def test_a_file_is_rendered_once_for_what_it_reads(small: Questions) -> None:
    rendering = Rendering(small)
    rows = [small.complete({"level": "high", "gpu": True, "nodes": nodes}) for nodes in (1, 2)]

    one, other = (rendering.shared(row)["gpu.txt"] for row in rows)

    assert one is other


@pytest.mark.parametrize(("level", "count"), [("low", 3), ("high", 15)])
def test_every_valid_combination_is_there_once(small: Questions, level: str, count: int) -> None:
    rows = {tuple(row.answers.items()) for row in small.every(level)}

    assert len(rows) == len(list(small.every(level))) == count


def test_the_defaults_come_first(small: Questions) -> None:
    assert next(small.every()) == small.complete({}) == pairwise(small, "low")[0]


def test_what_is_not_asked_still_has_its_value(small: Questions) -> None:
    low = small.complete({"level": "low"})

    assert "gpu" not in low.answers
    assert low.values["gpu"] is False


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"colour": "blue"}, "blue is for the high level"),
        ({"colour": "green"}, "Invalid choice"),
        ({"level": "high", "colour": "blue", "shade": "light"}, "Invalid choice"),
        ({"level": "high", "gpu": True, "nodes": 3}, "too many nodes"),
        ({"gpu": True}, "'gpu' is not asked with these answers"),
        ({"red": "."}, "'red' is not asked with these answers"),
        ({"color": "red"}, "'color' does not exist"),
    ],
)
def test_an_answer_that_copier_refuses_or_ignores_is_refused(
    small: Questions, answers: dict[str, str | bool | int], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        small.complete(answers)


def test_moving_to_another_level_keeps_the_other_answers(small: Questions) -> None:
    high = small.complete({"level": "high", "colour": "red", "gpu": True, "nodes": 2})

    low = small.moved(high, "low")

    assert low.answers == {"level": "low", "colour": "red", "nodes": 2, "name": "red-dark"}


def test_a_cover_holds_every_pair_that_any_combination_holds(small: Questions) -> None:
    def pairs(rows: list[Combination]) -> set[object]:
        interacting = {"colour", "shade", "gpu"}
        return {
            pair
            for row in rows
            for pair in combinations([i for i in row.answers.items() if i[0] in interacting], 2)
        }

    every, cover = list(small.every("high")), pairwise(small, "high")

    assert pairs(cover) == pairs(every)
    assert len(cover) < len(every)
