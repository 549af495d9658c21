"""Where a column over lines or characters changes: runs of equal entries, stretches of marked places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Positions, flat_ranges

Mask = NDArray[np.bool_]


def changes(column: NDArray[Any]) -> Mask:
    """Say which entries of a column differ from the one before; the first does."""
    found = np.empty(len(column), dtype=bool)
    found[:1] = True
    np.not_equal(column[1:], column[:-1], out=found[1:])
    return found


def openings(column: NDArray[Any]) -> Positions:
    """Give where the runs of equal entries of a column begin, ``int64``."""
    return np.flatnonzero(changes(column))


def stretches(marked: Mask) -> tuple[Positions, Positions]:
    """Give where the stretches of marked places begin, and where each ends, as two ``int64`` columns."""
    padded = np.zeros(len(marked) + 2, dtype=bool)
    padded[1:-1] = marked
    edges: Positions = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[::2], edges[1::2]


def in_a_row(marked: Mask, least: int) -> Mask:
    """Keep the marked places that are one of at least so many in a row."""
    kept = np.zeros(len(marked), dtype=bool)
    if np.count_nonzero(marked) >= least:
        begin, end = stretches(marked)
        long = end - begin >= least
        kept[flat_ranges(begin[long], (end - begin)[long])] = True
    return kept
