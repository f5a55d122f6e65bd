"""A toy level and a toy alternative, added as an author adds one: a folder, a switch, a choice."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS, Project

LEVEL = "toy"
TOOL = "toytool"

FOLDER = Path(__file__).with_name("toy_level")
# the toy stands where the first level will stand that is not offered yet
SLOT = next(level for level in ("intermediate", "advanced") if level not in LEVELS)
TASKS = f"""import "toy.just"

[private]
_setup-{SLOT}:
    @echo The toy is set up.
"""
EXTRA = 'toy = ["packaging>=24"]'


def add_level(root: Path) -> None:
    """Add the highest level `toy`, a capability that uses each plug-in point, to the template."""
    with _copier_yml(root) as questions:
        below = list(questions["level"]["choices"].values())
        questions["level"]["choices"]["toy - a capability to play with"] = LEVEL
        _insert(questions, below[-1], LEVEL, f"{{{{ '.' if level not in {below} else '' }}}}")
    shutil.copytree(FOLDER, root / "template" / "{{ toy }}")
    write(root, f"{{{{ toy }}}}/tasks/{SLOT}.just", TASKS)
    pyproject = root / "template" / "{{ beginner }}" / "pyproject.toml.jinja"
    before, comment, after = pyproject.read_text().partition(f"# {SLOT}\n")
    block = f"{{% if toy %}}\n{EXTRA}\n{{% endif %}}\n"
    pyproject.write_text(before + comment + block + after)


def add_alternative(root: Path) -> None:
    """Add the choice `toytool` of `packaging` to the template at `root`."""
    with _copier_yml(root) as questions:
        questions["packaging"]["choices"]["toytool - installs nothing"] = TOOL
        last = list(questions)[-1]
        _insert(questions, last, TOOL, f"{{{{ '.' if packaging == '{TOOL}' else '' }}}}")
    write(root, "{{ beginner }}/{{ toytool }}/tasks/environment.just", "run := 'toytool'\n")


def add_question(root: Path, when: str = "{{ toy }}") -> None:
    """Add the question `colour` of the level `toy`, and the two folders that its answers switch."""
    with _copier_yml(root) as questions:
        questions["colour"] = {"type": "str", "default": "red", "choices": ["red", "blue"]}
        questions["colour"]["when"] = when
        for colour in ("red", "blue"):
            default = f"{{{{ '.' if toy and colour == '{colour}' else '' }}}}"
            questions[colour] = {"type": "str", "when": False, "default": default}
            write(root, f"{{{{ toy }}}}/{{{{ {colour} }}}}/colour.txt", f"{colour}\n")


def write(root: Path, name: str, content: str) -> None:
    """Write a file of the template at `root`; `name` is its path below `template/`."""
    path = root / "template" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@contextmanager
def changed(template: Path, copy: Path, *changes: Callable[[Path], None]) -> Iterator[Rendering]:
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


def _insert(questions: dict[str, Any], after: str, name: str, default: str) -> None:
    """Add a computed question right below `after`."""
    ordered = list(questions.items())
    place = list(questions).index(after) + 1
    ordered.insert(place, (name, {"type": "str", "when": False, "default": default}))
    questions.clear()
    questions.update(ordered)
