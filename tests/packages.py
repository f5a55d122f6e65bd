"""The package of a rendered project, imported into the tests of this repository."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering

Import = Callable[[str], Any]


def rendered(questions: Questions, rendering: Rendering, folder: Path, **answers: str) -> Import:
    """Write a project with the default answers but `answers` to `folder`; return what imports it.

    The name of the package has to be another in each call, since a module is imported once.
    """
    combination = questions.complete(answers)
    for path, text in rendering.shared(combination).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    sys.path.insert(0, str(folder / "src"))
    return lambda module: import_module(f"{answers['package_name']}.{module}")
