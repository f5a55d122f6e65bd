"""Failures: what Spark says of one in hundreds of lines, in one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

OWN = re.compile(r"errors\.ProjectError: (.*)")  # of this project, raised where a worker runs it
CAUSE = re.compile(r"^(?:Caused by)?: (?:[\w.$]*\.)?(.*)", re.MULTILINE)


class Failed(Exception):
    """Spark could not do what it was asked for; `condition` and `told` are its words for why."""

    def __init__(self, error: Exception) -> None:
        """Keep of an error what there is to say."""
        super().__init__(reason(str(error)))
        self.own = bool(OWN.search(str(error)))
        self.condition: str = getattr(error, "getCondition", str)() or ""
        self.told: dict[str, str] = getattr(error, "getMessageParameters", dict)() or {}
        place = re.search(r"\(line (\d+), pos \d+\)", str(error))
        self.line = int(place[1]) if place else None


def reason(said: str) -> str:
    """Return the line that says most."""
    first = " ".join(said.split("\n\n")[0].split("== SQL")[0].split())
    lines: list[str] = [first, *CAUSE.findall(said), *OWN.findall(said)]
    return lines[-1]


@contextmanager
def noticed() -> Iterator[None]:
    """Raise `Failed` where Spark, or the Java that it runs on, fails."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        raise Failed(error) from error
