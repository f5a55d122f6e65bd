"""The steps of the learning path, as the pages of docs/roadmap name them, and what is done."""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from .. import configuration, plugins
from ..errors import ProjectError
from ..settings import Settings
from .evidence import EVIDENCE, Evidence


class Page(BaseModel, extra="forbid", frozen=True):
    """The head of a page: the steps of one level, in their order, by their titles.

    A step names the evidence that it takes, in order, and what to do where that is missing.
    """

    level: str
    steps: dict[str, dict[str, str]]


def walk(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the steps of every page: `level`, `step`, `done`, by which `evidence`, what is `next`.

    Raises:
        ProjectError: there is no page, one has no head, or it names an evidence that nobody offers.
    """
    folder = settings.root / "docs" / "roadmap"
    pages = {path: read(path) for path in sorted(folder.glob("*.md"))}
    if not pages:
        raise ProjectError(f"{folder}: there is no page left")
    known = ChainMap(EVIDENCE, *plugins.offered("evidence").values())
    for path, page in pages.items():
        for title, step in page.steps.items():
            found = [find(name, known, path)(settings) or "" for name in step]
            missing = [todo for todo, seen in zip(step.values(), found, strict=True) if not seen]
            evidence = "" if missing else "".join(found[-1:])
            shown = {"done": bool(evidence), "evidence": evidence, "next": "".join(missing[:1])}
            yield {"level": page.level, "step": title, **shown}


def find(name: str, known: Mapping[str, Evidence], path: Path) -> Evidence:
    """Return the function that looks for an evidence that the page `path` names."""
    if name not in known:
        close = configuration.nearest(name, sorted(known))
        raise ProjectError(f"{path}: there is no evidence `{name}`; {close}")
    return known[name]


def read(path: Path) -> Page:
    """Return the head of a page: YAML between two lines of `---`."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise ProjectError(f"{path}: the page begins with its steps, between two lines of ---")
    return configuration.parse(Page, yaml.load(parts[1], configuration.Loader), path)
