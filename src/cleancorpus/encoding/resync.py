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
# ASCII that may be the second half of a code, but for two signs that text often has between Chinese characters.
HALVES = bytes(byte for byte in range(0x40, 0x7F) if byte not in b"[`")
# What one of them alone behind a Chinese character costs beyond other ASCII: in ten million characters of clean text
# one in 20,000 is followed by one (14 bits, and 6 for which it is); two in five runs that are out of step end in one.
LONE_HALF = 14.0
# A run of bytes from 80 up, and the byte behind it, in a group if it is such a half; two bytes, less one, hold no code.
_RUN = re.compile(rb"[\x80-\xff]{3,}(?:([%s])(?![0-9A-Za-z])|[\x00-\x7f])" % re.escape(HALVES))
# Where a question mark stands before a run, a converter wrote it for a first byte: the text itself is out of step, as
# the later repair can set right with both bytes at hand; a mark of ASCII may stand between.
_REPLACED = re.compile(rb"\?[!-/:-@]?\Z")
# What stands behind that byte in what is judged: no code begins with either, but the table charges a half before one.
_PLAIN_END, LONE_END = b"\0", b"\1"

Costs = NDArray[np.float32]


def runs_in(data: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Give the runs of bytes from 80 up behind ``start``, each with its place, the byte behind it and how that stands.

    The data end with a byte below 80.
    """
    for run in _RUN.finditer(data, start):
        yield run.start(), run.group() + (LONE_END if run.lastindex else _PLAIN_END)


def bytes_to_leave_out(data: bytes, pair_bits: Costs) -> list[int]:
    """Give the places of bytes without which the runs they are in read better, ascending.

    ``pair_bits`` (``float32[65536]``) is the cost of each two-byte code.
    """
    found: list[int] = []
    parts = list(runs_in(data + b"\0"))
    for _ in range(_ROUNDS):
        if not parts:
            break
        halves: list[tuple[int, bytes]] = []
        for number, place in out_of_step([part for _, part in parts], pair_bits):
            start, part = parts[number]
            if place == 0 and _REPLACED.search(data, max(0, start - 2), start):
                continue
            found.append(start + place)
            halves += [(start, part[: place + 1] + b"\0" + _PLAIN_END), (start + place + 1, part[place + 1 :])]
        parts = halves
    return sorted(found)


def out_of_step(runs: Sequence[bytes], pair_bits: Costs) -> Iterator[tuple[int, int]]:
    """Give the runs, by number, that read better without a byte at an even place, and that place.

    They are one at least, as ``runs_in`` gives them.
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
        codes = (len(runs[number]) - 2) // 2 - place  # that begin at odd places behind the byte left out
        if rest[first + place : last].sum() <= PLAUSIBLE * codes:
            yield number, 2 * place
