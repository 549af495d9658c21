"""The lines of a batch that were nominated, put one behind another, so that they are looked at all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from cleancorpus.mojibake.late_reading import Guess
from cleancorpus.mojibake.misread_run import Points, Run
from cleancorpus.text import Positions, TextBatch, flat_ranges

SEPARATOR = 0x00
"""What stands between two spans: no reader writes it, so no run goes over it."""

LINE_BREAKS = (0x0A, 0x0D)
_BETWEEN = np.array([0x0A, SEPARATOR, 0x0A, 0x0A], dtype=np.uint32)
_BETWEEN_DOCUMENTS = 2  # where a second separator stands behind the last span of a document


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Spans of a batch as one ``text``, parted by separators on lines of their own.

    A span stands ``at`` a place in the text and has its ``origin`` in the batch (``int64[S]`` both).
    """

    text: Points
    at: Positions
    origin: Positions

    @classmethod
    def of(cls, batch: TextBatch, start: Positions, end: Positions) -> Excerpt:
        """Take the spans ``[start, end)`` of a batch, which ascend."""
        length = end - start + len(_BETWEEN)
        at = np.cumsum(length) - length
        text = np.empty(int(length.sum()), dtype=np.uint32)
        text[flat_ranges(at, end - start)] = batch.codepoints[flat_ranges(start, end - start)]
        behind = at + (end - start)
        for step, point in enumerate(_BETWEEN.tolist()):
            text[behind + step] = point
        last = np.append(np.diff(batch.document_of(start)) > 0, np.ones(min(len(start), 1), dtype=bool))
        text[behind[last] + _BETWEEN_DOCUMENTS] = SEPARATOR
        return cls(text, at, start)

    @classmethod
    def lines(cls, batch: TextBatch, places: Positions, edges: Positions) -> Excerpt:
        """Take the lines in which ``places`` stand and those beside them; ``edges`` are ``line_starts``.

        A misread run may go over the end of a line.
        """
        number = _ascending(np.searchsorted(edges, places, side="right") - 1)
        document = batch.document_of(edges[number])
        beside = np.concatenate([number, number - 1, number + 1])
        beside = np.clip(beside, 0, len(edges) - 2)
        same = batch.document_of(edges[beside]) == np.tile(document, 3)
        wanted = _ascending(beside[same])
        first = np.concatenate([[True], np.diff(wanted) > 1])
        first |= np.isin(edges[wanted], batch.offsets)
        starts = np.flatnonzero(first)
        ends = np.concatenate([starts[1:], [len(wanted)]]) - 1
        return cls.of(batch, edges[wanted[starts]], edges[wanted[ends] + 1])

    @classmethod
    def documents(cls, batch: TextBatch, documents: Iterable[int]) -> Excerpt:
        """Take whole texts of a batch."""
        numbers = np.array(sorted(documents), dtype=np.int64)
        return cls.of(batch, batch.offsets[numbers], batch.offsets[numbers + 1])

    def located(self, runs: Iterable[Run]) -> list[Run]:
        """Give the runs of ``text`` at their places in the batch; none goes over a separator."""
        return [moved(run, self._shift(run.start)) for run in runs]

    def _shift(self, place: int) -> int:
        number = int(np.searchsorted(self.at, place, side="right")) - 1
        return int(self.origin[number] - self.at[number])


class Allowance:
    """How often something costly may be done in each document of an excerpt, whatever else is in the excerpt.

    That is ``least`` times, and once more for each ``characters`` that the excerpt has of the document.
    """

    def __init__(self, text: Points, least: int, characters: int) -> None:
        ended = np.flatnonzero((text[:-1] == SEPARATOR) & (text[1:] == SEPARATOR)) + len(_BETWEEN) - 1
        self._edges = np.concatenate([[0], ended, [max(len(text), int(ended[-1]) if len(ended) else 0)]])
        self._left = (least + np.diff(self._edges) // characters).tolist()

    def left(self, place: int) -> int:
        """Give how often it may still be done in the document of a place of the excerpt."""
        return max(int(self._left[self._document(place)]), 0)

    def spend(self, place: int, times: int = 1) -> None:
        """Say that it was done in the document of a place."""
        self._left[self._document(place)] -= times

    def _document(self, place: int) -> int:
        return int(np.searchsorted(self._edges[1:-1], place, side="right"))


def span_around(text: Points, start: int, end: int, reach: int) -> tuple[int, int]:
    """Give where ``[start, end)`` and ``reach`` characters on either side begin and end, inside their span."""
    first, last = max(start - reach, 0), end + reach
    before = np.flatnonzero(text[first:start] == SEPARATOR)
    behind = np.flatnonzero(text[end:last] == SEPARATOR)
    return (
        first + int(before[-1]) + 1 if len(before) else first,
        end + int(behind[0]) if len(behind) else min(last, len(text)),
    )


def line_starts(batch: TextBatch, places: Positions) -> Positions:
    """Give where the lines of the texts with ``places`` begin, and where each text does (``int64``, ascending).

    Blank lines count with the line before them.
    """
    points, offsets = batch.codepoints, batch.offsets
    documents = _ascending(batch.document_of(places))
    apart = np.flatnonzero(np.diff(documents) > 1) + 1
    firsts, lasts = documents[np.append(0, apart)], documents[np.append(apart, len(documents)) - 1]
    starts = [offsets]
    for first, last in zip(offsets[firsts].tolist(), offsets[lasts + 1].tolist(), strict=True):
        span = points[first:last]
        broken = (span == LINE_BREAKS[0]) | (span == LINE_BREAKS[1])
        starts.append(np.flatnonzero(broken[:-1] & ~broken[1:]) + (first + 1))
    return _ascending(np.concatenate(starts))


def _ascending(numbers: Positions) -> Positions:
    """Give the different numbers in order; ``numpy.unique`` hashes first, which takes longer."""
    ordered = np.sort(numbers)
    first = np.concatenate([np.ones(1, dtype=bool), ordered[1:] != ordered[:-1]])
    different: Positions = ordered[first]
    return different


def moved(run: Run, by: int) -> Run:
    """Give a run so many places further on."""
    opened = tuple(Guess(guess.start + by, guess.end + by, guess.candidates, guess.share) for guess in run.open)
    return replace(run, start=run.start + by, end=run.end + by, open=opened)
