"""Runs every benchmark: `python -m benchmarks`, with `--json` for machines."""

import pkgutil
from importlib import import_module
from pathlib import Path

from .measure import main

NOT_ALONE = {"__main__", "measure"}

if __name__ == "__main__":
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    modules = [import_module(f".{name}", __package__) for name in names if name not in NOT_ALONE]
    main(*(module.measured for module in modules))
