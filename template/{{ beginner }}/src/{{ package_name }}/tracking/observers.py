"""Observers: what capabilities learn of a training run while it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from .. import plugins
from ..data.schema import Schema


class Observer(Protocol):
    """Watches training runs. What it raises is reported, and does not stop the run."""

    def started(self, run_id: str, schema: Schema) -> None:
        """Take note of a run that begins."""

    def finished(self, run_id: str) -> None:
        """Take note of a run whose model is registered."""

    def failed(self, run_id: str, error: BaseException) -> None:
        """Take note of a run that ends without a model, by an error or by the owner."""


@contextmanager
def observed(run_id: str, schema: Schema) -> Iterator[None]:
    """Tell every observer of the run that goes on inside."""
    observers = plugins.offered("observer")
    tell(observers, "started", run_id, schema)
    try:
        yield
    except BaseException as error:
        tell(observers, "failed", run_id, error)
        raise
    tell(observers, "finished", run_id)


def tell(observers: dict[str, Observer], event: str, *details: object) -> None:
    """Call the method `event` of each observer; one that fails does not keep the others from it."""
    for capability, observer in observers.items():
        try:
            getattr(observer, event)(*details)
        except Exception as error:
            plugins.complain(f"the observer of {capability} failed when a run {event}", error)
