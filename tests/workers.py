"""A plug-in of pytest: which tests a worker gets together, with `--dist loadfile`.

Those of a file, whose projects are then made once. The marks of `--dist loadgroup` would say it
better, but xdist 3.8 writes them where pytest 9.2 does not look.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

ALONE = (  # each makes a project that no other test uses, and takes a minute or more
    "test_a_tutorial_works_as_it_is_written",
    "test_the_main_job_works",
    "test_the_project_is_green_with_newer_pythons",
)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Files, those with many tests first, and in the end the tests that are alone."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        return nodeid if name.startswith(ALONE) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Return what hands out the tests where files are to stay together."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None
