"""Evidence: what shows that a step is done. It is always a result, never that a file is there."""

from collections import Counter
from collections.abc import Callable
from math import nan

from mlflow.entities import Run

from ..modeling import evaluation, report
from ..settings import Settings
from ..tracking import runs
from ..tracking.provenance import git

EXAMPLE = "data/raw/flights.csv"
ANSWERS = ".copier-answers.yml"  # every update of the template changes it

Evidence = Callable[[Settings], str | None]


def green_with(*paths: str) -> Evidence:
    """Return the evidence that `just check` was green at a commit in which `paths` had changed."""

    def evidence(settings: Settings) -> str | None:
        record = settings.root / git(settings.root, "rev-parse", "--git-dir") / "green"
        commit = record.read_text().strip() if record.is_file() else ""
        changed = edited(settings, commit, *paths) if commit else []
        return f"green at {commit[:7]}, with {changed[0]}" if changed else None

    return evidence


def edited(settings: Settings, commit: str, *paths: str) -> list[str]:
    """Return the files in `paths` that the owner has changed; what the template brought is not."""
    first = git(settings.root, "rev-list", "--max-parents=0", "HEAD").partition("\n")[0]
    listing = ("log", "--format=%x00", "--name-only", "--relative", f"{first}..{commit}")
    commits = git(settings.root, *listing, "--", ANSWERS, *paths).split("\0")
    edits = [files.split("\n") for files in commits if ANSWERS not in files]
    return [file for files in edits for file in files if file]


def merged(settings: Settings) -> str | None:
    """Return the evidence that a branch was merged."""
    return git(settings.root, "log", "--merges", "--max-count=1", "--format=%h %s") or None


def compared(settings: Settings) -> str | None:
    """Return the evidence that estimators or their parameters were compared on the same data."""
    ways = Counter(data for data, _ in {way(run) for run in runs.finished_runs(settings)})
    most = max(ways.values(), default=0)
    return f"{most} ways to train on the same data" if most > 1 else None


def repeated(settings: Settings) -> str | None:
    """Return the evidence that a commit gave the same scores again, with no file changed."""
    results = Counter(
        (run.data.tags["mlflow.source.git.commit"], way(run), str(report.scores(run, "holdout_")))
        for run in runs.finished_runs(settings)
        if run.data.tags.get("git.changed") == "false"
    )
    again = [commit for (commit, *_), count in results.items() if count > 1]
    return f"equal scores again at {again[0][:7]}" if again else None


def own_data(settings: Settings) -> str | None:
    """Return the evidence that a model learnt more than the trivial one from the owner's data."""
    for run in runs.finished_runs(settings):
        metric, path = evaluation.HEADLINE[run.data.params["task"]], run.data.tags["data.path"]
        scores, owned = run.data.metrics, run.data.tags.get("data.of", path) != EXAMPLE
        model, trivial = (scores.get(f"{of}_{metric}", nan) for of in ("holdout", "trivial"))
        if owned and evaluation.better(metric, model, trivial):
            return f"{metric} {model:.4g} on {path}"
    return None


def way(run: Run) -> tuple[str, str]:
    """Return from what a run has learnt, by its hash, and with which estimator and parameters."""
    estimator = sorted(each for each in run.data.params.items() if each[0].startswith("estimator"))
    return run.data.tags["data.sha256"], str(estimator)


EVIDENCE: dict[str, Evidence] = {
    "script": green_with("tasks"),
    "merge": merged,
    "test": green_with("tests"),
    "comparison": compared,
    "repetition": repeated,
    "own-data": own_data,
}
