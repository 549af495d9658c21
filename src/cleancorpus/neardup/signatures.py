"""Signatures: a few hundred bytes of a text from which the Jaccard index of its shingles can be estimated.

The scheme is fast similarity sketching (Dahlgaard, Knudsen and Thorup, FOCS 2017), cut for array passes:

- round 0 throws every shingle into one of ``size`` slots and keeps the smallest value in each;
- where a text leaves slots empty, it throws its shingles again (rounds 1 to ``ROUNDS`` - 1, new hashes),
  but only into slots that are still empty;
- what is then empty takes the smallest of all shingles under a hash of its own, as k-permutation MinHash.

Every slot holds the round in its high bits, so that the smaller of two signatures, slot by slot, is the
signature of the two sets' union.  Equal sets have equal signatures, whatever the order of their shingles.

It was chosen by measurement (``benchmarks/neardup_signatures.py``, docs/benchmarks.md): on sets of 20 to 250
shingles its error is a quarter below k-permutation's, on none is it above, and it is as fast as
one-permutation hashing, since a text of a few hundred characters leaves few slots to a second round.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.shingles import (
    DEFAULT_SIZE,
    NO_SHINGLE,
    Hashes32,
    check_size,
    mix32,
    shingles32,
    sorted_distinct,
)
from cleancorpus.text import Positions, TextBatch, flat_ranges

Signatures = NDArray[np.uint32]

SCHEME = "fss-1"
ROUNDS = 8
_CHUNK = 48_000  # characters a pass: its arrays stay in the second-level cache and are reused
_EMPTY = NO_SHINGLE
_WORTH_SORTING_OUT = 0.8  # while more of the texts want a value, throwing all again costs less than choosing
_ROUND_STEP = 0x9E3779B9
_SLOT_STEP = 0x85EBCA77


@dataclass(frozen=True)
class Signer:
    """How a text becomes a signature: ``size`` slots (a power of two) over shingles of ``shingle`` characters.

    Two signatures can be compared when their signers' names are equal.  Raises ``SettingsError`` where a
    number is out of range.
    """

    size: int = 128
    shingle: int = DEFAULT_SIZE

    def __post_init__(self) -> None:
        check_size(self.shingle)
        if self.size & (self.size - 1) or not 16 <= self.size <= 4096:
            raise SettingsError(f"the size of a signature is a power of two from 16 to 4,096, not {self.size}")

    @property
    def name(self) -> str:
        """The versioned name: scheme, slots, characters of a shingle."""
        return f"{SCHEME}/{self.size}/{self.shingle}"

    def sign(self, batch: TextBatch) -> Signatures:
        """Give the signatures of all texts, ``uint32[D, size]``; an empty text's slots are all 2**32 - 1."""
        signatures = np.full((len(batch), self.size), _EMPTY, dtype=np.uint32)
        for first, last in pairwise(_chunks(batch.offsets)):
            part = TextBatch(
                batch.codepoints[batch.offsets[first] : batch.offsets[last]],
                batch.offsets[first : last + 1] - batch.offsets[first],
            )
            self._sign_part(part, signatures[first:last])
        return signatures

    def sign_sets(self, hashes: Hashes32, offsets: Positions) -> Signatures:
        """Give the signatures of sets of 32-bit shingle hashes, ``uint32[D, size]``."""
        signatures = np.full((len(offsets) - 1, self.size), _EMPTY, dtype=np.uint32)
        self._fill(np.minimum(hashes, _EMPTY - np.uint32(1)), np.diff(offsets), signatures)
        return signatures

    def _sign_part(self, part: TextBatch, signatures: Signatures) -> None:
        self._fill(shingles32(part, self.shingle), part.lengths, signatures)

    def _fill(self, hashes: Hashes32, counts: Positions, signatures: Signatures) -> None:
        shift = np.uint32(32 - self.size.bit_length() + 1)
        rows = np.repeat(np.arange(0, len(counts) * self.size, self.size, dtype=np.int64), counts)
        rows += hashes >> shift
        flat = signatures.reshape(-1)
        np.minimum.at(flat, rows, hashes)
        # The slot's number stands in the high bits of all values of round 0: it makes room for the round.
        empty = flat == _EMPTY
        flat &= np.uint32((1 << int(shift)) - 1)
        flat[empty] = _EMPTY
        partial = np.flatnonzero(empty.reshape(signatures.shape).any(axis=1) & (counts > 0))
        if len(partial):
            starts = np.cumsum(counts) - counts
            kept, kept_rows = _chosen(hashes, starts[partial], counts[partial], self.size)
            partly = signatures[partial]
            _throw_again(kept, kept_rows, partly, int(shift))
            signatures[partial] = partly


