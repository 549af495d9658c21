"""Back in step: where one byte was lost or slipped in, every later pair is read across two characters.

A run of bytes from 80 up can be read in pairs from its first or from its second byte on.  With the cost of
every possible pair known (how unlikely its character is, in bits), the cheapest place to leave out one
byte and go on in the other phase is a minimum over differences of two cumulative sums, for any number of
runs at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

# What an undecodable byte costs: seven bits for the byte, and damage once in some ten thousand characters.
BAD_BYTE = 20.0
# What an ASCII character costs in every reading: a little under the seven bits that it has.
ASCII_BITS = 6.0
# How much cheaper, in bits, the reading must become by leaving out a byte that could be read.
_GAIN = 12.0
# What the characters behind it may cost at most, on average, to be taken for text: Chinese costs some ten.
PLAUSIBLE = 13.0
_ROUNDS = 4  # damaged bytes that one run may have
# A run of bytes from 80 up, and the byte behind it; two bytes, less one, hold no code.
RUN = re.compile(rb"[\x80-\xff]{3,}[\x00-\x7f]")

Costs = NDArray[np.float32]


def bytes_to_leave_out(data: bytes, pair_bits: Costs) -> list[int]:
    """Give the places of bytes without which the runs they are in read better, ascending.

    ``pair_bits`` (``float32[65536]``) is the cost of each two-byte code.
    """
    found: list[int] = []
    runs = [(run.start(), run.group()) for run in RUN.finditer(data + b"\0")]
    for _ in range(_ROUNDS):
        if not runs:
            break
        parts: list[tuple[int, bytes]] = []
        for number, place in out_of_step([run for _, run in runs], pair_bits):
            start, run = runs[number]
            found.append(start + place)
            parts += [(start, run[: place + 1] + b"\0"), (start + place + 1, run[place + 1 :])]
        runs = parts
    return sorted(found)


def out_of_step(runs: Sequence[bytes], pair_bits: Costs) -> Iterator[tuple[int, int]]:
    """Give the runs, by number, that read better without a byte at an even place, and that place.

    Each run, one at least, has the byte behind it as its last.
    """
    # Each run takes an even number of bytes, so that codes at even and at odd places are two arrays over all of them.
    data = b"".join([run if len(run) & 1 == 0 else run + b"\0" for run in runs]) + b"\0"
    count = len(data) // 2
    whole = pair_bits.take(np.frombuffer(data, dtype=">u2", count=count))
    rest = pair_bits.take(np.frombuffer(data, dtype=">u2", count=count, offset=1))
    # Before the byte left out codes begin at even places, behind it at odd ones.
    signed = whole - rest
    total = np.cumsum(signed, dtype=np.float64)
    before = total - signed
    bounds = list(accumulate([(len(run) + 1) // 2 for run in runs], initial=0))
    gain = total[np.array(bounds[1:]) - 1] - np.minimum.reduceat(before, bounds[:-1])
    for number in np.flatnonzero(gain > BAD_BYTE + _GAIN).tolist():
        first, last = bounds[number : number + 2]
        place = int(before[first:last].argmin())
        codes = (len(runs[number]) - 1) // 2 - place  # that begin at odd places behind the byte left out
        if rest[first + place : last].sum() <= PLAUSIBLE * codes:
            yield number, 2 * place
