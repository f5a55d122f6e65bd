"""Pipelines: which commands run one after the other, and when, as `config/orchestration.yaml` says.

Whatever runs them reads this, also where the project itself is not installed: so it imports little.
"""

import re
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .. import configuration
from ..errors import ProjectError

FILE = "orchestration.yaml"
NAME = r"[a-z][a-z0-9-]*"  # of a pipeline, and of a command
PACKAGE = __name__.partition(".")[0]
VARIABLE = f"{PACKAGE.upper()}_ORCHESTRATION_PIPELINE"  # tells a step whose it is
FIELD = r"[\d*/,A-Za-z-]+"  # of a schedule, as cron has it


def check_line(line: str) -> str:
    """Return the line of a step, which begins with a command, its quotes closed."""
    words = shlex.split(line)
    if not words or not re.fullmatch(NAME, words[0]):
        raise ValueError("should begin with a command of the project")
    return line


Name = Annotated[str, Field(pattern=f"^{NAME}$")]
Line = Annotated[str, AfterValidator(check_line)]


@dataclass(frozen=True)
class Step:
    """A command of the project with its arguments; `name` is its own within a pipeline."""

    name: str
    arguments: list[str]


class Pipeline(BaseModel):
    """Steps, one after the other, and when they run by themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schedule: str | None = Field(default=None, pattern=rf"^{FIELD}( {FIELD}){{4}}$")
    steps: list[Line] = Field(min_length=1)

    def named(self) -> list[Step]:
        """Return the steps, each named like its command; the second `etl` is `etl-2`."""
        times: Counter[str] = Counter()
        found = []
        for arguments in map(shlex.split, self.steps):
            times[arguments[0]] += 1
            number = f"-{times[arguments[0]]}".removesuffix("-1")
            found.append(Step(f"{arguments[0]}{number}", arguments))
        return found


class Plan(BaseModel):
    """What `config/orchestration.yaml` says; times are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pipelines: dict[Name, Pipeline] = Field(min_length=1)
    retries: int = Field(default=1, ge=0, le=100)
    wait: float = Field(default=60, ge=0)
    timeout: float = Field(default=3600, gt=0)

    def choose(self, name: str) -> Pipeline:
        """Return a pipeline by its name, or say which there are."""
        if name not in self.pipelines:
            close = configuration.nearest(name, list(self.pipelines))
            raise ProjectError(f"config/{FILE}: there is no pipeline `{name}`; {close}")
        return self.pipelines[name]


def load(config: Path) -> Plan:
    """Return the pipelines that the folder `config` says.

    Raises:
        ProjectError: the file is missing or wrong.
    """
    path = config / FILE
    return configuration.parse(Plan, configuration.read(path), path)
