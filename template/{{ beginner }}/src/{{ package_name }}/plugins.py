"""Plug-ins: what a capability adds to the core, found in `<capability>/plugin.py`.

A plug-in is imported only when somebody asks what it offers. These names are asked for:

- `run_started(run_id, schema)`, `run_finished(run_id, settings)` and `run_failed(run_id, error)`
  hear of each training run; what they raise is reported, and does not stop it;
- `step_finished(name)`: the same for other steps of the pipeline;
- `engine`: answers rows in place of the core, as `prediction.on_pandas` does;
- `request_step`: is given the predictor of the service, and returns one that does more;
- `table_engine`: runs the SQL of an ETL in place of its own engine;
- `remedy`: says what to do about a table that is missing, or that lacks columns, if it can;
- `advice`: says what else to do once a table has been described, if anything;
- `evidence`: by name, the functions that tell `roadmap` whether a step is done.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def offered(name: str) -> dict[str, Any]:
    """Return what plug-ins offer under `name`, by capability."""
    return {key: getattr(plugin, name) for key, plugin in load().items() if hasattr(plugin, name)}


def load() -> dict[str, ModuleType]:
    """Return the plug-ins by capability; one that is broken is named, and left out."""
    folders, plugins = import_module(__package__ or "").__path__, {}
    found = (path for folder in folders for path in Path(folder).glob("*/plugin.py"))
    for capability in sorted(path.parent.name for path in found):
        try:
            plugins[capability] = import_module(f".{capability}.plugin", __package__)
        except Exception as error:
            complain(f"{capability}/plugin.py cannot be imported", error)
    return plugins


def remedy(table: Path, lacks: list[str]) -> str | None:
    """Return what a capability says to do about a table; without `lacks`, it is not there."""
    remedies = (find(table, lacks) for find in offered("remedy").values())
    return next(filter(None, remedies), None)


@contextmanager
def observed(run_id: str, schema: object, settings: object) -> Iterator[None]:
    """Tell the capabilities of the training run that goes on inside."""
    plugins = load()
    tell(plugins, "run_started", run_id, schema)
    try:
        yield
    except BaseException as error:
        tell(plugins, "run_failed", run_id, error)
        raise
    tell(plugins, "run_finished", run_id, settings)


def tell(plugins: dict[str, ModuleType], event: str, *details: object) -> None:
    """Call what plug-ins offer for an event; one that fails does not keep others from it."""
    for capability, plugin in plugins.items():
        try:
            getattr(plugin, event, lambda *_: None)(*details)
        except Exception as error:
            complain(f"{event} of {capability} fails", error)


def complain(what: str, error: Exception) -> None:
    """Print a warning to the standard error."""
    print(f"warning: {what}: {type(error).__name__}: {error}", file=sys.stderr)
