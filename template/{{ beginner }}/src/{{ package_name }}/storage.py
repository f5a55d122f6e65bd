"""Storage: how a model is saved with what it needs."""

import warnings
from contextlib import redirect_stderr
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec
from mlflow.types import Schema as Columns
from sklearn.pipeline import Pipeline

from .schema import Schema
from .settings import Settings

REQUIREMENTS = ("scikit-learn", "pandas", "numpy", "cloudpickle")
KINDS = {"numeric": "double", "categorical": "string", "datetime": "datetime"}


def save(pipeline: Pipeline, schema: Schema, example: pd.DataFrame, settings: Settings) -> int:
    """Save a model in the active run, register it, and return its version.

    It is pickled and takes the code of the package along, so that it loads where the project is not
    installed. Whoever loads it runs it: load models only from a store that you trust.
    """
    with warnings.catch_warnings(), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")  # MLflow's, about pickles
        saved = mlflow.sklearn.log_model(
            pipeline,
            name="model",
            serialization_format="cloudpickle",
            code_paths=[str(Path(__file__).parent)],
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
