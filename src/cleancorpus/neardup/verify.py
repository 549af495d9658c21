"""Exact verification: the Jaccard index and the containment of pairs of texts, from their whole shingle sets.

Most texts are in few pairs: the shingles of such a pair are sorted together, each marked with its side.  A text
that many others are to be compared with is laid out as a table, in which the others are looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.shingles import DEFAULT_SIZE, Hashes64, shingle_sets, shingles64, sort_segments
from cleancorpus.text import Positions, TextBatch, runs_within

_CHUNK = 50_000  # shingles sorted at a time: their arrays stay in the cache
_BLOCK = 1_000_000  # shingles of texts that are looked up in the same ones, held at a time
_HUB = 8  # from so many pairs on, a table of the text costs less than to sort it with each of them
_SPARSE = 6  # the table has at least 2 ** _SPARSE places for each shingle, so that few of them meet


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
    def nothing(cls, count: int) -> Likeness:
        """Give room for ``count`` pairs, to be filled by ``put``."""
        return cls(*(np.zeros(count, dtype=np.int64) for _ in range(3)))

    def put(self, pairs: Positions, found: Likeness) -> None:
        """Write what was found of the pairs with these numbers."""
        self.common[pairs] = found.common
        self.left[pairs] = found.left
        self.right[pairs] = found.right


def likeness(view: TextBatch, left: Positions, right: Positions, shingle: int = DEFAULT_SIZE) -> Likeness:
    """Compare the texts ``left[i]`` and ``right[i]`` of a folded batch, for every pair, in bounded memory."""
    whole = Likeness.nothing(len(left))
    many = np.bincount(left, minlength=len(view))[left] >= _HUB
    lengths = view.lengths
    single = np.flatnonzero(~many)
    for first, last in runs_within(lengths[left[single]] + lengths[right[single]], _CHUNK):
        pairs = single[first:last]
        whole.put(pairs, _by_sorting(view, left[pairs], right[pairs], shingle))
    # The texts that are looked up in the same ones stand together, as many as are held at a time.
    hubs = np.flatnonzero(many)
    block = (np.cumsum(lengths) // _BLOCK)[right]
    hubs = hubs[np.lexsort((left[hubs], block[hubs]))]
    opens = np.flatnonzero(np.diff(block[hubs], prepend=-1))
    for start, end in pairwise([*opens.tolist(), len(hubs)]):
        alike = hubs[start:end]
        new = np.diff(left[alike], prepend=-1) != 0
        for first, last in runs_within(np.where(new, lengths[left[alike]], 0), _BLOCK):
            pairs = alike[first:last]
            whole.put(pairs, _by_tables(view, left[pairs], right[pairs], shingle))
    return whole


def _by_sorting(view: TextBatch, left: Positions, right: Positions, shingle: int) -> Likeness:
    """Sort the shingles of each pair, marked by their side: those in both stand side by side, 0 before 1."""
    texts = view.take(np.stack([left, right], axis=1).reshape(-1))
    hashes = shingles64(texts, shingle)
    hashes <<= np.uint64(1)
    hashes |= np.repeat(np.tile(np.array([0, 1], dtype=np.uint64), len(left)), texts.lengths)
    bounds = texts.offsets[::2]
    sort_segments(hashes, bounds)
    step = hashes[1:] ^ hashes[:-1]
    step[bounds[1:-1][(bounds[1:-1] > 0) & (bounds[1:-1] < len(hashes))] - 1] = 2  # from one pair to the next
    common = np.diff(np.searchsorted(np.flatnonzero(step == 1) + 1, bounds))
    repeated = np.flatnonzero(step == 0) + 1
    side = hashes[repeated] & np.uint64(1)
    lengths = texts.lengths
    left_size = lengths[::2] - np.diff(np.searchsorted(repeated[side == 0], bounds))
    right_size = lengths[1::2] - np.diff(np.searchsorted(repeated[side == 1], bounds))
    return Likeness(common, left_size, right_size)


def _by_tables(view: TextBatch, left: Positions, right: Positions, shingle: int) -> Likeness:
    """Look the right texts up in the left ones; the pairs come sorted by the left text."""
    needed, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    sets = shingle_sets(view.take(needed), shingle)
    first, second = places[: len(left)], places[len(left) :]
    sizes = sets.sizes
    common = np.zeros(len(left), dtype=np.int64)
    opens = np.flatnonzero(np.diff(first, prepend=-1))
    for start, end in pairwise([*opens.tolist(), len(first)]):
        hub = int(first[start])
        if sizes[hub]:
            others = sets.take(second[start:end])
            own = sets.hashes[sets.offsets[hub] : sets.offsets[hub + 1]]
            found = np.flatnonzero(_is_among(others.hashes, own))
            common[start:end] = np.diff(np.searchsorted(found, others.offsets))
    return Likeness(common, sizes[first], sizes[second])


def _is_among(hashes: Hashes64, own: Hashes64) -> NDArray[np.bool_]:
    """Say which of the hashes are among ``own``, different well-mixed hashes, by a table of these."""
    shift = np.uint64(64 - len(own).bit_length() - _SPARSE)
    places = (own >> shift).astype(np.int64)
    # A hash is looked for in its own place only, so that one of another place marks an empty one.
    table = np.full(1 << (64 - int(shift)), own[0], dtype=np.uint64)
    table[places] = own
    among: NDArray[np.bool_] = table[(hashes >> shift).astype(np.int64)] == hashes
    for covered in own[table[places] != own].tolist():
        among |= hashes == np.uint64(covered)
    return among
