"""Evidence: what shows that a step is done. It is always a result, never that a file is there."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from math import nan

from mlflow.entities import Run

from ..modeling import evaluation, report
from ..settings import Settings
from ..tracking import runs
from ..tracking.provenance import git

EXAMPLE = "data/raw/flights.csv"
ANSWERS = ".copier-answers.yml"  # every update of the template changes it

Evidence = Callable[[Settings], str | None]


def changed(folder: str, settings: Settings, commit: str = "HEAD") -> str | None:
    """Return which file in `folder` the owner has changed; what the template brought is none."""
    first = git(settings.root, "rev-list", "--max-parents=0", "HEAD").partition("\n")[0]
    listing = ("log", "--format=%x00", "--name-only", "--relative", f"{first}..{commit}")
    commits = git(settings.root, *listing, "--", ANSWERS, folder).split("\0")
    own = (file for files in commits if ANSWERS not in files for file in files.splitlines())
    return next(filter(None, own), None)


def green(folder: str, settings: Settings) -> str | None:
    """Return the evidence that `just check` was green at a commit in which `folder` had changed."""
    record = settings.root / git(settings.root, "rev-parse", "--git-dir") / "green"
    commit = record.read_text().strip() if record.is_file() else ""
    file = changed(folder, settings, commit) if commit else None
    return f"green at {commit[:7]}, with {file}" if file else None


def merged(settings: Settings) -> str | None:
    """Return the evidence that a branch was merged."""
    return git(settings.root, "log", "--merges", "--max-count=1", "--format=%h %s") or None


def trained(settings: Settings) -> str | None:
    """Return the newest model that was trained, by its run."""
    return next((run.info.run_id for run in runs.finished_runs(settings, count=1)), None)


def compared(settings: Settings) -> str | None:
    """Return the evidence that estimators or their parameters were compared on the same data."""
    ways = Counter(data for data, _ in {way(run) for run in runs.finished_runs(settings)})
    most = max(ways.values(), default=0)
    return f"{most} ways to train on the same data" if most > 1 else None


def repeated(settings: Settings) -> str | None:
    """Return the evidence that a commit gave the same scores again, with no file changed."""
    results = Counter(
        (run.data.tags["mlflow.source.git.commit"], way(run), str(report.scores(run, "holdout_")))
        for run in runs.finished_runs(settings, " and tags.`git.changed` = 'false'")
    )
    again = [commit for (commit, *_), count in results.items() if count > 1]
    return f"equal scores again at {again[0][:7]}" if again else None


def own_data(better: bool, settings: Settings) -> str | None:
    """Return the evidence that a model learnt from the owner's data; `better`: than the trivial."""
    for run in runs.finished_runs(settings):
        metric, path = evaluation.HEADLINE[run.data.params["task"]], run.data.tags["data.path"]
        scores, owned = run.data.metrics, run.data.tags.get("data.of", path) != EXAMPLE
        model, trivial = (scores.get(f"{of}_{metric}", nan) for of in ("holdout", "trivial"))
        if owned and (not better or evaluation.better(metric, model, trivial)):
            return f"{metric} {model:.4g} on {path}"
    return None


def way(run: Run) -> tuple[str, str]:
    """Return from what a run has learnt, by its hash, and with which estimator and parameters."""
    estimator = sorted(each for each in run.data.params.items() if each[0].startswith("estimator"))
    return run.data.tags["data.sha256"], str(estimator)


EVIDENCE: dict[str, Evidence] = {
    "script": partial(changed, "tasks"),
    "green-script": partial(green, "tasks"),
    "merge": merged,
    "test": partial(changed, "tests"),
    "green-test": partial(green, "tests"),
    "model": trained,
    "comparison": compared,
    "repetition": repeated,
    "own-model": partial(own_data, False),
    "own-data": partial(own_data, True),
}
