"""Command line: one sub-command per module in `commands`, each loaded only if it can be."""

import functools
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


def main() -> None:
    """Run the command that the arguments name; `--debug` may stand anywhere."""
    signal.signal(signal.SIGTERM, interrupt)
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    build(debug)([argument for argument in arguments if argument != "--debug"])


def interrupt(*_: object) -> NoReturn:
    """End as by Ctrl-C, but once: who sends SIGTERM again must not interrupt the cleaning."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def build(debug: bool = False) -> typer.Typer:
    """Return the application: with `debug`, errors keep their traceback."""
    application = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    application.callback()(options)
    for module in pkgutil.iter_modules(commands.__path__):
        command, settings = load(module.name)
        application.command(module.name.replace("_", "-"), context_settings=settings)(
            command if debug else guarded(command)
        )
    return application


def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Train, track and use the model of this project."""


def load(name: str) -> tuple[Command, dict[str, bool]]:
    """Return a command and its context; one that cannot be imported says why when it is called."""
    try:
        command: Command = import_module(f"{commands.__name__}.{name}").run
    except Exception as error:
        anything = {"ignore_unknown_options": True, "allow_extra_args": True}
        return unavailable(name, f"{type(error).__name__}: {error}"), anything
    return command, {}


def unavailable(name: str, reason: str) -> Command:
    """Return a command that stands in for one that cannot be imported."""

    def command() -> None:
        raise ProjectError(f"commands/{name}.py cannot be imported ({reason}); mend it, then retry")

    command.__doc__ = f"Unavailable: {reason}"
    return command


def guarded(command: Command) -> Command:
    """Return `command` with one line in place of a traceback."""

    @functools.wraps(command)
    def call(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            stop("interrupted", 130)
        except ProjectError as error:
            stop(f"error: {error}", 1)
        except Exception as error:
            stop(f"unexpected {type(error).__name__}: {error} (`--debug` shows where)", 1)

    return call


def stop(message: str, code: int) -> NoReturn:
    """Print `message` to the standard error and end with `code`."""
    typer.secho(message, err=True, fg="red")
    raise typer.Exit(code)
