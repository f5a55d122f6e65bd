"""A server on this machine that speaks S3: how the tests have buckets without a cloud."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import Request, urlopen

from processes import free_port
from support import ROOT

PACKAGE = "moto[s3,server]>=5.2"
PATIENCE = 120  # seconds, on a busy machine
ALL = 10**9  # requests


@dataclass(frozen=True)
class Server:
    """A server of `moto`, in an environment of its own."""

    folder: Path

    def install(self) -> None:
        """Make the environment."""
        folder = str(self.folder)
        for command in (["venv", folder], ["pip", "install", "--python", folder, PACKAGE]):
            subprocess.run(["uv", "--quiet", *command], cwd=ROOT, check=True)

    @contextmanager
    def running(self, bucket: str, accepted: int = ALL) -> Iterator[str]:
        """Give the address of the running server with a bucket in it.

        Args:
            accepted: how many requests it takes with whatever key; then it refuses every key.
        """
        port = free_port()
        command = [f"{self.folder}/bin/moto_server", "--host=127.0.0.1", f"--port={port}"]
        environment = {"INITIAL_NO_AUTH_ACTION_COUNT": str(accepted)}
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            put(Request(f"http://127.0.0.1:{port}/{bucket}", method="PUT"))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def put(request: Request) -> None:
    """Send a request as soon as the server listens."""
    end = monotonic() + PATIENCE
    while True:
        try:
            urlopen(request).close()
            return
        except URLError as error:
            if monotonic() > end or not isinstance(error.reason, ConnectionError):
                raise
            sleep(0.1)
