"""A map over processes that keeps the order and holds only a few batches at a time."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from cleancorpus.errors import CleancorpusError

Given = TypeVar("Given")
Made = TypeVar("Made")

# Two batches a worker: one under way and one waiting, so that none stands idle and no more is held.
_AHEAD = 2


def ordered_map(work: Callable[[Given], Made], batches: Iterable[Given], workers: int) -> Iterator[Made]:
    """Give ``work(batch)`` for every batch, in order, worked on by ``workers`` processes.

    Processes are spawned, so that no lock or thread of the parent is inherited.
    Raises ``CleancorpusError`` where a process dies (out of memory, killed), as its batch is then unknown.
    """
    pending: deque[Future[Made]] = deque()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for batch in batches:
                pending.append(pool.submit(work, batch))
                if len(pending) >= _AHEAD * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BrokenProcessPool as error:
            raise CleancorpusError(
                "a worker process died; run again with fewer workers or smaller batches if memory ran out"
            ) from error
        finally:
            for future in pending:
                future.cancel()
