"""Provenance: which data and which code a run comes from."""

import hashlib
import shutil
import subprocess
from pathlib import Path


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def commit() -> dict[str, str]:
    """Return tags that name the git commit, and tell whether files differ from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    head = git("rev-parse", "--quiet", "--verify", "HEAD") if shutil.which("git") else ""
    changed = str(bool(head and git("status", "--porcelain"))).lower()
    return {"mlflow.source.git.commit": head, "git.changed": changed} if head else {}
