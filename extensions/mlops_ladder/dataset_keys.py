"""The keys of a dataset file, in words, from the schema of a project's own package."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .render import Rendering

PRINT = """
import json
from {}.data.schema import Schema
print(json.dumps(Schema.model_json_schema()))
"""


def rows(rendering: Rendering) -> Iterator[tuple[str, str, str, str]]:
    """Yield each key: its name, what it takes, what holds without it, what it says."""
    schema = read(rendering)
    for key, details in schema["properties"].items():
        default = "an error" if key in schema["required"] else written(details["default"])
        yield f"`{key}`", words(details), default, details["description"]


def read(rendering: Rendering) -> Any:
    """Return the JSON schema of a dataset file, from the package of a default project."""
    project = rendering.questions.complete({})
    with TemporaryDirectory() as folder:
        for path, source in rendering.shared(project).items():
            if path.startswith("src/"):
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_bytes(source)
        program = [sys.executable, "-c", PRINT.format(project.values["package_name"])]
        return json.loads(subprocess.check_output(program, cwd=Path(folder) / "src"))


def written(default: Any) -> str:
    """Return a default as YAML has it."""
    return f"`{json.dumps(default)}`" if default else "none"


def words(kind: Mapping[str, Any]) -> str:
    """Return what a key takes: the words for a type of JSON schema."""
    if "anyOf" in kind:
        return words(kind["anyOf"][0])  # the other one is null
    if "enum" in kind:
        return ", ".join(f"`{choice}`" for choice in kind["enum"])
    if kind["type"] == "array":
        item = kind["items"]
        return f"a list of {words(item) if 'enum' in item else 'texts'}"
    if kind["type"] == "object":
        return f"for each column {words(kind['additionalProperties'])}"
    if kind["type"] == "integer":
        return f"a whole number, {kind['minimum']} or more"
    return "one character" if kind.get("maxLength") == 1 else "a text"
