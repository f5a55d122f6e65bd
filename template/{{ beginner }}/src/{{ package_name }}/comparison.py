"""Comparison: stored runs side by side, on the same holdout."""

from dataclasses import dataclass

import pandas as pd

from . import configuration, evaluation, report, tracking
from .errors import ProjectError
from .schema import Schema
from .settings import Settings


@dataclass(frozen=True)
class Comparison:
    """The scores of runs, a column each, and how far the headline of each is from the first."""

    metric: str
    scores: pd.DataFrame
    intervals: dict[str, tuple[float, float]]  # of the difference, at 95 %


def compare(run_ids: list[str], settings: Settings) -> Comparison:
    """Return stored runs side by side.

    Raises:
        ProjectError: a run is not there, or was judged by other rows than the first.
    """
    runs = [tracking.find_run(run_id, settings) for run_id in run_ids]
    answers = [pd.read_parquet(tracking.download(run, tracking.ANSWERS, settings)) for run in runs]
    for run_id, other in zip(run_ids, answers, strict=True):
        if not other["target"].equals(answers[0]["target"]):
            raise ProjectError(f"run {run_id} was judged by other rows than {run_ids[0]}")
    said = tracking.download(runs[0], "dataset.yaml", settings)
    schema = configuration.parse(Schema, configuration.read(said), said)
    scores = {run.info.run_id: report.scores(run, "holdout_") for run in runs}
    intervals = {
        run_id: evaluation.difference(schema, answers[0], other)
        for run_id, other in zip(run_ids[1:], answers[1:], strict=True)
    }
    table = pd.DataFrame(scores).rename_axis("metric")
    return Comparison(evaluation.HEADLINE[schema.task], table, intervals)
