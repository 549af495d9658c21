"""The pages of a corpus as pairs of site and text, as often as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cleancorpus.cleaner import Cleaner
from cleancorpus.errors import InputError
from cleancorpus.io.cleaning import cleaned
from cleancorpus.io.readers import Reading
from cleancorpus.io.sources import STDIN
from cleancorpus.settings import Settings

OnFailure = Callable[[str, str], None]


class Pages:
    """Gives ``(site or None, text)`` for every page of some inputs, read anew each time it is gone through.

    The texts are as the boilerplate stage meets them: decoded, taken out of their HTML, and repaired.
    ``read`` opens the inputs; what fails is told to ``on_failure`` with its place, on the first time only.
    ``count`` is the number of pages that were given the last time.
    """

    def __init__(self, read: Callable[[], Reading], on_failure: OnFailure) -> None:
        self._read = read
        self._on_failure = on_failure
        self._told: set[str] = set()
        self.count = 0

    def __iter__(self) -> Iterator[tuple[str | None, str]]:
        self.count = 0
        for entry, document in cleaned(self._read(), Cleaner(Settings(stages=("mojibake",)))):
            failure = entry.failure if document is None else document.failure
            if document is not None and failure is None:
                self.count += 1
                yield document.site or None, document.text
            elif failure is not None and entry.where not in self._told:
                self._told.add(entry.where)
                self._on_failure(entry.where, failure.reason)


def check_readable_twice(inputs: Iterable[str]) -> None:
    """Raise ``InputError`` for standard input and pipes, which can be read once only."""
    for name in inputs:
        if name == STDIN or Path(name).is_fifo():
            raise InputError(
                f"{name} can be read once only, and templates are learned in two passes; write it to a file"
            )
