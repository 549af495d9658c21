"""Character shingles as hashes: one pass over the flat code points of a batch.

A text's shingles are its runs of ``size`` characters.  A text shorter than that has one shingle, the whole
of it, which no longer text has; an empty text has none.  So very short texts are alike only when equal.

Two hashes are made.  The 32-bit one feeds the signatures, which are estimates anyway; the 64-bit one feeds
the exact verification, where two different shingles of a pair of texts with 5,000 shingles each share a
hash with probability 3e-12.
Both are polynomials over the characters, evaluated for all windows at once by doubling, and then mixed
(the finalisers of MurmurHash3 and SplitMix64).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.text import Positions, TextBatch, flat_ranges, offsets_of

Hashes32 = NDArray[np.uint32]
Hashes64 = NDArray[np.uint64]

_Number = TypeVar("_Number", bound=np.generic)

DEFAULT_SIZE = 5
_SAMPLED = 16

_BASE = 0x9E3779B97F4A7C15  # 2**64 / golden ratio, odd
_BASE32 = 0x9E3779B1  # the prime nearest to 2**32 / golden ratio
_PADDING = 0x110000  # the first number that is no code point: fills up a text shorter than a shingle


def check_size(size: int) -> None:
    """Raise ``SettingsError`` unless ``size`` can be the number of characters of a shingle."""
    if not 1 <= size <= 64:
        raise SettingsError(f"a shingle has 1 to 64 characters, not {size}")


def mix32(hashes: Hashes32) -> Hashes32:
    """Mix 32-bit hashes in place (the finaliser of MurmurHash3) and give them back."""
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes


def mix64(hashes: Hashes64) -> Hashes64:
    """Mix 64-bit hashes in place (the finaliser of SplitMix64) and give them back."""
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    return hashes


def windows32(codepoints: NDArray[np.uint32], size: int) -> Hashes32:
    """Hash every window of ``size`` numbers of the array, ``uint32[N - size + 1]`` (none if N is smaller)."""
    return mix32(_polynomial(codepoints, size, _BASE32, np.uint32))


def windows64(codepoints: NDArray[np.uint32], size: int) -> Hashes64:
    """Hash every window of ``size`` numbers of the array, ``uint64[N - size + 1]`` (none if N is smaller)."""
    return mix64(_unmixed64(codepoints, size))


def _unmixed64(codepoints: NDArray[np.uint32], size: int) -> Hashes64:
    """Hash every window; where hashes are only compared with one another, they need no mixing."""
    return _polynomial(codepoints.astype(np.uint64), size, _BASE, np.uint64)


def _polynomial(values: NDArray, size: int, base: int, kind: type[np.unsignedinteger]) -> NDArray:  # type: ignore[type-arg]
    """Give sum(values[i + j] * base ** (size - 1 - j)) for every window, modulo the width of ``kind``.

    The sums of windows of 1, 2, 4 … numbers are joined as the binary digits of ``size`` say.
    """
    modulus = 1 << (8 * np.dtype(kind).itemsize)
    if len(values) < size:
        return np.zeros(0, dtype=kind)
    doubled, width = values, 1
    joined, joined_width = None, 0
    remaining = size
    while True:
        if remaining & 1:
            if joined is None:
                joined, joined_width = doubled, width
            else:
                # `joined` holds the windows that begin `width` later.
                factor = kind(pow(base, joined_width, modulus))
                count = len(values) - width - joined_width + 1
                longer = doubled[:count] * factor
                longer += joined[width : width + count]
                joined, joined_width = longer, width + joined_width
        remaining >>= 1
        if not remaining:
            break
        count = len(doubled) - width
        if count <= 0:
            doubled = doubled[:0]
            continue
        twice = doubled[:count] * kind(pow(base, width, modulus))
        twice += doubled[width:]
        doubled, width = twice, 2 * width
    assert joined is not None
    return joined.copy() if joined is values else joined


def shingles32(batch: TextBatch, size: int = DEFAULT_SIZE) -> Hashes32:
    """Hash the shingle that begins at each character of the batch, ``uint32[N]``.

    Where none begins (at the last ``size - 1`` characters of a text) stands the last one of the text again: a
    set does not count repeats.
    """
    return _at_each_character(batch, size, windows32)


def shingles64(batch: TextBatch, size: int = DEFAULT_SIZE) -> Hashes64:
    """Hash the shingle that begins at each character, ``uint64[N]``, unmixed; as ``shingles32`` at the ends."""
    return _at_each_character(batch, size, _unmixed64)


def _at_each_character(
    batch: TextBatch, size: int, windows: Callable[[NDArray[np.uint32], int], NDArray[_Number]]
) -> NDArray[_Number]:
    check_size(size)
    found = windows(batch.codepoints, size)
    hashes = np.empty(len(batch.codepoints), dtype=found.dtype)
    hashes[: len(found)] = found
    filled = np.flatnonzero(batch.lengths)
    lengths = batch.lengths[filled]
    last = hashes[batch.offsets[filled] + np.maximum(lengths - size, 0)]
    short = np.flatnonzero(lengths < size)
    if len(short):
        last[short] = windows(_padded(batch, filled[short], size), size)[::size]
    tails = np.minimum(lengths, size - 1)
    hashes[flat_ranges(batch.offsets[filled + 1] - tails, tails)] = np.repeat(last, tails)
    return hashes


def _padded(batch: TextBatch, short: Positions, size: int) -> NDArray[np.uint32]:
    """Give the chosen short texts, each filled up to ``size`` numbers, one behind the other."""
    padded = np.full((len(short), size), _PADDING, dtype=np.uint32)
    lengths = batch.lengths[short]
    rows = np.repeat(np.arange(len(short)), lengths)
    columns = flat_ranges(np.zeros(len(short), dtype=np.int64), lengths)
    padded[rows, columns] = batch.codepoints[flat_ranges(batch.offsets[short], lengths)]
    return padded.reshape(-1)


@dataclass(frozen=True)
class ShingleSets:
    """The sets of shingles of many texts: set ``i`` is ``hashes[offsets[i]:offsets[i + 1]]``, sorted.

    ``hashes`` is ``uint64[K]``, ``offsets`` is ``int64[D + 1]``; no hash stands twice in a set.
    """

    hashes: Hashes64
    offsets: Positions

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> Positions:
        """The number of different shingles of each text, ``int64[D]``."""
        return np.diff(self.offsets)

    def take(self, indices: Positions) -> ShingleSets:
        """Give the chosen sets, in the order asked for."""
        sizes = self.offsets[indices + 1] - self.offsets[indices]
        return ShingleSets(self.hashes[flat_ranges(self.offsets[indices], sizes)], offsets_of(sizes))


def shingle_sets(batch: TextBatch, size: int = DEFAULT_SIZE) -> ShingleSets:
    """Give the set of 64-bit shingle hashes of every text of the batch."""
    check_size(size)
    lengths = batch.lengths
    counts = np.where(lengths >= size, lengths - size + 1, np.minimum(lengths, 1))
    offsets = offsets_of(counts)
    begins = np.ones(len(batch.codepoints), dtype=bool)
    tails = np.minimum(lengths, size - 1)
    begins[flat_ranges(batch.offsets[1:] - tails, tails)] = False
    found = windows64(batch.codepoints, size)
    hashes = found[begins[: len(found)]]
    short = np.flatnonzero((lengths > 0) & (lengths < size))
    if len(short):
        with_short = np.empty(int(offsets[-1]), dtype=np.uint64)
        long = np.ones(len(with_short), dtype=bool)
        long[offsets[short]] = False
        with_short[long] = hashes
        with_short[offsets[short]] = windows64(_padded(batch, short, size), size)[::size]
        hashes = with_short
    sort_segments(hashes, offsets)
    return _without_repeats(hashes, offsets)


def sort_segments(hashes: Hashes64, offsets: Positions) -> None:
    """Sort each segment of the array in place.

    A loop over the segments: one call to the vectorised sort costs half a microsecond, and leaves all
    64 bits to the hash, where one sort of the whole array would need some of them for the segment.
    """
    for start, end in pairwise(offsets.tolist()):
        hashes[start:end].sort()


def _without_repeats(hashes: Hashes64, offsets: Positions) -> ShingleSets:
    repeated = np.zeros(len(hashes), dtype=bool)
    repeated[1:] = hashes[1:] == hashes[:-1]
    starts = offsets[:-1]
    repeated[starts[starts < len(hashes)]] = False
    places = np.flatnonzero(repeated)
    return ShingleSets(hashes[~repeated], offsets - np.searchsorted(places, offsets))


def sorted_distinct(values: NDArray[_Number]) -> NDArray[_Number]:
    """Give the different values of an array in order.

    By sorting: ``numpy.unique`` goes through a hash table (numpy 2.3), which numbers that differ by multiples of
    a power of two, as those of pairs do, fill so unevenly that it took a hundred times as long.
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def sampled_hashes(points: NDArray[np.uint32], start: Positions, length: Positions) -> Hashes64:
    """Hash the length and ``_SAMPLED`` characters of each text, evenly spread over it, ``uint64[D]``.

    Equal texts have equal hashes; of others, those are told apart by it that are not copies of one form.
    """
    hashes = length.astype(np.uint64)
    filled = np.flatnonzero(length)
    start, reach, sampled = start[filled], length[filled] - 1, hashes[filled]
    for step in range(_SAMPLED):
        sampled *= np.uint64(_BASE)
        sampled += points[start + reach * step // (_SAMPLED - 1)]
    hashes[filled] = sampled
    return mix64(hashes)


def fingerprints(batch: TextBatch) -> Hashes64:
    """Give a 128-bit fingerprint of each whole text (BLAKE2b), ``uint64[D, 2]``: equal texts have equal ones."""
    points = memoryview(batch.codepoints.astype("<u4", copy=False).data).cast("B")
    bounds = (4 * batch.offsets).tolist()
    digests = b"".join(blake2b(points[start:end], digest_size=16).digest() for start, end in pairwise(bounds))
    return np.frombuffer(digests, dtype="<u8").reshape(-1, 2)
