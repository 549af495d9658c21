"""Which ways of matching a line's first and last character allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.edges import ANY, PLACES
from cleancorpus.boilerplate.literals import Way
from cleancorpus.text import Codepoints, Positions


class EndTable:
    """The characters with which matches of many patterns begin and end, one row of bits by way of matching.

    An empty pattern may begin and end with anything.  Nothing of it changes.
    """

    def __init__(self, ways: Sequence[Way]) -> None:
        self._first = _rows(way.first for way in ways)
        self._last = _rows(way.last for way in ways)

    def fit(self, first: Codepoints, last: Codepoints, way: Positions) -> NDArray[np.bool_]:
        """Say for each pair of a first and a last character whether a match by way number ``way`` can have them."""
        return np.asarray(_bit(self._first, way, first) & _bit(self._last, way, last) > 0)


@lru_cache(maxsize=4)
def end_table(ways: tuple[Way, ...]) -> EndTable:
    """Give the table for some ways of matching; those who have the same rules share it."""
    return EndTable(ways)


def _rows(sets: Iterable[bytes]) -> NDArray[np.uint8]:
    """Give one row for each packed set of characters."""
    return np.frombuffer(b"".join(sets), dtype=np.uint8).reshape(-1, len(ANY))


def _bit(table: NDArray[np.uint8], row: Positions, points: Codepoints) -> NDArray[np.uint8]:
    place = np.minimum(points, PLACES - 1)
    return np.asarray(table[row, place >> 3] >> (7 - (place & 7)).astype(np.uint8) & np.uint8(1))
