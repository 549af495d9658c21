"""Exact verification: the Jaccard index and the containment of pairs of texts, from their whole shingle sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.shingles import DEFAULT_SIZE, ShingleSets, shingle_sets
from cleancorpus.text import Positions, TextBatch

_CHUNK = 50_000  # shingles held at a time: their arrays stay in the cache
_LOPSIDED = 16  # from this ratio of sizes on, looking up the small set in the large one is cheaper


@dataclass(frozen=True)
class Likeness:
    """How alike pairs are: ``common``, ``left`` and ``right`` count shingles, ``int64[P]`` each."""

    common: Positions
    left: Positions
    right: Positions

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Shingles in both over shingles in either, ``float64[P]``; 1 for two empty sets."""
        either = self.left + self.right - self.common
        return np.where(either > 0, self.common / np.maximum(either, 1), 1.0)

    @property
    def containment(self) -> NDArray[np.float64]:
        """Shingles in both over shingles of the smaller set, ``float64[P]``; 1 for two empty sets."""
        smaller = np.minimum(self.left, self.right)
        either = np.maximum(self.left, self.right)
        return np.where(smaller > 0, self.common / np.maximum(smaller, 1), np.where(either > 0, 0.0, 1.0))

    @classmethod
    def joined(cls, parts: list[Likeness]) -> Likeness:
        """Join parts in order."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(
            np.concatenate([empty, *(part.common for part in parts)]),
            np.concatenate([empty, *(part.left for part in parts)]),
            np.concatenate([empty, *(part.right for part in parts)]),
        )


def likeness(view: TextBatch, left: Positions, right: Positions, shingle: int = DEFAULT_SIZE) -> Likeness:
    """Compare the texts ``left[i]`` and ``right[i]`` of a folded batch, for every pair, in bounded memory."""
    parts = []
    cost = np.cumsum(view.lengths[left] + view.lengths[right] + 1)
    first = 0
    while first < len(left):
        spent = int(cost[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(cost, spent + _CHUNK, side="right")))
        pair_left, pair_right = left[first:last], right[first:last]
        needed, places = np.unique(np.concatenate([pair_left, pair_right]), return_inverse=True)
        sets = shingle_sets(view.take(needed), shingle)
        parts.append(compare_sets(sets, places[: last - first], places[last - first :]))
        first = last
    return Likeness.joined(parts)


def compare_sets(sets: ShingleSets, left: Positions, right: Positions) -> Likeness:
    """Compare the sets ``left[i]`` and ``right[i]``, for every pair."""
    sizes = sets.sizes
    left_size, right_size = sizes[left], sizes[right]
    common = np.zeros(len(left), dtype=np.int64)
    large, small = np.maximum(left_size, right_size), np.minimum(left_size, right_size)
    lopsided = large > _LOPSIDED * small
    even = np.flatnonzero(~lopsided & (small > 0))
    common[even] = _common_by_merging(sets, left[even], right[even])
    for pair in np.flatnonzero(lopsided & (small > 0)).tolist():
        swap = left_size[pair] > right_size[pair]
        few, many = (right[pair], left[pair]) if swap else (left[pair], right[pair])
        common[pair] = _common_by_lookup(sets, int(few), int(many))
    return Likeness(common, left_size, right_size)


def _common_by_merging(sets: ShingleSets, left: Positions, right: Positions) -> Positions:
    """Lay the two sets of each pair side by side, sort, and count neighbours that are equal."""
    bounds = sets.offsets.tolist()
    hashes = sets.hashes
    common = np.empty(len(left), dtype=np.int64)
    # A loop over the pairs, each of which needs a sort of its own: to copy both sets costs less than a gather.
    for pair, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        both = np.concatenate((hashes[bounds[one] : bounds[one + 1]], hashes[bounds[other] : bounds[other + 1]]))
        both.sort()
        common[pair] = np.count_nonzero(both[1:] == both[:-1])
    return common


def _common_by_lookup(sets: ShingleSets, few: int, many: int) -> int:
    small = sets.hashes[sets.offsets[few] : sets.offsets[few + 1]]
    large = sets.hashes[sets.offsets[many] : sets.offsets[many + 1]]
    slot = np.minimum(np.searchsorted(large, small), len(large) - 1)
    return int((large[slot] == small).sum())
