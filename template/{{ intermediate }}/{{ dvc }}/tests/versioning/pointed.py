"""How a version of the data looks in Git, by DVC."""

from pathlib import Path


def point(version: str) -> None:
    """Write the pointer to a version of data/raw."""
    Path("data").mkdir(exist_ok=True)
    Path("data/raw.dvc").write_text(f"outs:\n- md5: {version}.dir\n  path: raw\n")
