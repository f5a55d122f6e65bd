"""Configuration: YAML files read into typed models, with messages a person can act on."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from .errors import ProjectError

Model = TypeVar("Model", bound=BaseModel)


class Loader(yaml.SafeLoader):
    """Reads YAML in which no key may stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping, or refuse it."""
        counts = Counter(key.value for key, _ in node.value)
        if twice := [key for key, _ in node.value if counts[key.value] > 1]:
            mark, problem = twice[-1].start_mark, f"`{twice[-1].value}` stands there twice"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        return super().construct_mapping(node, deep)


def load(model: type[Model], path: Path, changes: Iterable[str] = ()) -> Model:
    """Return the `model` that a YAML file holds, with `changes` such as `key=1`, `key.inner=2`.

    Raises:
        ProjectError: the file is not there or is not YAML, a key is unknown or a value is wrong.
    """
    values = read(path)
    for change in changes:
        name, _, text = change.partition("=")
        key, _, inner = name.partition(".")
        value = yaml.safe_load(text)
        values[key] = {**(values.get(key) or {}), inner: value} if inner else value
    return parse(model, values, path)


def read(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises:
        ProjectError: the file is missing, is not UTF-8, or is not a YAML mapping.
    """
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except FileNotFoundError as error:
        raise ProjectError(f"{path}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f"{path}, line {place.line + 1}" if place else path
        problem = getattr(error, "problem", error)
        raise ProjectError(f"{where}: not valid YAML, {problem}") from error
    if not isinstance(values, dict):
        raise ProjectError(f"{path}: write `key: value` lines; this is not a mapping")
    return values


def parse(model: type[Model], values: dict[str, Any], path: Path) -> Model:
    """Return `values` as a `model`.

    Raises:
        ProjectError: a key is unknown or a value is wrong; every such key is named.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        mistakes = "; ".join(explain(detail, model) for detail in error.errors())
        raise ProjectError(f"{path}: {mistakes}") from error


def explain(detail: Any, model: type[BaseModel]) -> str:
    """Return one sentence about one wrong value, as Pydantic reports it."""
    key = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden":
        hint = f"; {nearest(key, model.model_fields)}" if "." not in key else ""
        return f"`{key}` is not a known key{hint}"
    if detail["type"] == "missing":
        return f"`{key}` is missing"
    message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"`{key}` {message}, not {detail['input']!r}" if key else message


def nearest(name: str, known: Collection[str]) -> str:
    """Return what a person probably meant by `name`, else what there is."""
    close = get_close_matches(name, known)
    return f"did you mean `{close[0]}`?" if close else f"there are {', '.join(known)}"
