"""Cleaning what was read: every entry comes out in order, with its document or without one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from cleancorpus.cleaner import Cleaner
from cleancorpus.document import Document, Item
from cleancorpus.io.entries import Entry


def ready(cleaner: Cleaner) -> Cleaner:
    """Give the cleaner with its stages built, so that a wrong setting is told before anything is read."""
    _ = cleaner.stages
    return cleaner


def cleaned(entries: Iterable[Entry], cleaner: Cleaner, workers: int = 1) -> Iterator[tuple[Entry, Document | None]]:
    """Clean entries, in order; one that could not be read comes out without a document."""
    waiting: deque[Entry] = deque()

    def items() -> Iterator[Item]:
        for entry in entries:
            waiting.append(entry)
            if entry.failure is None:
                yield entry.item

    for document in cleaner.clean_many(items(), workers=workers):
        while waiting[0].failure is not None:
            yield waiting.popleft(), None
        yield waiting.popleft(), document
    while waiting:
        yield waiting.popleft(), None
