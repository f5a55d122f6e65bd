"""The command `serve`."""

import os
import sys
from typing import Annotated

import typer

THREADS = 64  # each holds a client who waits; one computes


def run(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
) -> None:
    """Answer over HTTP with a model, until SIGTERM or Ctrl-C; /docs says how to ask."""
    from ..settings import NAME

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for a few rows, more would only wait
    gunicorn = [sys.executable, "-m", "gunicorn", f"{NAME}.serving.app:create_app()"]
    listening = ["--bind", f"{host}:{port}", "--threads", str(THREADS), "--no-control-socket"]
    os.execv(sys.executable, [*gunicorn, *listening])
