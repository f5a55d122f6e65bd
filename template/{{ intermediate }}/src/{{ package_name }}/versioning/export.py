"""Export: what a run made, as files outside of the tracking store, whole or not at all."""

import json
import os
import shutil
from pathlib import Path

import yaml
from mlflow.entities import Run

from ..data import files
from ..errors import ProjectError
from ..settings import Settings
from ..tracking import runs

KINDS = ("cv_mean_", "cv_sd_", "holdout_", "trivial_")


def copy(run: Run, artifact: str, folder: Path, settings: Settings) -> None:
    """Copy a folder that a run has stored to `folder`, in place of what is there.

    Raises:
        ProjectError: the store has it no more, or `folder` holds something else, or cannot be
            written.
    """
    if folder.exists() and not exported(folder):
        raise ProjectError(f"{folder}: holds something else; remove it, or name another folder")
    source = runs.download(run, artifact, settings)
    draft, old = (folder.with_name(f"{folder.name}.{state}") for state in ("unfinished", "old"))
    try:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft, ignore=shutil.ignore_patterns("__pycache__"))
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(folder, old)
        os.replace(draft, folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise ProjectError(f"{folder}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def exported(folder: Path) -> bool:
    """Tell whether a folder holds nothing but a model or plots."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else [folder.name]
    return "MLmodel" in names or all(name.endswith(".png") for name in names)


def write_metrics(run: Run, path: Path) -> None:
    """Write the metrics of a run to `path` as JSON, by name; those of single folds are left out."""
    found = {name: run.data.metrics[name] for name in sorted(run.data.metrics)}
    kept = {name: value for name, value in found.items() if name.startswith(KINDS)}
    with files.replacing(path) as draft:
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
