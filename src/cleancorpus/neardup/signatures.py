"""Signatures: a few hundred bytes of a text from which the Jaccard index of its shingles can be estimated.

The scheme is fast similarity sketching (Dahlgaard, Knudsen and Thorup, FOCS 2017), cut for array passes:

- round 0 throws every shingle into one of ``size`` slots and keeps the smallest value in each;
- where a text leaves slots empty, it throws its shingles again (rounds 1 to ``ROUNDS`` - 1), but only into
  slots that are still empty;
- what is then empty takes the smallest of all shingles under a hash of its own, as k-permutation MinHash.

The shingles' hashes are well mixed once; each round multiplies them by an odd number of its own and reads the
slot from the high bits (multiply-shift hashing; Dietzfelbinger and others, Journal of Algorithms 1997).

Every slot holds the round in its high bits, so that the smaller of two signatures, slot by slot, is the
signature of the two sets' union.  Equal sets have equal signatures, whatever the order of their shingles.

It was chosen by measurement (``benchmarks/neardup_signatures.py``, docs/benchmarks.md): on sets of 20 to 100
shingles its error is a quarter below k-permutation's, on none is it above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.shingles import (
    DEFAULT_SIZE,
    Hashes32,
    check_size,
    mix32,
    shingles32,
    sorted_distinct,
)
from cleancorpus.text import Positions, TextBatch, flat_ranges, runs_within

Signatures = NDArray[np.uint32]

SCHEME = "fss-2"
ROUNDS = 12
_CHUNK = 64_000  # characters a pass: its arrays stay in the second-level cache and are reused
EMPTY_SLOT = np.uint32(0xFFFFFFFF)
_SURELY_WANTED = 2.0  # while a text has more empty slots on average, nearly all texts want a value
_WORTH_SORTING_OUT = 0.6  # while more of the shingles are wanted, throwing all again costs less than choosing


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
        signatures = np.full((len(batch), self.size), EMPTY_SLOT, dtype=np.uint32)
        for first, last in runs_within(batch.lengths, _CHUNK):
            part = batch.between(first, last)
            self._fill(shingles32(part, self.shingle), part.lengths, signatures[first:last])
        return signatures

    def sign_sets(self, hashes: Hashes32, offsets: Positions) -> Signatures:
        """Give the signatures of sets of 32-bit shingle hashes, ``uint32[D, size]``."""
        signatures = np.full((len(offsets) - 1, self.size), EMPTY_SLOT, dtype=np.uint32)
        self._fill(hashes, np.diff(offsets), signatures)
        return signatures

    def _fill(self, hashes: Hashes32, counts: Positions, signatures: Signatures) -> None:
        texts = np.flatnonzero(counts)
        thrown = _Thrown(hashes, counts[texts], texts, np.repeat(texts * self.size, counts[texts]), self.size)
        for turn in range(ROUNDS):
            if not len(thrown.texts):
                return
            thrown.throw(turn, signatures)
            # Of n different shingles, so many rounds leave size * exp(-rounds * n / size) slots empty.
            if self.size * exp(-(turn + 1) * len(thrown.hashes) / len(thrown.texts) / self.size) < _SURELY_WANTED:
                thrown = thrown.wanted(signatures)
        thrown.fill_singly(signatures)


def estimated_jaccard(left: Signatures, right: Signatures) -> NDArray[np.float64]:
    """Estimate the Jaccard index of signatures row by row: the share of equal slots, ``float64``."""
    return np.asarray((left == right).mean(axis=-1), dtype=np.float64)


@cache
def _multipliers(count: int) -> Hashes32:
    """Give the odd numbers by which hashes are multiplied; the first is 1, the others are mixed numbers."""
    numbers = mix32(np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B9)) | np.uint32(1)
    numbers[0] = 1
    numbers.flags.writeable = False
    return numbers


@dataclass(frozen=True, eq=False)
class _Thrown:
    """The shingles of those texts that still want values: ``texts`` are their rows, ``counts`` their shingles.

    ``hashes`` (``uint32[N]``) hold the shingles text by text, and ``first_slot`` (``int64[N]``) the number of the
    first slot of each one's text in the flat signatures of ``size`` slots.
    """

    hashes: Hashes32
    counts: Positions
    texts: Positions
    first_slot: Positions
    size: int

    @property
    def shift(self) -> np.uint32:
        """The bits of a hash below those that name the slot."""
        return np.uint32(33 - self.size.bit_length())

    @property
    def low(self) -> np.uint32:
        """The mask of these bits, which are the value in the slot."""
        return np.uint32((1 << int(self.shift)) - 1)

    def throw(self, turn: int, signatures: Signatures) -> None:
        """Throw all shingles once, into the empty slots of the signatures, in place."""
        flat = signatures.reshape(-1)
        values = self.hashes * _multipliers(ROUNDS)[turn] if turn else self.hashes
        places = (values >> self.shift).astype(np.int64)
        places += self.first_slot
        if turn > 1:
            # Few slots are still empty: what falls into others is left out before the slow part.
            hits = np.flatnonzero((flat == EMPTY_SLOT)[places])
            values, places = values[hits], places[hits]
        values = values & self.low
        values |= np.uint32(turn << int(self.shift))
        np.minimum.at(flat, places, values)

    def wanted(self, signatures: Signatures) -> _Thrown:
        """Leave out the texts that want nothing, where they are enough to be worth it."""
        own = signatures if len(self.texts) == len(signatures) else signatures[self.texts]
        # Eight slots are looked at as one number.
        wanting = np.flatnonzero(np.bitwise_or.reduce((own == EMPTY_SLOT).view(np.uint64), axis=1))
        counts = self.counts[wanting]
        long = bool((counts > 20 * self.size).any())
        if len(wanting) and not long and int(counts.sum()) >= _WORTH_SORTING_OUT * len(self.hashes):
            return self
        starts = (np.cumsum(self.counts) - self.counts)[wanting]
        hashes = self.hashes[flat_ranges(starts, counts)]
        if long:
            hashes, counts = _without_repeats(hashes, counts)
        texts = self.texts[wanting]
        return _Thrown(hashes, counts, texts, np.repeat(texts * self.size, counts), self.size)

    def fill_singly(self, signatures: Signatures) -> None:
        """Give every slot that is still empty the smallest of its text's shingles under a hash of its own."""
        row, slot = np.nonzero(signatures[self.texts] == EMPTY_SLOT)
        if not len(row):
            return
        width = self.counts[row]
        values = self.hashes[flat_ranges((np.cumsum(self.counts) - self.counts)[row], width)]
        values *= np.repeat(_multipliers(ROUNDS + self.size)[ROUNDS:][slot], width)
        values &= self.low
        smallest = np.minimum.reduceat(values, np.cumsum(width) - width)
        signatures[self.texts[row], slot] = smallest | np.uint32(ROUNDS << int(self.shift))


def _without_repeats(hashes: Hashes32, counts: Positions) -> tuple[Hashes32, Positions]:
    """Leave out the repeated hashes of each text.

    A long text that leaves a slot empty has the same shingles again and again (one of n different ones does so
    with probability size * exp(-n / size), 3e-7 at 20 times the size); its rounds are to cost what is different.
    """
    texts = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    keys = sorted_distinct(texts << np.uint64(32) | hashes)
    return keys.astype(np.uint32), np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(counts))
