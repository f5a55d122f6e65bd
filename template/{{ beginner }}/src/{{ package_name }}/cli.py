"""Command line: one sub-command per module in `commands`, each loaded only if it can be."""

import functools
import gc
import pkgutil
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer

from . import commands
from .errors import ProjectError

Command = Callable[..., None]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def main() -> None:
    """Run the command that the arguments name; `--debug` may stand anywhere."""
    signal.signal(signal.SIGTERM, interrupt)
    gc.set_threshold(500_000)  # imports make many objects that stay: look for garbage less often
    arguments = sys.argv[1:]
    build("--debug" in arguments)([each for each in arguments if each != "--debug"])


def interrupt(*_: object) -> NoReturn:
    """End as by Ctrl-C, but once: who sends SIGTERM again must not interrupt the cleaning."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def build(debug: bool = False) -> typer.Typer:
    """Return the application: with `debug`, errors keep their traceback."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(show_options)
    for module in pkgutil.iter_modules(commands.__path__):
        command, context = load(module.name)
        register = app.command(module.name.replace("_", "-"), context_settings=context)
        register(command if debug else on_one_line(command))
    return app


def show_options(debug: Debug = False) -> None:
    """Train, track and use the model of this project."""


def load(name: str) -> tuple[Command, dict[str, bool]]:
    """Return a command and its context; one that cannot be imported says why when it is called."""
    try:
        return import_module(f"{commands.__name__}.{name}").run, {}
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"

    def unavailable() -> None:
        raise ProjectError(f"commands/{name}.py cannot be imported ({reason}); mend it, then retry")

    unavailable.__doc__ = f"Unavailable: {reason}"
    return unavailable, {"ignore_unknown_options": True, "allow_extra_args": True}


def on_one_line(command: Command) -> Command:
    """Return `command` with its errors on one line, in place of a traceback."""

    @functools.wraps(command)
    def call(*arguments: Any, **options: Any) -> None:
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            message, code = "interrupted", 130
        except ProjectError as error:
            message, code = f"error: {error}", 1
        except Exception as error:
            message, code = f"unexpected {type(error).__name__}: {error} (`--debug` shows where)", 1
        typer.secho(message, err=True, fg="red")
        raise typer.Exit(code)

    return call
