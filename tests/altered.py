"""A template as an author has altered it: by a folder, a switch, a choice, a question."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import Project

LEVEL = "intermediate"  # whose question `colour` is
TOOL = "toytool"


def add_alternative(root: Path) -> None:
    """Add the choice `toytool` of `packaging` to the template at `root`."""
    with _copier_yml(root) as questions:
        questions["packaging"]["choices"]["toytool - installs nothing"] = TOOL
        questions[TOOL] = _switch(f"packaging == '{TOOL}'")
    write(root, f"{{{{ beginner }}}}/{{{{ {TOOL} }}}}/tasks/environment.just", "run := 'toytool'\n")


def add_question(root: Path, when: str = f"{{{{ {LEVEL} }}}}") -> None:
    """Add the question `colour` of a later level, and the two folders that its answers switch."""
    with _copier_yml(root) as questions:
        questions["colour"] = {"type": "str", "default": "red", "choices": ["red", "blue"]}
        questions["colour"]["when"] = when
        for colour in ("red", "blue"):
            questions[colour] = _switch(f"{LEVEL} and colour == '{colour}'")
            folder = f"{{{{ {LEVEL} }}}}/{{{{ {colour} }}}}"
            write(root, f"{folder}/colour.txt", f"{colour}\n")


def write(root: Path, name: str, content: str) -> None:
    """Write a file of the template at `root`; `name` is its path below `template/`."""
    path = root / "template" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@contextmanager
def altered(template: Path, copy: Path, *changes: Callable[[Path], None]) -> Iterator[Rendering]:
    """Give the rendering of a `copy` of the template, after an author's `changes` to it."""
    shutil.copytree(template, copy)
    for change in changes:
        change(copy)
    Project(copy).commit()
    with Questions(copy) as questions:
        yield Rendering(questions)


@contextmanager
def _copier_yml(root: Path) -> Iterator[dict[str, Any]]:
    path = root / "copier.yml"
    questions = yaml.safe_load(path.read_text())
    yield questions
    path.write_text(yaml.safe_dump(questions, sort_keys=False, allow_unicode=True))


def _switch(condition: str) -> dict[str, Any]:
    return {"type": "str", "when": False, "default": f"{{{{ '.' if {condition} else '' }}}}"}
