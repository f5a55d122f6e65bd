"""Print a list of pyproject.toml that pip-compile cannot read itself: `extras` or `dev`.

`locked` prints nothing: it fails if the lock does not hold what pyproject.toml asks for.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEAVY = {"spark"}  # installed by a recipe of its own
LOCK = ("project.txt", "dev.txt")


def main(wanted: str) -> None:
    """Print each extra as an option, or each requirement of the group `dev`; or fail."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    if wanted == "locked":
        held = pins()
        sys.exit(not all(met(each, held) for each in required(project)))
    extras = project["project"]["optional-dependencies"].keys() - HEAVY
    options = [f"--extra={extra}" for extra in sorted(extras)]
    print(*{"extras": options, "dev": project["dependency-groups"]["dev"]}[wanted], sep="\n")


def required(project: dict[str, Any]) -> Iterator[Requirement]:
    """Yield each requirement that the lock has to hold."""
    extras = project["project"]["optional-dependencies"]
    lists = [extras[extra] for extra in extras.keys() - HEAVY]
    for texts in (project["project"]["dependencies"], project["dependency-groups"]["dev"], *lists):
        yield from map(Requirement, texts)


def pins() -> dict[str, str]:
    """Return the version of each package in the lock; nothing for one that is not from an index."""
    files = [path for path in (Path("requirements", name) for name in LOCK) if path.exists()]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = re.findall(r"^(\w[\w.-]*)(?:==(\S+)| @)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def met(requirement: Requirement, pins: dict[str, str]) -> bool:
    """Tell whether the lock holds a version that fits, or need not hold any here."""
    if requirement.marker and not requirement.marker.evaluate():
        return True
    version = pins.get(canonicalize_name(requirement.name))
    if not version:
        return version is not None
    return requirement.specifier.contains(version, prereleases=True)


if __name__ == "__main__":
    main(sys.argv[1])
