"""Evidence: what shows that a step is done. It is always a result, never that a file is there."""

import subprocess
from collections import Counter
from collections.abc import Callable

from mlflow.entities import Run

from ..modeling import evaluation
from ..settings import Settings
from ..tracking import runs

EXAMPLE = "data/raw/flights.csv"
ANSWERS = ".copier-answers.yml"  # every update of the template changes it

Evidence = Callable[[Settings], str | None]


def git(settings: Settings, *arguments: str) -> str:
    """Return what git prints, nothing where it fails."""
    command = ["git", "-C", str(settings.root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def green_with(*paths: str) -> Evidence:
    """Return the evidence that `just check` was green at a commit in which `paths` had changed."""

    def evidence(settings: Settings) -> str | None:
        record = settings.root / git(settings, "rev-parse", "--git-dir") / "green"
        commit = record.read_text().strip() if record.is_file() else ""
        changed = edited(settings, commit, *paths) if commit else []
        return f"green at {commit[:7]}, with {changed[0]}" if changed else None

    return evidence


def edited(settings: Settings, commit: str, *paths: str) -> list[str]:
    """Return the files in `paths` that the owner has changed; what the template brought is not."""
    first = git(settings, "rev-list", "--max-parents=0", "HEAD").partition("\n")[0]
    names = ("--format=%x00", "--name-only", "--relative")
    said = git(settings, "log", *names, f"{first}..{commit}", "--", ANSWERS, *paths)
    own = [files.split("\n") for files in said.split("\0") if ANSWERS not in files]
    return [file for files in own for file in files if file]


def merged(settings: Settings) -> str | None:
    """Return the evidence that a branch was merged."""
    return git(settings, "log", "--merges", "--max-count=1", "--format=%h %s") or None


def compared(settings: Settings) -> str | None:
    """Return the evidence that estimators or their parameters were compared on the same data."""
    ways = {(data(run), way(run)) for run in runs.finished_runs(settings)}
    most = Counter(of for of, _ in ways).most_common(1)
    return f"{most[0][1]} ways to train on the same data" if most and most[0][1] > 1 else None


def repeated(settings: Settings) -> str | None:
    """Return the evidence that a commit gave the same scores again, with no file changed."""
    results = Counter(
        (run.data.tags["mlflow.source.git.commit"], data(run), way(run), scores(run))
        for run in runs.finished_runs(settings)
        if run.data.tags.get("git.changed") == "false"
    )
    again = [commit for (commit, *_), count in results.items() if count > 1]
    return f"equal scores again at {again[0][:7]}" if again else None


def own_data(settings: Settings) -> str | None:
    """Return the evidence that a model learnt more than the trivial one from the owner's data."""
    for run in runs.finished_runs(settings):
        metric = evaluation.HEADLINE[run.data.params["task"]]
        found, trivial = (run.data.metrics.get(f"{of}_{metric}") for of in ("holdout", "trivial"))
        origin = run.data.tags.get("data.of", run.data.tags["data.path"])
        if origin == EXAMPLE or found is None or trivial is None:
            continue
        if evaluation.better(metric, found, trivial):
            return f"{metric} {found:.4g} on {run.data.tags['data.path']}"
    return None


def data(run: Run) -> str:
    """Return the hash of the data of a run."""
    return str(run.data.tags["data.sha256"])


def way(run: Run) -> str:
    """Return what a run was told about its estimator."""
    told = sorted(run.data.params.items())
    return str([(key, value) for key, value in told if key.startswith("estimator")])


def scores(run: Run) -> str:
    """Return the scores of a run on its holdout."""
    return str(sorted(item for item in run.data.metrics.items() if item[0].startswith("holdout_")))


EVIDENCE: dict[str, Evidence] = {
    "script": green_with("tasks"),
    "merge": merged,
    "test": green_with("tests"),
    "comparison": compared,
    "repetition": repeated,
    "own-data": own_data,
}
