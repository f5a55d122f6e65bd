"""The command `train`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from ..data.schema import Schema
    from ..modeling.training import Outcome

FOR_ONE_RUN = "In place of config/training.yaml: seed=1, parameters.max_iter=50."


def run(
    dataset: Annotated[Optional[Path], typer.Option(help="The dataset file.")] = None,
    changes: Annotated[Optional[list[str]], typer.Option("--set", help=FOR_ONE_RUN)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train a model: cross-validate, fit, judge by the holdout, track and register it."""
    from .. import configuration, settings, terminal
    from ..data import schema
    from ..modeling import training

    where = settings.load()
    file = dataset or schema.find(where.config)
    columns = schema.load(file)
    plan = configuration.load(training.Training, where.config / "training.yaml", changes or ())

    with terminal.steps(plan.folds + training.STEPS_BESIDE_FOLDS) as step:
        outcome = training.train(columns, plan, where, step)

    if as_json:
        typer.echo(json.dumps({**asdict(outcome), "folds": outcome.folds.to_dict("list")}))
    else:
        show(outcome, columns, file)


def show(outcome: "Outcome", schema: "Schema", dataset: Path) -> None:
    """Print what a run on a `dataset` file found, beside the trivial model."""
    import pandas as pd

    from .. import terminal
    from ..modeling import evaluation

    held_out = f"{'the newest' if schema.time else 'a random'} {outcome.rows_held_out:,} held out"
    rows = f"{outcome.rows:,} of {outcome.rows_of:,} rows"
    terminal.say(f"{dataset.name}, {schema.path}: {rows}, {held_out}.")
    for cell, count in outcome.unanswered.items():
        terminal.say(f"{count:,} more have no `{schema.target}`, but {cell!r}.")
    judged = {"holdout": outcome.holdout, "trivial model": outcome.trivial}
    scores = pd.DataFrame({"cross-validation": outcome.folds.mean(), **judged})
    scores = scores.map("{:.4g}".format).rename_axis("metric")
    scores["cross-validation"] += outcome.folds.std().map(" ± {:.1g}".format)
    finds = f", finding `{outcome.positive}`" if outcome.positive else ""
    terminal.table(f"How well it predicts `{schema.target}`{finds}", scores)
    metric = evaluation.HEADLINE[schema.task]
    if not evaluation.better(metric, outcome.holdout[metric], outcome.trivial[metric]):
        terminal.say("No better than the trivial model, which gives every row the same answer.")
    terminal.say(f"Run {outcome.run_id}, registered as version {outcome.version}.")
    terminal.say("`just evaluate` shows its plots, `just ui` everything about it.")
