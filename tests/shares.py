"""A plug-in of pytest: how much was tested of how much there is, and no less than was promised.

A test says what it has tested by the fixture `tested`. With `--shares`, less than `LEAST` fails.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import cast

import pytest
from support import Tested

LEAST = {
    "answers in projects checked whole": 1,
    "combinations composed": 1,
    "distinct files, by a tool of their kind": 1,
    "tests": 1,
}


@pytest.fixture
def tested(record_property: Callable[[str, object], None]) -> Tested:
    """Return what a test calls to say which items it has tested, of how many there are."""

    def say(what: str, items: Iterable[str], of: int) -> None:
        record_property("tested", [what, [*items], of])

    return say


class Shares:
    """What the tests of a run have tested."""

    def __init__(self, enforced: bool) -> None:
        """Begin with nothing."""
        self.enforced = enforced
        self.items: dict[str, set[str]] = defaultdict(set)
        self.all: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test, and what it says it has tested; one without a case is none."""
        if report.skipped and "got empty parameter set" in str(report.longrepr):
            return
        if report.when == "call" or not report.passed:
            self.note("tests", [report.nodeid] if report.passed else [], 0)
            self.all["tests"] += 1
            for key, value in report.user_properties:
                if key == "tested":
                    what, items, of = cast(tuple[str, list[str], int], value)
                    self.note(what, items if report.passed else [], of)

    def note(self, what: str, items: Iterable[str], of: int) -> None:
        """Add some items to those tested."""
        self.items[what].update(items)
        self.all[what] = max(self.all.get(what, 0), of)

    def low(self) -> list[str]:
        """Return of what there was less than promised."""
        return [what for what in self.all if len(self.items[what]) < LEAST[what] * self.all[what]]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the shares."""
        for what, of in self.all.items():
            short = f", of {LEAST[what]:.0%} promised" if what in self.low() else ""
            terminalreporter.line(f"tested: {len(self.items[what]):,} of {of:,} {what}{short}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail if a share has fallen."""
        if self.enforced and self.low() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--shares` be said."""
    parser.addoption("--shares", action="store_true", help="fail if less is tested than promised")


def pytest_configure(config: pytest.Config) -> None:
    """Count, where all reports come together."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Shares(config.getoption("--shares")))
