"""Pipelines: which commands run one after the other, and when, as `config/orchestration.yaml` says.

Whatever runs them reads this, also where the project itself is not installed: so it imports little.
"""

import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .. import configuration
from ..errors import ProjectError

FILE = "orchestration.yaml"
PACKAGE = __name__.partition(".")[0]
VARIABLE = f"{PACKAGE.upper()}_ORCHESTRATION_PIPELINE"  # tells a step whose it is
COMMANDS = Path(__file__).parents[1] / "commands"
FIELDS = {  # of a schedule, as cron has them: the least and the greatest number, and the names
    "minute": (0, 59, []),
    "hour": (0, 23, []),
    "day": (1, 31, []),
    "month": (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec".split()),
    "weekday": (0, 7, "sun mon tue wed thu fri sat".split()),
}


def check_line(line: str) -> str:
    """Return the line of a step, which begins with a command that runs to an end."""
    words = shlex.split(line)
    known = {path.stem.replace("_", "-") for path in COMMANDS.glob("[a-z]*.py")}
    steps = sorted(known - {"pipeline", "schedule"})
    if not words or words[0] not in steps:
        close = configuration.nearest(words[0] if words else "", steps)
        raise ValueError(f"should begin with a command of the project ({close})")
    return line


def check_schedule(schedule: str) -> str:
    """Return a schedule, whose five fields cron could read."""
    told = schedule.split()
    if len(told) != len(FIELDS):
        raise ValueError('should be five fields as cron has them, such as "0 2 * * *"')
    for (name, (least, greatest, names)), field in zip(FIELDS.items(), told, strict=True):
        numbers = {word: str(number) for number, word in enumerate(names, start=least)}
        for part in field.lower().split(","):
            span, *every = part.split("/", 1)
            if not fits([numbers.get(end, end) for end in span.split("-")], least, greatest):
                raise ValueError(
                    f"should say the {name} from {least} to {greatest} (`{part}` does not)"
                )
            if every and not (every[0].isdecimal() and int(every[0])):
                raise ValueError(f"should repeat the {name} every 1 or more (`{part}` does not)")
    return schedule


def fits(ends: list[str], least: int, greatest: int) -> bool:
    """Tell whether a part of a schedule, one number or two, is in order and within its bounds."""
    if ends == ["*"]:
        return True
    numbers = [int(end) for end in ends if end.isdecimal()]
    bounded = [least, *numbers, greatest]
    return len(numbers) == len(ends) < 3 and bounded == sorted(bounded)


Name = Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")]
Line = Annotated[str, AfterValidator(check_line)]
Schedule = Annotated[str, AfterValidator(check_schedule)]


@dataclass(frozen=True)
class Step:
    """A command of the project with its arguments; `name` is its own within a pipeline."""

    name: str
    arguments: list[str]


class Pipeline(BaseModel):
    """Steps, one after the other, and when they run by themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schedule: Schedule | None = None
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

    def timetable(self) -> str:
        """Return a line for each pipeline, which tells when it runs."""
        lines = [
            f"{name}: {it.schedule or 'only when asked'}" for name, it in self.pipelines.items()
        ]
        return "\n".join(lines)


def load(config: Path) -> Plan:
    """Return the pipelines that the folder `config` says.

    Raises:
        ProjectError: the file is missing or wrong.
    """
    path = config / FILE
    return configuration.parse(Plan, configuration.read(path), path)
