"""Provenance: which data and which code a run comes from."""

import hashlib
import subprocess
from pathlib import Path


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git(root: Path, *arguments: str) -> str:
    """Return what Git prints in a folder, nothing where it fails or is not installed."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def commit() -> dict[str, str]:
    """Return tags that name the git commit here, and tell whether files differ from it."""
    root = Path()
    head = git(root, "rev-parse", "--quiet", "--verify", "HEAD")
    changed = str(bool(git(root, "status", "--porcelain"))).lower()
    return {"mlflow.source.git.commit": head, "git.changed": changed} if head else {}
