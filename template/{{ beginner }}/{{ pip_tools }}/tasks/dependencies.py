"""Print a list of pyproject.toml that pip-compile cannot read itself: `extras` or `dev`."""

import sys
import tomllib
from pathlib import Path

HEAVY = {"spark"}  # installed by a recipe of its own


def main(wanted: str) -> None:
    """Print each extra as an option of pip-compile, or each requirement of the group `dev`."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].keys() - HEAVY
    options = [f"--extra={extra}" for extra in sorted(extras)]
    print(*{"extras": options, "dev": project["dependency-groups"]["dev"]}[wanted], sep="\n")


if __name__ == "__main__":
    main(sys.argv[1])
