"""Candidates: pairs of texts that share a key, found by sorting, with a bound on what a crowd can cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.bands import BandKeys
from cleancorpus.neardup.shingles import sorted_distinct
from cleancorpus.text import Positions, flat_ranges

CROWD = 32


def runs_of_equals(ordered: NDArray[np.generic]) -> tuple[Positions, Positions]:
    """Give start and length of the runs of two or more equal values in a sorted array."""
    twins = np.flatnonzero(ordered[1:] == ordered[:-1])  # each is equal to its follower
    opens = np.ones(len(twins), dtype=bool)
    opens[1:] = twins[1:] != twins[:-1] + 1
    first = np.flatnonzero(opens)
    return twins[first], np.diff(np.append(first, len(twins))) + 1


def key_runs(keys: NDArray[np.int64]) -> tuple[Positions, Positions, Positions]:
    """Give the runs of rows that share a key: rows, and in them start and length of each run (``int64``).

    The rows of a run rise.  Sorted is one number for each row, its number behind the high bits of its key: a
    plain sort takes a fraction of the time of one that gives the order.
    """
    bits = np.uint64(max(len(keys) - 1, 1).bit_length())
    low = (np.uint64(1) << bits) - np.uint64(1)
    packed = (keys.view(np.uint64) & ~low) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    start, length = runs_of_equals(packed >> bits)
    rows = (packed[flat_ranges(start, length)] & low).astype(np.int64)
    start = np.cumsum(length) - length
    # Keys that differ in nothing but the bits that made room are told apart here; there are next to none.
    own = keys[rows]
    if (own != np.repeat(own[start], length)).any():
        order = np.lexsort((rows, own))
        return rows[order], *runs_of_equals(own[order])
    return rows, start, length


def pairs_in_runs(members: Positions, start: Positions, length: Positions) -> tuple[Positions, Positions]:
    """Pair up the members of each run: ``int64`` columns left and right.

    The members of a run stand in the order in which they would be kept.  Each is paired with those before it,
    but at most with the first ``CROWD``: a run of m costs no more than CROWD times m, and the best of it,
    which the others are to be compared with, are compared with all.
    """
    rank = flat_ranges(np.zeros(len(length), dtype=np.int64), length)
    place = flat_ranges(start, length)
    partners = np.minimum(rank, CROWD)
    left = members[flat_ranges(place - rank, partners)]
    return left, np.repeat(members[place], partners)


def band_pairs(keys: BandKeys) -> tuple[Positions, Positions, bool]:
    """Give the pairs (left < right) that share a key in a band, each once, and whether a crowd hid some.

    ``keys`` is ``int64[D, bands]``; the texts are numbered in the order in which they would be kept.
    """
    count = max(len(keys), 1)
    found = np.zeros(0, dtype=np.int64)
    crowded = False
    for band in range(keys.shape[1]):
        members, start, length = key_runs(np.ascontiguousarray(keys[:, band]))
        left, right = pairs_in_runs(members, start, length)
        found = sorted_distinct(np.concatenate([found, sorted_distinct(left * count + right)]))
        crowded = crowded or bool((length > CROWD + 1).any())
    return found // count, found % count, crowded
