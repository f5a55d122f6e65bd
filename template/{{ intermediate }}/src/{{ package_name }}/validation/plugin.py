"""What validation adds to the core: a run knows whether its table was validated."""

import json

from ..settings import Settings
from . import FOLDER

MET = "data.validated"  # a tag: how many expectations the table has met
EDITED = "data.validated.edited"  # a tag: whether the owner has edited them


def run_finished(run_id: str, where: Settings) -> None:
    """Tag a run whose table has passed, as it is."""
    import mlflow

    path = where.root / FOLDER / "result.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    digest = mlflow.get_run(run_id).data.tags.get("data.sha256")
    if result.get("success") and result["meta"]["sha256"] == digest:
        mlflow.set_tag(MET, str(result["statistics"]["successful_expectations"]))
        mlflow.set_tag(EDITED, str(result["meta"]["edited"]).lower())


def trusted(where: Settings) -> str | None:
    """Return the evidence that a model learnt from a table that met a suite its owner edited."""
    from ..tracking import runs

    tags = [run.data.tags for run in runs.finished_runs(where)]
    met = [each[MET] for each in tags if each.get(EDITED) == "true"]
    return f"{met[0]} expectations met, of a suite that you edited" if met else None


evidence = {"validation": trusted}
