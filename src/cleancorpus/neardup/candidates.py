"""Candidates: pairs of texts that share a key, found by sorting, with a bound on what a crowd can cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.bands import BandKeys
from cleancorpus.neardup.shingles import sorted_distinct
from cleancorpus.text import Positions, flat_ranges

CROWD = 32  # in a run of no more than one beyond so many, all are compared with all
HEADS = 8  # of a crowd, so many are compared with all the others (docs/benchmarks.md, crowds)


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

    The members of a run stand in the order in which they would be kept.  Each is paired with all those before it;
    in a crowd, which is a run of more than ``CROWD`` + 1, with the first ``HEADS`` of it alone.  So a run of m
    costs no more than CROWD times m, and the best of it, which the others are to be compared with, meet all.
    """
    return pairs_with_first(members, start, length, np.where(length > CROWD + 1, HEADS, CROWD))


def pairs_with_first(
    members: Positions, start: Positions, length: Positions, most: Positions
) -> tuple[Positions, Positions]:
    """Pair up the members of each run with those before them, at most with the first ``most`` of their run."""
    rank = flat_ranges(np.zeros(len(length), dtype=np.int64), length)
    place = flat_ranges(start, length)
    partners = np.minimum(rank, np.repeat(most, length))
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
