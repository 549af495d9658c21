"""Clusters without chains: every member was compared with the text that is kept, and is alike to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Positions

_CHUNK = 1_000_000  # pairs turned into Python numbers at a time


def anchors(count: int, left: Positions, right: Positions, score: NDArray[np.float64]) -> Positions:
    """Give the text that each text is kept in favour of, ``int64[count]``; its own number if it is kept.

    Texts are numbered in the order in which they would be kept, the best first, and ``left < right`` in every
    pair.  In that order, a text goes to the most alike (``score``) of the kept texts that it is paired with,
    to the better one where two are equally alike, and is kept itself where there is none.  So no text goes
    because of one that goes itself, and no two kept texts are a pair.
    """
    kept_in = np.arange(count, dtype=np.int64)
    order = np.lexsort((left, -score, right))
    gone = bytearray(count)
    settled = -1
    # One pass over the pairs: whether a text is kept depends on all better ones, so there is no array form.
    for first in range(0, len(order), _CHUNK):
        part = order[first : first + _CHUNK]
        for better, text in zip(left[part].tolist(), right[part].tolist(), strict=True):
            if text != settled and not gone[better]:
                kept_in[text] = better
                gone[text] = 1
                settled = text
    return kept_in
