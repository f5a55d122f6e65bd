"""The roadmap: which steps of the learning path are done, by what their results show."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from .. import configuration, plugins
from ..errors import ProjectError
from ..settings import Settings
from .evidence import EVIDENCE, Evidence


class Step(BaseModel):
    """A step, as the head of a page in docs/roadmap names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    evidence: str
    next: str


class Page(BaseModel):
    """The head of a page: the steps of one level, in their order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: str
    steps: list[Step]


@dataclass(frozen=True)
class Progress:
    """How far the owner is with a step; `found` says by what, and is None until it is done."""

    level: str
    step: Step
    found: str | None


def walk(settings: Settings) -> list[Progress]:
    """Return the steps of every page, and what was found of each.

    Raises:
        ProjectError: a page has no head, or names an evidence that nobody offers.
    """
    offered = plugins.offered("evidence").values()
    known = EVIDENCE | {name: each for more in offered for name, each in more.items()}
    pages = sorted((settings.root / "docs" / "roadmap").glob("*.md"))
    if not pages:
        raise ProjectError(f"{settings.root / 'docs' / 'roadmap'}: there is no page left")
    return [
        Progress(page.level, step, look(step, known, path)(settings))
        for path in pages
        for page in [read(path)]
        for step in page.steps
    ]


def read(path: Path) -> Page:
    """Return the head of a page: YAML between two lines of `---`."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise ProjectError(f"{path}: the page begins with its steps, between two lines of ---")
    return configuration.parse(Page, yaml.safe_load(parts[1]), path)


def look(step: Step, known: dict[str, Evidence], path: Path) -> Evidence:
    """Return the function that looks for the evidence of a step."""
    if step.evidence not in known:
        close = configuration.nearest(step.evidence, sorted(known))
        raise ProjectError(f"{path}: there is no evidence `{step.evidence}`; {close}")
    return known[step.evidence]
