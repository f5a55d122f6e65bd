"""Flows: the pipelines of `config/orchestration.yaml`, as Prefect runs and schedules them."""

import logging

from prefect import flow, get_run_logger, serve, task
from prefect.artifacts import create_markdown_artifact
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from .. import settings
from ..errors import ProjectError
from . import pipelines, steps
from .pipelines import Plan, Step


def brief(record: logging.LogRecord) -> bool:
    """Let a record pass, without a traceback where its message says what to do."""
    if record.exc_info and isinstance(record.exc_info[1], ProjectError):
        record.exc_info = None
    return True


for name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(name).addFilter(brief)


@task
def work(pipeline: str, step: Step, seconds: float) -> str:
    """Run a step, and keep what it prints as an artifact."""
    printed = steps.run(step.arguments, get_run_logger().info, seconds, pipeline)
    create_markdown_artifact(
        f"```text\n{printed}\n```", key=f"{settings.NAME.replace('_', '-')}-{pipeline}-{step.name}"
    )
    return printed


@flow(name=settings.NAME, flow_run_name="{name}")  # its own on a server that others use too
def pipeline(name: str) -> None:
    """Run the steps of a pipeline, and print what they print."""
    plan = pipelines.load(settings.load().config)
    for step in plan.choose(name).named():
        patient = work.with_options(
            task_run_name=step.name, retries=plan.retries, retry_delay_seconds=plan.wait
        )
        print(patient(name, step, plan.timeout), flush=True)


def schedule(plan: Plan) -> None:
    """Run each pipeline when its time has come, one at a time, until this is interrupted."""
    serve(*(deployed(name, plan) for name in plan.pipelines), limit=1, print_starting_message=False)


def deployed(name: str, plan: Plan) -> RunnerDeployment:
    """Return a pipeline with its schedule, by which the server knows it."""
    return RunnerDeployment.from_flow(
        pipeline,
        name,
        cron=plan.pipelines[name].schedule,
        parameters={"name": name},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
