"""The report: the scores and plots of a stored run, beside those of the run before it."""

import shutil
from pathlib import Path

import pandas as pd
from mlflow.entities import Run

from ..data import files
from ..settings import Settings
from ..tracking import runs
from . import evaluation

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 75rem; margin: 2rem auto }}
th, td {{ padding: .2rem 1rem; text-align: right }}
figure {{ display: inline-block; width: 46%; margin: 1% }} img {{ width: 100% }}
</style>
<h1>{title}</h1>
{scores}
{figures}
</html>
"""
FIGURE = '<figure><img src="{source}" alt="{name}"><figcaption>{name}, {run}</figcaption></figure>'


def compare(run: Run, before: Run | None) -> pd.DataFrame:
    """Return the scores on the holdout, a row a metric: of the run, the one before, the trivial."""
    folds, holdout = scores(run, "cv_mean_"), scores(run, "holdout_")
    table = pd.DataFrame({"folds": pd.Series(folds, dtype="float64"), "this run": holdout})
    if before is not None:
        table["run before"] = pd.Series(scores(before, "holdout_"), dtype="float64")
        table["difference"] = table["this run"] - table["run before"]
    table["trivial"] = pd.Series(scores(run, "trivial_"))
    return table.rename_axis("metric")


def scores(run: Run, prefix: str) -> dict[str, float]:
    """Return the metrics of a run that start with `prefix`, without it, the headline first."""
    first = {prefix + name for name in evaluation.HEADLINE.values()}
    found = sorted(run.data.metrics.items(), key=lambda item: (item[0] not in first, item[0]))
    return {name.removeprefix(prefix): value for name, value in found if name.startswith(prefix)}


def write(run: Run, before: Run | None, settings: Settings) -> Path:
    """Write the page of a run to `reports/`, with the plots of both runs, and return its path."""
    folder = settings.root / "reports"
    plots = fetch(run, folder / "run", settings)
    plots += fetch(before, folder / "before", settings) if before else []
    figures = [
        FIGURE.format(
            source=path.relative_to(folder).as_posix(),
            name=path.stem.replace("_", " "),
            run="this run" if path.parent.name == "run" else "the run before",
        )
        for path in sorted(plots, key=lambda path: path.name)  # stable: the run stays left
    ]
    page = folder / "index.html"
    table = compare(run, before).to_html(float_format="{:.4g}".format, na_rep="", border=0)
    title = f"Run {run.info.run_id[:8]}"
    text = PAGE.format(title=title, scores=table, figures="\n".join(figures))
    with files.replacing(page) as draft:
        draft.write_text(text, encoding="utf-8")
    return page


def fetch(run: Run, folder: Path, settings: Settings) -> list[Path]:
    """Put the plots of a run into `folder`, and nothing else, and return them."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(runs.download(run, "plots", settings), folder)
    return sorted(folder.glob("*.png"))
