"""How a version of the data looks in Git, by Git LFS."""

from pathlib import Path

FIRST = "version https://git-lfs.github.com/spec/v1\n"


def point(version: str) -> None:
    """Write the pointer to a version of a table."""
    Path("data/raw").mkdir(parents=True, exist_ok=True)
    Path("data/raw/days.csv").write_text(f"{FIRST}oid sha256:{version}\nsize 4711\n")
