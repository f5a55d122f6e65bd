"""Comparison: stored runs side by side, on the same holdout."""

from dataclasses import dataclass

import pandas as pd

from .. import configuration
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from ..tracking import runs
from . import evaluation, report


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
    chosen = [runs.find_run(run_id, settings) for run_id in run_ids]
    answers = [pd.read_parquet(runs.download(run, runs.ANSWERS, settings)) for run in chosen]
    for run_id, other in zip(run_ids, answers, strict=True):
        if not other["target"].equals(answers[0]["target"]):
            raise ProjectError(f"run {run_id} was judged by other rows than {run_ids[0]}")
    said = runs.download(chosen[0], "dataset.yaml", settings)
    schema = configuration.parse(Schema, configuration.read(said), said)
    scores = {run.info.run_id: report.scores(run, "holdout_") for run in chosen}
    intervals = {
        run_id: evaluation.difference(schema, answers[0], other)
        for run_id, other in zip(run_ids[1:], answers[1:], strict=True)
    }
    table = pd.DataFrame(scores).rename_axis("metric")
    return Comparison(evaluation.HEADLINE[schema.task], table, intervals)
