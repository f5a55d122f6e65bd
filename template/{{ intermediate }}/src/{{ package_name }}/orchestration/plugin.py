"""What orchestration adds to the core: a run knows the pipeline that it was a step of."""

import os

from ..data.schema import Schema
from ..settings import PREFIX, Settings

PIPELINE = f"{PREFIX}PIPELINE"  # the variable by which a flow tells its commands what it is called
DAG = "AIRFLOW_CTX_DAG_ID"  # Airflow's own, for the same
TAG = "pipeline"


class Origin:
    """Tags a run that is a step of a pipeline with its name."""

    def started(self, run_id: str, schema: Schema) -> None:
        """Tag a run that begins."""
        import mlflow

        if name := os.environ.get(PIPELINE) or os.environ.get(DAG):
            mlflow.set_tag(TAG, name)

    def finished(self, run_id: str) -> None:
        """Leave a run alone that has its model."""

    def failed(self, run_id: str, error: BaseException) -> None:
        """Leave a run alone that has none."""


def orchestrated(where: Settings) -> str | None:
    """Return the evidence that pipelines have trained models."""
    from ..tracking import runs

    names = [run.data.tags[TAG] for run in runs.finished_runs(where) if TAG in run.data.tags]
    return f"{len(names)} models by {', '.join(sorted({*names}))}" if len(names) > 1 else None


observer = Origin()
evidence = {"pipelines": orchestrated}
