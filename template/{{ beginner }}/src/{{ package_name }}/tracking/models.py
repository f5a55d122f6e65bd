"""Models: how one is saved with what it needs, and found again."""

from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec
from mlflow.types import Schema as Columns
from sklearn.pipeline import Pipeline

from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from . import runs, store

REQUIREMENTS = ("scikit-learn", "pandas", "numpy", "cloudpickle")
KINDS = {"numeric": "double", "categorical": "string", "datetime": "datetime"}


@dataclass(frozen=True)
class Stored:
    """A model with the schema that it was trained by."""

    name: str
    pipeline: Pipeline
    schema: Schema


def save(pipeline: Pipeline, schema: Schema, example: pd.DataFrame, settings: Settings) -> int:
    """Save a model in the active run, register it, and return its version.

    It is pickled and takes the code of the package along, so that it loads where the project is not
    installed. Whoever loads it runs it: load models only from a store that you trust.
    """
    with redirect_stderr(StringIO()):  # where MLflow warns of pickles, and says that it is done
        saved = mlflow.sklearn.log_model(
            pipeline,
            name="model",
            serialization_format="cloudpickle",
            code_paths=[str(Path(__file__).parents[1])],
            signature=sign(schema),
            input_example=example,
            pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
            registered_model_name=settings.model_name,
            metadata={"schema": schema.model_dump(mode="json")},
        )
    return int(saved.registered_model_version)


def sign(schema: Schema) -> ModelSignature:
    """Return what a model takes, where any value may be missing, and what it gives."""
    kinds = {column: kind for role, kind in KINDS.items() for column in getattr(schema, role)}
    inputs = [ColSpec(kinds[column], column, required=False) for column in schema.features]
    output = ColSpec("double" if schema.task == "regression" else "string")
    return ModelSignature(Columns([*inputs]), Columns([output]))


def load(run_id: str | None, settings: Settings) -> Stored:
    """Return the model of a run; without one, the newest registered model.

    Raises:
        ProjectError: there is no such run or no model yet, or it cannot be loaded.
    """
    uri = locate(run_id, settings)
    with store.opened(settings):
        return read(uri)


def read(uri: str) -> Stored:
    """Return the model at a URI of MLflow or in a folder, which needs no tracking store.

    Raises:
        ProjectError: it was not saved with a schema.
    """
    metadata = Model.load(uri).metadata or {}
    if "schema" not in metadata:
        raise ProjectError(f"{uri} has no schema, so `just train` did not make it; name a run")
    schema = Schema.model_validate(metadata["schema"])
    return Stored(uri, mlflow.sklearn.load_model(uri), schema)


def locate(run_id: str | None, settings: Settings) -> str:
    """Return the URI of the model of a run; without one, of the newest registered model.

    Where none is registered, as in a clone, it is the model that versioning keeps.
    """
    if run_id is not None:
        return f"runs:/{runs.find_run(run_id, settings).info.run_id}/model"
    name, kept = settings.model_name, settings.root / "models" / "latest"
    with store.opened(settings):
        found = MlflowClient().search_model_versions(f"name = '{name}'", 1, ["version_number DESC"])
    if not found and not kept.is_dir():
        raise ProjectError("there is no model yet; `just train` makes one")
    return f"models:/{name}/{found[0].version}" if found else str(kept)
