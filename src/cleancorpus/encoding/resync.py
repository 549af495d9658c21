"""Back in step: where one byte was lost or slipped in, every later pair is read across two characters.

A run of bytes from 80 up can be read in pairs from its first or from its second byte on.  With the cost of
every possible pair known (how unlikely its character is, in bits), the cheapest place to leave out one
byte and go on in the other phase is a minimum over differences of two cumulative sums, for any number of
runs at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding.doublebyte import Bytes, Flagged
from cleancorpus.text import Positions, flat_ranges

# What an undecodable byte costs: seven bits for the byte, and damage once in some ten thousand characters.
BAD_BYTE = 20.0
# What an ASCII character costs in every reading: a little under the seven bits that it has.
ASCII_BITS = 6.0
# How much cheaper, in bits, the reading must become by leaving out a byte that could be read.
_GAIN = 12.0
# What the characters behind it may cost at most, on average, to be taken for text: Chinese costs some ten.
PLAUSIBLE = 13.0
_ROUNDS = 4  # damaged bytes that one run may have

Costs = NDArray[np.float32]


def run_starts(raw: Bytes, pair_bits: Costs) -> Flagged:
    """Mark where reading in pairs begins anew: at the head of each run, and behind each byte to leave out.

    ``raw`` is ``uint8[N]``, ``pair_bits`` (``float32[65536]``) the cost of each two-byte code.  A byte that is
    to be left out is one that stands before a mark at an even place of its run.
    """
    high = raw >= 0x80
    starts = high.copy()
    starts[1:] &= ~high[:-1]
    begin = np.flatnonzero(starts)
    size = _ends(high) - begin
    cost = _pair_costs(raw, begin, size, pair_bits)
    for _ in range(_ROUNDS):
        skip = _skips(cost, size)
        hit = np.flatnonzero(skip >= 0)
        if not len(hit):
            break
        # A run without a byte to leave out has none in the next round either; the others are two runs then.
        heads = np.cumsum(size) - size
        cost[heads[hit] + skip[hit]] = BAD_BYTE
        cost = cost[flat_ranges(heads[hit], size[hit])]
        parts = np.stack([skip[hit] + 1, size[hit] - skip[hit] - 1], axis=1)
        begin = (begin[hit, None] + np.stack([np.zeros(len(hit), dtype=np.int64), parts[:, 0]], axis=1)).ravel()
        size = parts.ravel()
        begin, size = begin[size > 0], size[size > 0]
        starts[begin] = True
    return starts


def out_of_step(runs: Sequence[bytes], pair_bits: Costs) -> list[int]:
    """Give the numbers of the runs of bytes from 80 up of which a byte at an even place is to be left out.

    Each run has the byte behind it as its last, 0 where there is none.
    """
    # Each run takes an even number of bytes, so that codes at even and at odd places are two arrays over all of them.
    data = b"".join([run if len(run) & 1 == 0 else run + b"\0" for run in runs]) + b"\0"
    count = len(data) // 2
    whole = pair_bits.take(np.frombuffer(data, dtype=">u2", count=count))
    rest = pair_bits.take(np.frombuffer(data, dtype=">u2", count=count, offset=1))
    signed = whole - rest
    total = np.cumsum(signed, dtype=np.float64)
    before = total - signed
    bounds = list(accumulate([(len(run) + 1) // 2 for run in runs], initial=0))
    gain = total[np.array(bounds[1:]) - 1] - np.minimum.reduceat(before, bounds[:-1])
    found = []
    for number in np.flatnonzero(gain > BAD_BYTE + _GAIN).tolist():
        first, last = bounds[number : number + 2]
        place = int(before[first:last].argmin())
        codes = (len(runs[number]) - 1) // 2 - place  # that begin at odd places behind the byte left out
        if rest[first + place : last].sum() <= PLAUSIBLE * codes:
            found.append(number)
    return found


def _ends(high: Flagged) -> Positions:
    ends = high.copy()
    ends[:-1] &= ~high[1:]
    return np.flatnonzero(ends) + 1


def _pair_costs(raw: Bytes, begin: Positions, size: Positions, pair_bits: Costs) -> NDArray[np.float64]:
    """Give for each byte of the runs the cost of a code that begins there."""
    places = flat_ranges(begin, size)
    padded = np.append(raw, np.uint8(0))
    codes = padded[places].astype(np.uint16) << 8 | padded[places + 1]
    cost: NDArray[np.float64] = pair_bits[codes].astype(np.float64)
    return cost


def _skips(cost: NDArray[np.float64], size: Positions) -> Positions:
    """Give for each run the byte to leave out (``int64[R]``, counted from its head; -1: none).

    ``cost`` are the costs of codes at each byte of the runs, one run after the other, of ``size`` bytes each.
    """
    if not len(size):
        return size
    last = np.cumsum(size) - 1
    heads = last - size + 1
    odd = (np.arange(len(cost)) - np.repeat(heads, size)) & 1 == 1
    # Before the byte left out codes begin at even places, behind it at odd ones.
    signed = np.where(odd, -cost, cost)
    total = np.cumsum(signed)
    before = np.where(odd, np.inf, total - signed)
    least = np.minimum.reduceat(before, heads)
    skips = np.full(len(size), -1, dtype=np.int64)
    hit = np.flatnonzero(total[last] - least > BAD_BYTE + _GAIN)
    if not len(hit):
        return skips
    places = flat_ranges(heads[hit], size[hit])
    run = np.repeat(hit, size[hit])
    found = np.flatnonzero(before[places] == least[run])
    _, first = np.unique(run[found], return_index=True)
    place = places[found[first]]
    others = np.cumsum(np.where(odd, cost, 0.0))
    plausible = others[last[hit]] - others[place] <= PLAUSIBLE * ((last[hit] + 1 - place) // 2)
    skips[hit[plausible]] = (place - heads[hit])[plausible]
    return skips
