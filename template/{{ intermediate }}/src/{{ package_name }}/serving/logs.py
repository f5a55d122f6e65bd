"""Logs: a line of JSON for each request, and for whatever else is said."""

import logging
import sys

import structlog
from structlog.stdlib import LoggerFactory, ProcessorFormatter


def configure() -> None:
    """Let structlog write all logs, also those of libraries, to the standard output."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.dict_tracebacks,
    ]
    handler, write = logging.StreamHandler(sys.stdout), structlog.processors.JSONRenderer()
    handler.setFormatter(ProcessorFormatter(write, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter], logger_factory=LoggerFactory()
    )
