"""Back in step: where one byte was lost or slipped in, every later pair is read across two characters.

A run of bytes from 80 up can be read in pairs from its first or from its second byte on.  With the cost of
every possible pair known (how unlikely its character is, in bits), the cheapest place to leave out one
byte and go on in the other phase is a minimum over differences of two cumulative sums, for all runs of the
buffer at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding.doublebyte import Bytes, Flagged

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
    cost = _pair_costs(raw, high, pair_bits)
    begin, end = 0, len(raw)
    for _ in range(_ROUNDS):
        skips = begin + _best_skips(starts[begin:end], high[begin:end], cost[begin:end])
        if not len(skips):
            break
        # A run without a byte to leave out has none in the next round either.
        begin, end = _around(high, int(skips[0]), int(skips[-1]))
        cost[skips] = BAD_BYTE
        behind = skips[skips < len(raw) - 1] + 1
        starts[behind] |= high[behind]
    return starts


def _around(high: Flagged, first: int, last: int) -> tuple[int, int]:
    """Give the head of the run of the first place and the end of the run of the last."""
    before, behind = ~high[:first][::-1], ~high[last:]
    head = first - int(before.argmax()) if before.any() else 0
    return head, last + int(behind.argmax()) if behind.any() else len(high)


def is_out_of_step(run: Bytes, pair_bits: Costs) -> bool:
    """Say whether a byte is to be left out (see ``run_starts``) of one run, with the byte below 80 behind it if any."""
    size = len(run) - int(run[-1] < 0x80)
    following = np.zeros(size, dtype=np.uint16)
    following[: len(run) - 1] = run[1 : size + 1]
    cost = pair_bits[run[:size].astype(np.uint16) << 8 | following].astype(np.float64)
    cost[-1] = min(cost[-1] - ASCII_BITS, BAD_BYTE)
    before = np.concatenate([[0.0], np.cumsum(cost[::2])])
    behind = np.concatenate([np.cumsum(cost[1::2][::-1])[::-1], [0.0]])
    skips = np.arange((size + 1) // 2)
    tail = behind[: len(skips)] if len(behind) >= len(skips) else behind[skips]
    with_skip = before[:-1] + tail
    best = int(with_skip.argmin())
    gains = bool(with_skip[best] + BAD_BYTE < before[-1] - _GAIN)
    return gains and bool(tail[best] <= PLAUSIBLE * ((size - 2 * best) // 2))


def _pair_costs(raw: Bytes, high: Flagged, pair_bits: Costs) -> NDArray[np.float64]:
    """Give for each high byte the cost of a code that begins there, alone where none can."""
    cost = np.zeros(len(raw), dtype=np.float64)
    places = np.flatnonzero(high)
    following = np.zeros(len(raw), dtype=np.uint16)
    following[:-1] = raw[1:]
    cost[places] = pair_bits[raw[places].astype(np.uint16) << 8 | following[places]]
    last = places[~high[np.minimum(places + 1, len(raw) - 1)] | (places == len(raw) - 1)]
    cost[last] = np.minimum(cost[last] - ASCII_BITS, BAD_BYTE)  # its code takes an ASCII character along, if any
    return cost


def _best_skips(starts: Flagged, high: Flagged, cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give for each run whose reading is cheaper so the byte to leave out."""
    heads = np.flatnonzero(starts)
    if not len(heads):
        return heads
    size = len(cost)
    place = np.arange(size)
    totals = np.zeros((2, size + 1))
    for phase in (0, 1):
        np.cumsum(np.where(place & 1 == phase, cost, 0.0), out=totals[phase, 1:])
    run = np.cumsum(starts) - 1  # which run each byte belongs to; wrong outside of runs, where it is not used
    even = high & (((place - heads[run]) & 1) == 0)
    odd_start = heads & 1
    ends = _run_ends(heads, high)
    in_step = np.where(odd_start == 1, totals[1, ends] - totals[1, heads], totals[0, ends] - totals[0, heads])
    # Before the byte left out, codes begin at places of the head's parity, behind it at the others.
    difference = totals[0, :-1] - totals[1, :-1]
    difference = np.where(odd_start[run] == 1, -difference, difference)
    difference[~even] = np.inf
    other_end = np.where(odd_start == 1, totals[0, ends], totals[1, ends])
    own_head = np.where(odd_start == 1, totals[1, heads], totals[0, heads])
    best = np.minimum.reduceat(difference, heads)
    with_skip = best - own_head + other_end + BAD_BYTE
    chosen = np.flatnonzero(with_skip < in_step - _GAIN)
    if not len(chosen):
        return np.zeros(0, dtype=np.int64)
    wanted = np.full(len(heads), -np.inf)
    wanted[chosen] = best[chosen]
    hits = np.flatnonzero(even & (difference == wanted[run]))
    _, first = np.unique(run[hits], return_index=True)
    skips: NDArray[np.int64] = hits[first]
    other = 1 - (skips & 1)
    tail_cost = totals[other, ends[chosen]] - totals[other, skips]
    plausible: NDArray[np.int64] = skips[tail_cost <= PLAUSIBLE * np.ceil((ends[chosen] - skips - 1) / 2)]
    return plausible


def _run_ends(heads: NDArray[np.int64], high: Flagged) -> NDArray[np.int64]:
    """Give the end of each run: where the next one begins without a gap, or the first byte below 80."""
    low = np.flatnonzero(~high)
    where = np.searchsorted(low, heads)
    ends = np.append(low, len(high))[where]
    ends[:-1] = np.minimum(ends[:-1], heads[1:])
    return ends
