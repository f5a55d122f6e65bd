"""A program for the environment of a generated project: tables go through its four commands."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

COMMANDS = ("describe", "train", "evaluate", "predict")


def main(package: str, tables: Path, targets: Path, folder: Path) -> None:
    """Take each table below `tables` to its predictions, and print what the commands said.

    Each has a project of its own in `folder`; all share one tracking store, under other names.
    """
    application: Any = import_module(f"{package}.cli").build()
    runner: Any = import_module("typer.testing").CliRunner()
    training = (Path.cwd() / "config" / "training.yaml").read_text()
    os.environ[f"{package.upper()}_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
    found = []
    for number, (path, target) in enumerate(json.loads(targets.read_text())):
        project = folder / str(number)
        (project / "config").mkdir(parents=True)
        (project / "pyproject.toml").touch()
        (project / "config" / "training.yaml").write_text(training)
        os.chdir(project)
        os.environ[f"{package.upper()}_MODEL_NAME"] = f"{Path(path).stem}-{number}"
        said = {}
        for command in COMMANDS:
            table = [str(tables / path)] if command in ("describe", "predict") else []
            options = ["--target", target] if command == "describe" else []
            done = runner.invoke(application, [command, *table, *options])
            end = {"code": done.exit_code, "out": done.stdout, "err": done.stderr}
            said[command] = end
        found.append({"path": path, "target": target, "said": said})
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