def estimated_jaccard(left: Signatures, right: Signatures) -> NDArray[np.float64]:
    """Estimate the Jaccard index of signatures row by row: the share of equal slots, ``float64``."""
    return np.asarray((left == right).mean(axis=-1), dtype=np.float64)


def _chunks(offsets: Positions) -> list[int]:
    """Give the borders of runs of texts of about ``_CHUNK`` characters; a longer text is a run of its own."""
    bounds, count = [0], len(offsets) - 1
    while bounds[-1] < count:
        reach = int(np.searchsorted(offsets, offsets[bounds[-1]] + _CHUNK, side="right")) - 1
        bounds.append(min(count, max(reach, bounds[-1] + 1)))
    return bounds


def _chosen(hashes: Hashes32, starts: Positions, counts: Positions, size: int) -> tuple[Hashes32, Positions]:
    """Give the hashes of the chosen texts and the number of the text that each belongs to.

    A text that leaves a slot empty has few shingles, or the same ones again and again: where one is long
    (a text of n shingles leaves a slot empty with probability size * exp(-n / size), 3e-7 from here on),
    repeated hashes are left out, so that the later rounds cost by what is different.
    """
    rows = np.repeat(np.arange(len(starts), dtype=np.int64), counts)
    # Where all texts are chosen, as among short ones, nothing has to be gathered.
    values = hashes if len(rows) == len(hashes) else hashes[flat_ranges(starts, counts)]
    if int(counts.max()) > 20 * size:
        keys = sorted_distinct(rows.astype(np.uint64) << np.uint64(32) | values)
        rows, values = (keys >> np.uint64(32)).astype(np.int64), keys.astype(np.uint32)
    real = values != NO_SHINGLE
    return values[real], rows[real]


def _throw_again(hashes: Hashes32, rows: Positions, signatures: Signatures, shift: int) -> None:
    """Fill the empty slots of the signatures in place, by rounds 1 … and at last slot by slot."""
    size = signatures.shape[1]
    flat = signatures.reshape(-1)
    low = np.uint32((1 << shift) - 1)
    first_slot = rows * size
    for turn in range(1, ROUNDS):
        thrown = mix32(hashes + np.uint32(turn * _ROUND_STEP & 0xFFFFFFFF))
        place = first_slot + (thrown >> np.uint32(shift))
        thrown &= low
        thrown |= np.uint32(turn << shift)
        # A filled slot holds a smaller round, so the minimum leaves it alone.
        np.minimum.at(flat, place, thrown)
        wanting = (signatures == _EMPTY).any(axis=1)
        if not bool(wanting.any()):
            return
        if wanting.mean() < _WORTH_SORTING_OUT:
            still = np.flatnonzero(wanting[rows])
            hashes, rows, first_slot = hashes[still], rows[still], first_slot[still]
    _fill_singly(hashes, rows, signatures, low, np.uint32(ROUNDS << shift))


def _fill_singly(hashes: Hashes32, rows: Positions, signatures: Signatures, low: np.uint32, turn: np.uint32) -> None:
    counts = np.bincount(rows, minlength=len(signatures))
    starts = np.cumsum(counts) - counts
    empty_row, empty_slot = np.nonzero(signatures == _EMPTY)
    width = counts[empty_row]
    values = hashes[flat_ranges(starts[empty_row], width)]
    values += np.repeat((empty_slot * _SLOT_STEP & 0xFFFFFFFF).astype(np.uint32), width)
    values ^= values >> np.uint32(15)
    values = mix32(values)
    values &= low
    smallest = np.minimum.reduceat(values, np.cumsum(width) - width)
    signatures[empty_row, empty_slot] = smallest | turn
