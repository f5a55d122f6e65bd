"""Java: Spark runs on it, and says little where it is missing or too old."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from ..errors import ProjectError

OLDEST = 17
PACKAGES = f"openjdk-{OLDEST}-jre-headless by apt, openjdk@{OLDEST} by brew"
REMEDY = f"install version {OLDEST} or newer: {PACKAGES}"


def check() -> None:
    """Raise where there is no Java that Spark runs on."""
    home = os.environ.get("JAVA_HOME")
    program = Path(home, "bin", "java") if home else Path(shutil.which("java") or "java")
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        where = f"JAVA_HOME has none: {home}; correct it, or" if home else "there is none;"
        raise ProjectError(f"Spark needs Java, and {where} {REMEDY}") from error
    if (found := version(done.stderr)) < OLDEST:
        raise ProjectError(f"Spark needs Java, and {program} is version {found}; {REMEDY}")


def version(said: str) -> int:
    """Return the version that Java tells of itself; before 9 it was 1.8, 1.7, …"""
    numbers = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(numbers[1]) if numbers else 0
