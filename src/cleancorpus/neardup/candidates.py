"""Candidates: pairs of texts that share a key, found by sorting, with a bound on what a crowd can cost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.bands import BandKeys
from cleancorpus.neardup.shingles import DEFAULT_SIZE, ShingleSets, shingle_sets, sorted_distinct
from cleancorpus.text import Positions, TextBatch, flat_ranges

CROWD = 32
_SAMPLED = 4  # one shingle in so many stands for its text where containment is looked for
_CHUNK = 4_000_000


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


def containing_pairs(view: TextBatch, containment: float, shingle: int = DEFAULT_SIZE) -> tuple[Positions, Positions]:
    """Give the pairs (left < right) of which one may contain ``containment`` of the other.

    One shingle in four, chosen by its hash, stands for each text, so that the share of a text's sample that
    another text has estimates the containment without bias; half the wanted share makes a candidate.  A text
    of 20 shingles, four fifths of which stand in another, is missed with probability 0.01, a longer one less.
    """
    sample = _sampled_shingles(view, shingle)
    owner = np.repeat(np.arange(len(sample), dtype=np.int64), sample.sizes)
    order = np.argsort(sample.hashes, kind="stable")
    left, right = pairs_in_runs(owner[order], *runs_of_equals(sample.hashes[order]))
    pairs, shared = np.unique(left * len(view) + right, return_counts=True)
    left, right = pairs // max(len(view), 1), pairs % max(len(view), 1)
    smaller = np.minimum(sample.sizes[left], sample.sizes[right])
    likely = 2 * shared >= containment * smaller
    return left[likely], right[likely]


def _sampled_shingles(view: TextBatch, shingle: int) -> ShingleSets:
    hashes, sizes = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    bounds = np.searchsorted(view.offsets, np.arange(0, len(view.codepoints), _CHUNK))
    for first, last in pairwise(np.unique([*bounds, len(view)]).tolist()):
        sets = shingle_sets(view.take(np.arange(first, last)), shingle)
        chosen = sets.hashes % np.uint64(_SAMPLED) == 0
        before = np.concatenate([[0], np.cumsum(chosen)])
        hashes.append(sets.hashes[chosen])
        sizes.append(np.diff(before[sets.offsets]))
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    return ShingleSets(np.concatenate(hashes), offsets)
