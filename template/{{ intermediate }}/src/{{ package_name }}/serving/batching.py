"""Batching: what waits is answered together, since many rows cost a model little more than one."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from itertools import islice

from .predictor import Prediction
from .questions import Row

MOST = 64  # rows of a batch, unless one question alone has more

Answer = Callable[[list[Row]], list[Prediction]]
Pending = Future[list[Prediction]]
Work = Callable[[], None]


def in_event_loop(work: Work) -> None:
    """Do work after what has come in meanwhile was read; a thread would take turns with that."""
    loop = asyncio.get_running_loop()
    loop.call_later(0, loop.call_soon, work)


class Batcher:
    """Answers all questions that wait at a time; none waits for more to come."""

    def __init__(self, answer: Answer, submit: Callable[[Work], object] = in_event_loop) -> None:
        self.answer, self.submit = answer, submit
        self.waiting: deque[tuple[list[Row], Pending]] = deque()

    def ask(self, rows: list[Row]) -> Pending:
        """Return what will hold a prediction for each row, or the reason why there is none."""
        pending = Pending()
        self.waiting.append((rows, pending))
        self.submit(self.answer_waiting)
        return pending

    def answer_waiting(self) -> None:
        """Answer the questions that fit into a batch; an earlier one may have taken all."""
        batch, room = [], MOST
        while self.waiting and (room == MOST or len(self.waiting[0][0]) <= room):
            rows, pending = self.waiting.popleft()
            room -= len(rows)
            if pending.set_running_or_notify_cancel():
                batch.append((rows, pending))
        self.answer_batch(batch)

    def answer_batch(self, batch: list[tuple[list[Row], Pending]]) -> None:
        """Answer questions together; where one of them cannot be, each half by itself."""
        half = len(batch) // 2
        try:
            said = iter(self.answer([row for rows, _ in batch for row in rows]) if batch else [])
        except Exception as error:
            if not half:
                return batch[0][1].set_exception(error)
            self.answer_batch(batch[:half])
            return self.answer_batch(batch[half:])
        for rows, pending in batch:
            pending.set_result([*islice(said, len(rows))])
