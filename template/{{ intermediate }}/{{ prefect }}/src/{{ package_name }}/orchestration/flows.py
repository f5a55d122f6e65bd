"""Flows: the pipelines of this project, which Prefect runs now or when their time has come."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect import flow, serve, task
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from prefect.types.entrypoint import EntrypointType

from ..errors import ProjectError
from ..settings import NAME
from .plugin import PIPELINE

MODULE = EntrypointType.MODULE_PATH  # a file alone could not import from its package
GRACE = 30  # seconds between asking a command to end and ending it


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def make_table() -> None:
    """Make the table to learn from."""
    run("etl")


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def validate_table() -> None:
    """Check the table, and fail if an expectation does not hold."""
    run("validate")


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def train_model() -> None:
    """Train a model; the artifact of this task has its metrics."""
    metrics = run("train")
    create_markdown_artifact(f"```text\n{metrics}```", key=f"{NAME}-model".replace("_", "-"))


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def join_new_rows() -> None:
    """Join the new rows; each file has the name of the source that it stands for."""
    files = sorted(Path("data/new").glob("*.csv"))
    sources = [f"--source={file.stem}={file}" for file in files]
    run("etl", *sources, "--output=data/new/table.parquet")


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def predict_new_rows() -> None:
    """Predict for the new rows by the newest model."""
    run("predict", "data/new/table.parquet", "--output=predictions/new.parquet")


@flow(name=f"{NAME}.etl", log_prints=True)
def etl() -> None:
    """Make the table to learn from."""
    make_table()


@flow(name=f"{NAME}.training", log_prints=True)
def training() -> None:
    """Train a model on a table that holds what is expected of it."""
    make_table()
    validate_table()
    train_model()


@flow(name=f"{NAME}.inference", log_prints=True)
def inference() -> None:
    """Predict for the rows in data/new/."""
    join_new_rows()
    predict_new_rows()


def schedule() -> None:
    """Run each flow when its time has come, in UTC, one at a time, until Ctrl-C."""
    deployments: list[Any] = [  # Prefect's type is for asynchronous code, too
        etl.to_deployment("nightly", cron="0 2 * * *", entrypoint_type=MODULE),
        training.to_deployment("weekly", cron="0 3 * * 1", entrypoint_type=MODULE),
        inference.to_deployment("when-asked", entrypoint_type=MODULE),
    ]
    serve(*deployments, limit=1)


def run(*arguments: str) -> str:
    """Run a command of this project in a process of its own, and return what it prints.

    It ends with the task: when that is interrupted, and when its time is over.
    """
    printed = []
    with subprocess.Popen(
        [sys.executable, "-m", NAME, *arguments],
        env={**os.environ, PIPELINE: str(flow_run.flow_name)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C reaches the flow, which then ends this
    ) as process:
        try:
            for line in process.stdout or ():
                print(line, end="")
                printed.append(line)
        except BaseException:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            process.kill()
            raise
    if process.returncode:
        reason = printed[-1].strip() if printed else f"exit code {process.returncode}"
        raise ProjectError(f"`{' '.join(arguments)}` failed: {reason}")
    return "".join(printed)
