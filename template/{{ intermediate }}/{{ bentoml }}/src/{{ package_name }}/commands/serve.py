"""The command `serve`."""

import os
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated

import typer


def run(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
) -> None:
    """Answer over HTTP with a model, until SIGTERM or Ctrl-C; /docs says how to ask."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for a few rows, more would only wait
    os.environ.setdefault("BENTOML_DO_NOT_TRACK", "true")
    os.environ.setdefault("BENTOML_HOME", str(Path(gettempdir(), "bentoml")))  # it makes folders
    import uvicorn

    from ..serving import app, logs

    served = app.create_app()
    logs.configure()  # after BentoML, which has logs of its own
    uvicorn.run(served, host=host, port=port, log_config=None, access_log=False)
