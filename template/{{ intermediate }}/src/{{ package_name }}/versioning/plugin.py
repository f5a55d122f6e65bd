"""What versioning adds to the core: what a run made can be versioned; remedies, and evidence."""

from ..settings import Settings
from . import pointers


def run_finished(run_id: str, where: Settings) -> None:
    """Put the model of a run beside the data, where it can be versioned as they are."""
    import mlflow

    from . import export

    export.keep(mlflow.get_run(run_id), where)
    pointers.record("train")


def learnt(where: Settings) -> str | None:
    """Return the evidence that models have learnt at commits with different versions of the data.

    Only Git knows what a commit has, so a run that began before the data was committed counts for
    the version before.
    """
    from ..tracking import runs

    found = runs.finished_runs(where)
    commits = {run.data.tags.get("mlflow.source.git.commit", "") for run in found} - {""}
    versions = {"\n".join(pointers.committed(where, commit)) for commit in commits} - {""}
    return f"models of {len(versions)} versions" if len(versions) > 1 else None


step_finished = pointers.record
remedy = pointers.remedy
evidence = {"versions": learnt}
