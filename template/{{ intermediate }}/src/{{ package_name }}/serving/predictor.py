"""The predictor: a model that answers rows as they are sent, by the schema logged with it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import yaml
from mlflow.models import Model
from pydantic import BaseModel

from .. import plugins
from ..data.schema import Schema
from ..errors import ProjectError
from ..modeling import estimators
from ..settings import Settings
from ..tracking import models, store
from ..tracking.models import Stored
from . import questions
from .questions import Row


class Origin(BaseModel, frozen=True):
    """Which model answers. One that was not registered has its id as version."""

    name: str
    version: str
    run_id: str


class Prediction(BaseModel, extra="allow"):
    """What is said of a row, and which of its cells are missing or were never learnt."""

    prediction: str | float
    probabilities: dict[str, float] | None
    missing: list[str]
    unseen: list[str]


@dataclass(frozen=True)
class Predictor:
    """A model as the service knows it; a request step gives another one in its place."""

    origin: Origin
    schema: Schema  # which columns a row has
    example: Any  # a question, in JSON
    answer: Callable[[list[Row]], list[Prediction]]


def load(uri: str | None, where: Settings) -> Predictor:
    """Return the model at a URI of MLflow or in a folder; without one, the newest registered.

    Raises:
        ProjectError: it is not there or not whole, or needs other packages than are installed.
    """
    folder = fetch(uri, where)
    try:
        predictor = read(folder, where.model_name)
    except Exception as error:  # what is not whole may fail in any way
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ProjectError(f"{folder}: this model cannot be loaded: {reason}") from error
    for step in plugins.offered("request_step").values():
        predictor = step(predictor)
    return predictor


def fetch(uri: str | None, where: Settings) -> Path:
    """Return the folder of a model; only a URI needs the tracking store."""
    if uri and Path(uri).is_dir():
        return Path(uri)
    uri = uri or models.locate(None, where)
    with store.opened(where):
        return Path(mlflow.artifacts.download_artifacts(uri))


def read(folder: Path, name: str) -> Predictor:
    """Return the model in a folder, called `name` where MLflow did not fetch it by its own.

    Raises:
        ImportError: it was saved with another version of a package than is installed.
    """
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").split()
    for package, _, needed in (line.partition("==") for line in lines):
        if needed and (here := version(package)) != needed:
            raise ImportError(f"it needs {package} {needed}, here is {here}; train anew")
    saved, registered = Model.load(folder), folder / "registered_model_meta"
    known = yaml.safe_load(registered.read_text(encoding="utf-8")) if registered.is_file() else {}
    origin = Origin(
        name=known.get("model_name") or name,
        version=str(known.get("model_version") or saved.model_id),
        run_id=saved.run_id,
    )
    stored = models.read(str(folder))
    example = questions.example(folder, stored.schema)
    return Predictor(origin, stored.schema, example, partial(answer, stored))


def answer(stored: Stored, rows: list[Row]) -> list[Prediction]:
    """Return what a model says of rows, and which cells are missing or were never learnt.

    Raises:
        ProjectError: a cell cannot be read.
    """
    seen = questions.read(rows, stored.schema)
    try:
        said = estimators.predict(stored.pipeline, seen)
    except ValueError as error:  # of numbers that are too large for its arithmetic, for instance
        raise ProjectError(f"the model cannot answer these rows: {error}") from error
    names = getattr(stored.pipeline, "classes_", [])
    chances = [dict(zip(names, each, strict=True)) or None for each in said.to_numpy()[:, 1:]]
    noticed = zip(said["prediction"], chances, named(seen.isna()), named(unseen(seen, stored)))
    keys = ("prediction", "probabilities", "missing", "unseen")
    return [Prediction(**dict(zip(keys, each, strict=True))) for each in noticed]


def named(flags: pd.DataFrame) -> list[list[str]]:
    """Return for each row the names of the columns that are true."""
    columns = flags.columns.to_numpy()
    return [columns[row].tolist() for row in flags.to_numpy(dtype=bool)]


def unseen(seen: pd.DataFrame, stored: Stored) -> pd.DataFrame:
    """Tell which categories a model never learnt, where it remembers all that it did."""
    prepare, flags = stored.pipeline["prepare"], {}
    for column, known in prepare.common_.items():
        new = {*seen[column].cat.categories}.difference(known)
        if new and len(known) != prepare.common:
            flags[column] = seen[column].isin(new)
    return pd.DataFrame(flags, seen.index)
