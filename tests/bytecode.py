"""Bytecode: what one environment has compiled, the next ones find in uv's cache.

uv links the files of its cache into an environment, so a module there and in the cache are the same
file and have the same bytecode. Without this, each of some thirty environments compiles it anew.
"""

import os
import subprocess
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path


def share(environments: Collection[Path]) -> None:
    """Put the bytecode of some environments beside their modules in uv's cache."""
    if not environments:
        return
    originals = {module.stat().st_ino: module for module in modules()}
    for compiled in chain(*(each.rglob("__pycache__/*.pyc") for each in environments)):
        module = compiled.parents[1] / f"{compiled.name.partition('.')[0]}.py"
        original = module.exists() and originals.get(module.stat().st_ino)
        if original:
            folder = original.parent / "__pycache__"
            folder.mkdir(exist_ok=True)
            with suppress(FileExistsError):
                os.link(compiled, folder / compiled.name)


def forget() -> None:
    """Take all bytecode out of uv's cache, so that a first run is one."""
    for module in modules():
        for compiled in module.parent.glob(f"__pycache__/{module.stem}.*.pyc"):
            compiled.unlink()


def modules() -> Iterator[Path]:
    """Yield the modules in uv's cache."""
    cache = subprocess.check_output(["uv", "cache", "dir"], text=True).strip()
    return Path(cache, "archive-v0").rglob("*.py")
