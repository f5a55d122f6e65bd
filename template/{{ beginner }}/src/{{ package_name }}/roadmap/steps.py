"""The steps of the learning path, as the pages of docs/roadmap name them, and what is done."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from .. import configuration, plugins
from ..errors import ProjectError
from ..settings import Settings
from .evidence import EVIDENCE


class Step(BaseModel):
    """A step, as the head of a page names it."""

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
    """How far the owner is with a step; `evidence` shows by what, and is None until it is done."""

    level: str
    step: Step
    evidence: str | None


def walk(settings: Settings) -> list[Progress]:
    """Return the steps of every page, and what shows that they are done.

    Raises:
        ProjectError: there is no page, one has no head, or it names an evidence that nobody offers.
    """
    folder = settings.root / "docs" / "roadmap"
    pages = {path: read(path) for path in sorted(folder.glob("*.md"))}
    if not pages:
        raise ProjectError(f"{folder}: there is no page left")
    known = dict(EVIDENCE)
    for offered in plugins.offered("evidence").values():
        known |= offered
    for path, page in pages.items():
        for step in page.steps:
            if step.evidence not in known:
                close = configuration.nearest(step.evidence, sorted(known))
                raise ProjectError(f"{path}: there is no evidence `{step.evidence}`; {close}")
    return [
        Progress(page.level, step, known[step.evidence](settings))
        for page in pages.values()
        for step in page.steps
    ]


def read(path: Path) -> Page:
    """Return the head of a page: YAML between two lines of `---`."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise ProjectError(f"{path}: the page begins with its steps, between two lines of ---")
    return configuration.parse(Page, yaml.safe_load(parts[1]), path)
