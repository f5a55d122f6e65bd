"""Reports: scores and plots of stored runs, side by side, and the columns of a table."""

import os
import shutil
from collections import defaultdict
from html import escape
from pathlib import Path
from string import Template

import pandas as pd
from mlflow.entities import Run

from .. import configuration
from ..data import dataset, files
from ..data.schema import Schema
from ..errors import ProjectError
from ..settings import Settings
from ..tracking import runs
from . import evaluation

PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
FIGURE = '<figure><img src="{}/{}" alt="{title}"><figcaption>{title}</figcaption></figure>'
SAMPLE = 50_000  # rows, at most, by which columns are drawn
CAPTIONS = {"run": "this run", "before": "the run before"}

Intervals = dict[str, tuple[float, float]]


def scores(run: Run, prefix: str) -> dict[str, float]:
    """Return the metrics of a run that start with `prefix`, without it, the headline first."""
    first = {prefix + name for name in evaluation.HEADLINE.values()}
    names = sorted(run.data.metrics, key=lambda name: (name not in first, name))
    known = [name for name in names if name.startswith(prefix)]
    return {name.removeprefix(prefix): run.data.metrics[name] for name in known}


def summarize(run: Run) -> dict[str, str]:
    """Return what tells a run from others, in words."""
    metric = evaluation.HEADLINE[run.data.params["task"]]
    model, trivial = (scores(run, f"{of}_")[metric] for of in ("holdout", "trivial"))
    begun = f"{pd.Timestamp(run.info.start_time, unit='ms'):%Y-%m-%d %H:%M}"
    named = {"run": run.info.run_id[:8], "UTC": begun, "estimator": run.data.params["estimator"]}
    return {**named, metric: f"{model:.4g}", "trivial": f"{trivial:.4g}"}


def tabulate(run: Run, before: Run | None) -> pd.DataFrame:
    """Return the scores on the holdout, a row a metric: of the run, the one before, the trivial."""
    folds, holdout = scores(run, "cv_mean_"), scores(run, "holdout_")
    table = pd.DataFrame({"folds": pd.Series(folds, dtype="float64"), "this run": holdout})
    if before is not None:
        table["run before"] = pd.Series(scores(before, "holdout_"), dtype="float64")
        table["difference"] = table["this run"] - table["run before"]
    table["trivial"] = pd.Series(scores(run, "trivial_"))
    return table.rename_axis("metric")


def compare(run_ids: list[str], settings: Settings) -> tuple[str, pd.DataFrame, Intervals]:
    """Return the headline metric, the scores of runs, a column each, and how far from the first.

    The last are intervals of the difference of the headline, at 95 %, by the id of the run.

    Raises:
        ProjectError: a run is not there, or was judged by other rows than the first.
    """
    chosen = [runs.find_run(run_id, settings) for run_id in run_ids]
    first, *others = (pd.read_parquet(runs.download(run, runs.ANSWERS, settings)) for run in chosen)
    schema = configuration.load(Schema, runs.download(chosen[0], "dataset.yaml", settings))
    intervals = {}
    for run_id, other in zip(run_ids[1:], others, strict=True):
        if not other["target"].equals(first["target"]):
            raise ProjectError(f"run {run_id} was judged by other rows than {run_ids[0]}")
        intervals[run_id] = evaluation.difference(schema, first, other)
    table = pd.DataFrame({run.info.run_id: scores(run, "holdout_") for run in chosen})
    return evaluation.HEADLINE[schema.task], table.rename_axis("metric"), intervals


def write(run: Run, before: Run | None, settings: Settings) -> Path:
    """Write the page of a run to `reports/`, with the plots of both runs, and return its path."""
    folder = settings.root / "reports"
    for name, shown in zip(CAPTIONS, (run, before), strict=True):
        shutil.rmtree(folder / name, ignore_errors=True)
        if shown is not None:
            shutil.copytree(runs.download(shown, "plots", settings), folder / name)
    figures: dict[str, str] = defaultdict(str)  # by the names that the page gives its plots
    for name, whose in CAPTIONS.items():
        for path in sorted(folder.glob(f"{name}/*.png")):
            plot = path.stem if f"${path.stem}" in PAGE.template else "others"
            title = f"{path.stem.replace('_', ' ')}, {whose}"
            figures[plot] += FIGURE.format(name, path.name, title=title)
    scores_table = tabulate(run, before).rename_axis(index=None, columns="metric")
    figures["scores"] = scores_table.to_html(float_format="{:.4g}".format, na_rep="", border=0)
    finds = run.data.params.get("positive")
    title = f"Run {run.info.run_id[:8]}" + (f", finding {escape(finds)}" if finds else "")
    with files.replacing(folder / "index.html") as draft:
        draft.write_text(PAGE.substitute(figures, title=title), encoding="utf-8")
    return folder / "index.html"


def write_columns(schema: Schema, path: Path, settings: Settings) -> Path:
    """Write a page on how each column is distributed, the target first, and which go together."""
    page = settings.root / "reports" / "columns.html"
    os.environ.setdefault("SKB_DATA_DIRECTORY", str(page.parent))  # else one in your home
    from skrub import TableReport

    rows = dataset.read(schema, path)
    drawn = rows.sample(min(len(rows), SAMPLE), random_state=0).sort_index()
    drawn.insert(0, schema.target, drawn.pop(schema.target))
    title = f"{path.name}: {len(drawn):,} of {len(rows):,} rows, the target first"
    shown = TableReport(drawn, title=title, verbose=0, open_tab="distributions")
    with files.replacing(page) as draft:
        draft.write_text(shown.html(), encoding="utf-8")
    return page
