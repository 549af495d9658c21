"""Columns over lines, summed page by page: windows and totals that never reach into another page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.stretches import changes, openings
from cleancorpus.text import Positions

Column = NDArray[np.floating[Any]] | NDArray[np.integer[Any]] | NDArray[np.bool_]
Sums = NDArray[np.float64]

# Further than any page is long.
ALL = 1 << 40


class Pages:
    """Where the pages lie among the described lines; ``document`` is the page of each, not decreasing."""

    def __init__(self, document: Positions) -> None:
        count = len(document)
        self.begins = openings(document)
        past = np.append(self.begins, count)[1:]
        self.lengths = past - self.begins
        self._first = np.repeat(self.begins, self.lengths)
        self._past = np.repeat(past, self.lengths)
        self._here = np.arange(count, dtype=np.int64)
        self._borders: dict[int, Positions] = {}

    @property
    def opening(self) -> NDArray[np.bool_]:
        """Say which lines are the first of their page."""
        return np.asarray(self._here == self._first)

    def window(self, column: Column, low: int, high: int) -> Sums:
        """Sum a column over the lines ``[i + low, i + high]`` of the same page."""
        return self.between(running(column), low, high)

    def between(self, total: Sums, low: int, high: int) -> Sums:
        """Give what ``window`` gives from the running sum of the column, for those who have more of them to ask."""
        return np.asarray(total.take(self._border(high + 1)) - total.take(self._border(low)))

    def _border(self, step: int) -> Positions:
        """Give the place so many lines below each line, or the border of its page that lies before it."""
        if step not in self._borders:
            place = self._here + step
            np.maximum(place, self._first, out=place)
            self._borders[step] = np.minimum(place, self._past, out=place)
        return self._borders[step]

    def before(self, column: Column) -> Sums:
        """Sum a column over the lines of the page above each line."""
        total = running(column)
        return np.asarray(total[:-1] - total.take(self._first))

    def total(self, column: Column) -> Sums:
        """Sum a column over the whole page, for each of its lines."""
        return np.repeat(np.add.reduceat(column, self.begins, dtype=np.float64), self.lengths)

    def runs(self, marked: NDArray[np.bool_]) -> Positions:
        """Number the runs of lines that are marked and of lines that are not."""
        change = np.empty(len(marked), dtype=bool)
        change[1:] = marked[1:] != marked[:-1]
        change[self.begins] = True
        return np.cumsum(change) - 1

    def clusters(self, mass: Column, gap: int) -> Sums:
        """Give the mass of the cluster a line lies in: lines with mass, at most ``gap`` lines apart."""
        heavy = np.flatnonzero(mass > 0)
        out = np.zeros(len(mass), dtype=np.float64)
        if not len(heavy):
            return out
        opens = changes(self._first[heavy])
        opens[1:] |= np.diff(heavy) > gap
        place = np.flatnonzero(opens)
        weight = np.add.reduceat(mass[heavy], place, dtype=np.float64)
        begin, end = heavy[place], heavy[np.append(place[1:], len(heavy)) - 1]
        which = np.searchsorted(begin, self._here, side="right") - 1
        inside = (which >= 0) & (self._here <= end[np.maximum(which, 0)])
        out[inside] = weight[which[inside]]
        return out


def running(column: Column) -> Sums:
    """Give the sums of what stands above each line, and of all, whatever its page."""
    total = np.zeros(len(column) + 1, dtype=np.float64)
    np.cumsum(column, out=total[1:])
    return total
