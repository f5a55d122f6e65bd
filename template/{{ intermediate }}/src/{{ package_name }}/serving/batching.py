"""Batching: what waits is answered together, since many rows cost a model little more than one."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from .predictor import Prediction, Row

MOST = 64  # rows of a batch, unless one question alone has more

Told = Future[list[Prediction]]


class Batcher:
    """Answers questions in a thread, all that wait at a time; none waits for more to come."""

    def __init__(self, answer: Callable[[list[Row]], list[Prediction]]) -> None:
        self.answer = answer
        self.waiting: deque[tuple[list[Row], Told]] = deque()
        self.worker = ThreadPoolExecutor(1)

    def ask(self, rows: list[Row]) -> Told:
        """Return what will hold a prediction for each row, or the reason why there is none."""
        told = Told()
        self.waiting.append((rows, told))
        self.worker.submit(self.answer_waiting)
        return told

    def answer_waiting(self) -> None:
        """Answer the questions that fit into a batch; an earlier one may have taken all."""
        batch, room = [], MOST
        while self.waiting and (room == MOST or len(self.waiting[0][0]) <= room):
            rows, told = self.waiting.popleft()
            room -= len(rows)
            if told.set_running_or_notify_cancel():
                batch.append((rows, told))
        self.answer_batch(batch)

    def answer_batch(self, batch: list[tuple[list[Row], Told]]) -> None:
        """Answer questions together; where one of them cannot be, each half by itself."""
        half = len(batch) // 2
        try:
            said = iter(self.answer([row for rows, _ in batch for row in rows]) if batch else [])
        except Exception as error:
            if not half:
                return batch[0][1].set_exception(error)
            self.answer_batch(batch[:half])
            return self.answer_batch(batch[half:])
        for rows, told in batch:
            told.set_result([*islice(said, len(rows))])
