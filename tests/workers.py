"""A plug-in of pytest: which tests a worker gets together, with `--dist loadfile`.

Those of a file, and of files that stand in the same project, which is then made once. The marks of
`--dist loadgroup` would say it better, but xdist 3.8 writes them where pytest 9.2 does not look.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SAME_PROJECT = {
    "tests/test_first_week.py": "tests/test_etl.py",
    "tests/test_plug_ins.py": "tests/test_etl.py",
    "tests/test_validation.py": "tests/test_etl.py",
    # the rendered package is imported here: its libraries once
    "tests/test_odd_dataset_files.py": "tests/test_odd_tables.py",
    "tests/test_odd_models.py": "tests/test_odd_tables.py",
    "tests/test_onnx.py": "tests/test_odd_tables.py",
    "tests/test_dataset_file_stamp.py": "tests/test_odd_tables.py",
}
PIP_TOOLS = "by_pip_tools"  # so are the tests called that stand in the project by pip-tools
ALONE = (  # each makes a project that no other test uses; those that take longest come first
    "test_a_tutorial_works_as_it_is_written",
    "test_the_project_is_green_with_the_newest_python",
    "test_the_main_job_works",
)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Files, those with many tests first, and in the end the tests that are alone."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        if name.startswith(ALONE):
            return nodeid
        return PIP_TOOLS if PIP_TOOLS in name else SAME_PROJECT.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Return what hands out the tests where files are to stay together."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put how-tos after other tests of a project, which they change, and those alone in the end."""
    items.sort(key=lambda item: (alone(item.name), item.path.stem == "test_how_tos"))


def alone(name: str) -> int:
    """Return the place of a test among those that are alone, 0 if it is not."""
    return next((place for place, each in enumerate(ALONE, start=1) if name.startswith(each)), 0)
