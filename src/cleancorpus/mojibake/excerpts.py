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
_BETWEEN = np.array([0x0A, SEPARATOR, 0x0A], dtype=np.uint32)


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
        for step, point in enumerate(_BETWEEN.tolist()):
            text[at + (end - start) + step] = point
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
