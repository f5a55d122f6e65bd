"""Export: what a run made, as files outside of the tracking store, whole or not at all."""

import json
import os
import shutil
from pathlib import Path

from mlflow.entities import Run

from ..data import files
from ..errors import ProjectError
from ..modeling.evaluation import HEADLINE
from ..settings import Settings
from ..tracking import runs

KINDS = ("holdout", "trivial", "cv_mean", "cv_sd")


def keep(run: Run, settings: Settings) -> None:
    """Put the model of a run, its plots and its metrics into models/, one run at a time."""
    folder = settings.root / "models"
    folder.mkdir(exist_ok=True)
    with files.alone(folder):
        copy(run, "model", folder / "latest", settings)
        copy(run, "plots", folder / "plots", settings)
        write_metrics(run, folder / "metrics.json")


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
    """Write the headline metric of a run to `path` as JSON, by what it was measured on."""
    name = HEADLINE[run.data.params["task"]]
    kept = {kind: {name: run.data.metrics[f"{kind}_{name}"]} for kind in KINDS}
    with files.replacing(path) as draft:
        draft.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
