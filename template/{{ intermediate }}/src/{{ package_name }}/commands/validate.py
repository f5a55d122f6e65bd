"""The command `validate`."""

import json
from pathlib import Path
from reprlib import repr as brief
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import ProjectError

if TYPE_CHECKING:
    from ..data.schema import Schema
    from ..settings import Settings

SHOWN = 5  # values


def run(
    dataset: Annotated[Optional[Path], typer.Option(help="The dataset file.")] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Write config/expectations.json from the table.")
    ] = False,
    force: Annotated[bool, typer.Option(help="Replace an edited file, kept as .bak.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check all rows of the table to learn from, and fail if an expectation is not met."""
    from .. import plugins, settings
    from ..data import schema

    where = settings.load()
    question = schema.load(dataset or schema.find(where.config))
    suite_path, folder = examine(question, where, learn, force)
    refuse(report(folder, as_json), question.path, suite_path)
    plugins.tell(plugins.load(), "step_finished", "validate")


def examine(question: "Schema", where: "Settings", learn: bool, force: bool) -> tuple[Path, Path]:
    """Check a table, and return where the suite and the folder with the result are."""
    from .. import terminal
    from ..tracking.provenance import fingerprint

    try:
        from ..validation import FOLDER, check, learning, suite
    except ModuleNotFoundError as error:
        raise ProjectError(f"{error.name} is not installed; `just setup` installs it") from error
    table, path, folder = where.root / question.path, where.config / suite.FILE, where.root / FOLDER
    learn = learn or not path.exists()
    (folder / "result.json").unlink(missing_ok=True)  # what comes next may fail
    with terminal.steps(3) as step:
        step("Read the table")
        rows = check.read(question, table, None if learn else suite.load(path))
        if learn:
            write(suite.compose(learning.learn(rows, question)), path, force)
        expected = suite.load(path)
        step(f"Check {len(expected.expectations)} expectations")
        result = check.run(expected, rows)
        result.meta = {"sha256": fingerprint(table), "edited": suite.edited(path)}
        step("Write the page")
        check.write(result, folder)
    return path, folder


def report(folder: Path, as_json: bool) -> dict[str, Any]:
    """Print the result that lies in a folder, and return it with its numbers rounded."""
    written = (folder / "result.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(
        written, parse_float=lambda text: float(f"{float(text):.6g}")
    )
    if as_json:
        typer.echo(written)
    else:
        show(found, folder / "index.html")
    return found


def write(text: str, path: Path, force: bool) -> None:
    """Write a suite that was learnt, unless that loses what its owner has edited."""
    from ..data import dataset_file
    from ..validation import suite

    if suite.edited(path) and not force:
        typer.echo(dataset_file.differences(path, text))
        raise ProjectError(f"{path} was edited; --force replaces it and keeps a .bak")
    suite.replace(path, text)
    typer.echo(f"{path}: learnt from this table; look at it, and commit it", err=True)


def show(found: dict[str, Any], page: Path) -> None:
    """Print which expectations are not met, and where all of them are."""
    from .. import terminal

    for each in found["results"]:
        if not each["success"]:
            terminal.say(f"Failed: {describe(each)}")
    count = found["statistics"]["successful_expectations"]
    terminal.say(f"{count} expectations are met; the page: {page}")


def describe(found: dict[str, Any]) -> str:
    """Return in one line what failed: the column, the expectation, how many rows, some values."""
    from ..validation.check import problems

    keys = {**found["expectation_config"]["kwargs"]}
    keys.pop("batch_id", None)
    column = keys.pop("column", "the table")
    what = f"{column}: {found['expectation_config']['type']} {brief(keys)}"
    result = found["result"]
    for problem in problems(found["exception_info"]):
        return f"{what}: {problem['exception_message']}"
    if lacks := result.get("partial_missing_list"):
        return f"{what}: lacks {', '.join(map(str, lacks))}"
    if values := result.get("partial_unexpected_list"):
        sample = ", ".join([*dict.fromkeys(map(str, values))][:SHOWN])
        return f"{what}: {result['unexpected_count']:,} rows, such as {sample}"
    return f"{what}: found {brief(result.get('observed_value'))}"


def refuse(found: dict[str, Any], table: str, path: Path) -> None:
    """Raise where an expectation is not met."""
    failed, count = (
        found["statistics"][f"{of}_expectations"] for of in ("unsuccessful", "evaluated")
    )
    if failed:
        remedy = f"mend the table; if it is right, edit {path}, or `just validate --learn`"
        raise ProjectError(f"{table}: {failed} of {count} expectations failed; {remedy}")
