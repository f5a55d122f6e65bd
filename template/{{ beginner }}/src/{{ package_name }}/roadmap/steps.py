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


class Step(BaseModel, extra="forbid", frozen=True):
    """A step, as the head of a page names it."""

    title: str
    evidence: str
    next: str


class Page(BaseModel, extra="forbid", frozen=True):
    """The head of a page: the steps of one level, in their order."""

    level: str
    steps: list[Step]


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
        for step in page.steps:
            evidence = find(step.evidence, known, path)(settings) or ""
            remaining = "" if evidence else step.next
            shown = {"done": bool(evidence), "evidence": evidence, "next": remaining}
            yield {"level": page.level, "step": step.title, **shown}


def find(name: str, known: Mapping[str, Evidence], path: Path) -> Evidence:
    """Return the function that looks for the evidence of a step on the page `path`."""
    if name not in known:
        close = configuration.nearest(name, sorted(known))
        raise ProjectError(f"{path}: there is no evidence `{name}`; {close}")
    return known[name]


def read(path: Path) -> Page:
    """Return the head of a page: YAML between two lines of `---`."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise ProjectError(f"{path}: the page begins with its steps, between two lines of ---")
    return configuration.parse(Page, yaml.safe_load(parts[1]), path)
