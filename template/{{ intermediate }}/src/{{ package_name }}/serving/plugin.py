"""What serving adds to the core: the evidence that the service has answered."""

from .. import configuration
from ..settings import Settings


def answered(where: Settings) -> str | None:
    """Return the evidence that a model of this project answered over HTTP: what it said."""
    from ..tracking import runs

    path = where.root / "predictions" / "answer.json"
    said = configuration.read(path) if path.is_file() else {}  # JSON is YAML
    known = [run.info.run_id for run in runs.finished_runs(where)]
    model = said.get("model") or {}
    return f"version {model['version']} answered" if model.get("run_id") in known else None


evidence = {"answer": answered}
