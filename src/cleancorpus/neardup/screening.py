"""Screening: candidates that are not alike enough are told by their signatures, where there are very many.

Texts that share a frame share keys, and most of their pairs are false.  The share of equal slots estimates the Jaccard
index; of two texts exactly at the threshold it falls below the limit taken here with probability ``MISSED`` at most
(binomial, slot by slot; the scheme's own error is no greater, docs/benchmarks.md).  What passes is compared exactly.
"""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np

from cleancorpus.neardup.signatures import Signer
from cleancorpus.text import Positions, TextBatch

MISSED = 1e-6
_MANY = 8  # candidates a text from which on to sign the texts and compare slots costs less than it saves
_CHUNK = 1 << 15  # pairs whose slots are compared at a time


def plausible(view: TextBatch, left: Positions, right: Positions, threshold: float, signer: Signer) -> Positions:
    """Give the places of the pairs that may have a Jaccard index of ``threshold``, ``int64``; all where they are few.

    ``left`` and ``right`` (``int64[P]``) are numbers of texts of the folded batch ``view``.
    """
    if len(left) < _MANY * len(view):
        return np.arange(len(left), dtype=np.int64)
    # The low bits tell slots apart well enough: a chance equality only lets a pair pass.
    slots = signer.sign(view).astype(np.uint8)
    least = least_equal(signer.size, threshold)
    passed = [np.zeros(0, dtype=np.int64)]
    for first in range(0, len(left), _CHUNK):
        part = slice(first, first + _CHUNK)
        equal = np.count_nonzero(slots[left[part]] == slots[right[part]], axis=1)
        passed.append(np.flatnonzero(equal >= least) + first)
    return np.concatenate(passed)


@cache
def least_equal(size: int, jaccard: float) -> int:
    """Give the slots of ``size`` that two texts of this Jaccard index share but for a probability of ``MISSED``."""
    below = 0.0
    for equal in range(size + 1):
        below += comb(size, equal) * jaccard**equal * (1 - jaccard) ** (size - equal)
        if below > MISSED:
            return equal
    return size
