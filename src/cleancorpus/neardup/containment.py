"""Candidates for containment: which text may stand inside another, however much more that one holds.

The Jaccard index of a text and a much longer one that contains it is near 0, so bands do not bring them together.
One shingle in ``SAMPLED``, chosen by its hash, stands for a text; of these, the ``PROBES`` with the least hashes
are asked for.  The share of a text's probes that another text has estimates without bias how much of it stands
there (Broder 1997, who keeps the shingles that are 0 modulo a number), and half the wanted share makes a
candidate.  So a text of 20 shingles of which four fifths stand in another one is missed with probability 0.01, one
of 64 and more with 0.0002, and half of a long one with 0.01 (binomial; measured in docs/benchmarks.md).

Hits are counted by ranges of the hashes, so that no more than a part of the sample is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.candidates import CROWD, key_runs, pairs_with_first
from cleancorpus.neardup.shingles import DEFAULT_SIZE, Hashes64, ShingleSets, shingle_sets
from cleancorpus.text import Positions, TextBatch, offsets_of

MARK = np.uint32(1 << 31)  # a bit beside the number of a text
SAMPLED = 4
PROBES = 16
_CHUNK = 4_000_000  # characters whose shingles are held at a time
_RANGE = 4_000_000  # hashes whose holders are paired at a time


@dataclass(frozen=True, eq=False)
class Samples:
    """The sampled shingles of texts, sorted by hash: ``hashes`` (``uint64[S]``), the text that has each
    (``owner``, ``int64[S]``), whether it is one of those that the text is asked by (``probe``), and how many
    were sampled of each text (``sizes``, ``int64[D]``).
    """

    hashes: Hashes64
    owner: Positions
    probe: NDArray[np.bool_]
    sizes: Positions

    @classmethod
    def of(cls, view: TextBatch, shingle: int = DEFAULT_SIZE) -> Samples:
        """Sample all texts of a folded batch."""
        parts = [_sample(view, first, last, shingle) for first, last in pairwise(_bounds(view))]
        hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(part.hashes for part in parts)])
        sizes = np.concatenate([np.zeros(0, dtype=np.int64), *(part.sizes for part in parts)])
        owner = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        # In each text the hashes rise: its first ones are its least.
        probe = np.arange(len(hashes)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < PROBES
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], owner[order], probe[order], sizes)

    def marked_owners(self) -> NDArray[np.uint32]:
        """Give the owners with ``MARK`` where the text is asked by the shingle, as they are stored, ``uint32[S]``."""
        return self.owner.astype(np.uint32) | np.where(self.probe, MARK, np.uint32(0))

    def ranges(self) -> Iterator[tuple[Hashes64, Positions, NDArray[np.bool_]]]:
        """Give hashes, owners and probes in parts, none of which cuts through the holders of a hash."""
        first = 0
        while first < len(self.hashes):
            last = len(self.hashes)
            if last - first > _RANGE:
                last = int(np.searchsorted(self.hashes, self.hashes[first + _RANGE], side="right"))
            yield self.hashes[first:last], self.owner[first:last], self.probe[first:last]
            first = last


def _bounds(view: TextBatch) -> list[int]:
    bounds = np.searchsorted(view.offsets, np.arange(0, len(view.codepoints), _CHUNK))
    distinct: list[int] = np.unique([*bounds, len(view)]).tolist()
    return distinct


def _sample(view: TextBatch, first: int, last: int, shingle: int) -> ShingleSets:
    sets = shingle_sets(view.take(np.arange(first, last)), shingle)
    chosen = sets.hashes % np.uint64(SAMPLED) == 0
    return ShingleSets(sets.hashes[chosen], offsets_of(chosen)[sets.offsets])


def hits(hashes: Hashes64, owner: Positions, probe: NDArray[np.bool_], sizes: Positions) -> tuple[Positions, Positions]:
    """Give a pair (left < right) of texts for each probe of the smaller one that the other has.

    ``owner`` and ``probe`` belong to ``hashes``, in which all holders of a hash stand, ``sizes`` to the texts,
    which are numbered in the order in which they would be kept.  Of a crowd that holds a hash, each is paired
    with the first of it only.
    """
    order = np.argsort(owner, kind="stable")
    rows, start, length = key_runs(hashes[order].view(np.int64))
    left, right = pairs_with_first(order[rows], start, length, np.full(len(length), CROWD))
    smaller = np.where(sizes[owner[left]] < sizes[owner[right]], left, right)
    return owner[left[probe[smaller]]], owner[right[probe[smaller]]]


def needed_hits(left: Positions, right: Positions, sizes: Positions, containment: float) -> Positions:
    """Give how many hits make each pair a candidate, ``int64``."""
    return probes_needed(np.minimum(sizes[left], sizes[right]), containment)


def probes_needed(sampled: Positions, containment: float) -> Positions:
    """Give how many probes of a text with so many sampled shingles another text must have, ``int64``."""
    return np.maximum(np.ceil(containment * np.minimum(sampled, PROBES) / 2), 1).astype(np.int64)


def containing_pairs(view: TextBatch, containment: float, shingle: int = DEFAULT_SIZE) -> tuple[Positions, Positions]:
    """Give the pairs (left < right) of which one may contain ``containment`` of the other."""
    samples = Samples.of(view, shingle)
    count = max(len(view), 1)
    pairs, found = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    for part in samples.ranges():
        left, right = hits(*part, samples.sizes)
        pairs, found = _added(pairs, found, left * count + right)
    left, right = pairs // count, pairs % count
    likely = found >= needed_hits(left, right, samples.sizes, containment)
    return left[likely], right[likely]


def _added(pairs: Positions, counts: Positions, more: Positions) -> tuple[Positions, Positions]:
    """Count further hits of pairs; ``pairs`` is sorted, and so is what is given."""
    more.sort()
    first = np.flatnonzero(np.append(True, more[1:] != more[:-1])) if len(more) else more
    both = np.concatenate([pairs, more[first]])
    number = np.concatenate([counts, np.diff(np.append(first, len(more)))])
    order = np.argsort(both, kind="stable")
    both, number = both[order], number[order]
    opens = np.flatnonzero(np.append(True, both[1:] != both[:-1])) if len(both) else both
    return both[opens], np.add.reduceat(number, opens) if len(opens) else number
