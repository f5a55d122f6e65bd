"""Export: what a run made, as files outside of the tracking store, whole or not at all."""

import json
import os
import shutil
from pathlib import Path

import yaml
from mlflow.entities import Run

from .. import output, tracking
from ..errors import ProjectError
from ..settings import Settings

KINDS = ("cv_mean_", "cv_sd_", "holdout_", "trivial_")


def copy(run: Run, artifact: str, folder: Path, settings: Settings) -> None:
    """Copy a folder that a run has stored to `folder`, in place of what is there.

    Raises:
        ProjectError: the store has it no more, or `folder` cannot be written.
    """
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    source = tracking.download(run, artifact, settings)
    draft = folder.with_name(f"{folder.name}.unfinished")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft, ignore=shutil.ignore_patterns("__pycache__"))
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(draft, folder)
    except OSError as error:
        raise ProjectError(f"{folder}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_metrics(run: Run, path: Path) -> None:
    """Write the metrics of a run to `path` as JSON, by name; those of single folds are left out."""
    found = {name: run.data.metrics[name] for name in sorted(run.data.metrics)}
    kept = {name: value for name, value in found.items() if name.startswith(KINDS)}
    with output.unfinished(path) as draft:
        draft.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def run_of(folder: Path) -> str:
    """Return the id of the run whose model was exported to `folder`.

    Raises:
        ProjectError: there is no model.
    """
    try:
        return str(yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))["run_id"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ProjectError(f"{folder}: here is no model; `export --model` puts one here") from error
