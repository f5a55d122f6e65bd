"""The suite: config/expectations.json, as Great Expectations saves it."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from great_expectations import ExpectationSuite
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from ..data import files
from ..errors import ProjectError

FILE = "expectations.json"
STAMP = "learnt"  # the key in the `meta` of a suite that tells what `--learn` wrote


def load(path: Path) -> ExpectationSuite:
    """Return the suite in a file.

    Raises:
        ProjectError: Great Expectations refuses what stands there, or nothing is expected.
    """
    place = str(path)
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        for number, each in enumerate(saved["expectations"], start=1):
            place = f"{path}, expectation {number}"
            ExpectationConfiguration(**each).to_domain_obj()  # a suite leaves out what this refuses
        suite = ExpectationSuite(**saved)
    except (OSError, KeyError, TypeError, ValueError, GreatExpectationsError) as error:
        raise ProjectError(f"{place}: {' '.join(str(error).split())}") from error
    if not suite.expectations:
        raise ProjectError(f"{path}: nothing is expected; `just validate --learn` begins anew")
    return suite


def compose(suite: ExpectationSuite) -> str:
    """Return the text of a file for a suite that was learnt."""
    suite.meta[STAMP] = stamp(suite.to_json_dict())
    return json.dumps(suite.to_json_dict(), indent=2, ensure_ascii=False) + "\n"


def edited(path: Path) -> bool:
    """Tell whether a file expects something else than was learnt."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return bool(saved["meta"][STAMP] != stamp(saved))
    except (OSError, KeyError, TypeError, ValueError):
        return path.exists()


def stamp(saved: Any) -> str:
    """Return what tells the expectations of a saved suite from all others."""
    return hashlib.sha256(json.dumps(saved["expectations"]).encode()).hexdigest()[:16]


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file; one that was edited is kept as .bak."""
    if edited(path):
        shutil.copy2(path, path.with_suffix(".json.bak"))
    with files.replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
