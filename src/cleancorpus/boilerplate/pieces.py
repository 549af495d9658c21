"""Sums of tables over the spans of a text, by pieces so short that what is looked up stays in the cache."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Positions, flat_ranges

# Characters of a piece of a span: counts of them fit seven bits.
LONGEST = 127
# Characters that are looked up at a time: two numbers of 64 bits for each fit the second-level cache.
_AT_A_TIME = 1 << 15

Hashes = NDArray[np.uint64]


class Pieces:
    """Spans ``[first, last)`` of a text, cut into pieces of at most ``LONGEST`` characters.

    The spans are sorted, disjoint and not empty.
    """

    def __init__(self, first: Positions, last: Positions) -> None:
        count = (last - first + LONGEST - 1) // LONGEST
        self._opens = np.cumsum(count) - count
        self._bounds = np.empty((int(count.sum()), 2), dtype=np.int64)
        begin = np.repeat(first - LONGEST * self._opens, count) + LONGEST * np.arange(len(self._bounds))
        self._bounds[:, 0] = begin
        self._bounds[:, 1] = np.minimum(begin + LONGEST, np.repeat(last, count))
        self._long: Positions = np.flatnonzero(count > 1)
        self._of_long = flat_ranges(self._opens[self._long], count[self._long])
        self._cuts = np.cumsum(count[self._long]) - count[self._long]

    def sums(self, points: Codepoints, tables: Sequence[Hashes]) -> list[Hashes]:
        """Sum what each table has for the characters of each piece, modulo 2**64.

        The last entry of a table stands for all code points behind it.
        """
        bounds, begins = self._bounds.ravel(), self._bounds[:, 0]
        found = [np.zeros(len(bounds), dtype=np.uint64) for _ in tables]
        cuts = np.searchsorted(begins, np.arange(0, len(points), _AT_A_TIME)).tolist()
        for here, there in pairwise([*cuts, len(begins)]):
            if here == there:
                continue
            low, high = int(bounds[2 * here]), int(bounds[2 * there - 1])
            place = points[low:high].astype(np.intp)
            # The last piece ends where the looked-up characters do.
            own = bounds[2 * here : 2 * there - 1] - low
            for table, sums in zip(tables, found, strict=True):
                np.add.reduceat(table.take(place, mode="clip"), own, out=sums[2 * here : 2 * there - 1])
        # What lies between two pieces was summed too.
        return [sums[::2] for sums in found]

    def joined(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum what is known of each piece (the last axis) over the pieces of each span."""
        found = values[..., self._opens]
        if len(self._long):
            found[..., self._long] = np.add.reduceat(values[..., self._of_long], self._cuts, axis=-1)
        return np.asarray(found)
