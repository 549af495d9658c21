"""Runs of UTF-8 in bytes, found by array passes; a sequence of which one byte is lost counts, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.mojibake.readers import HOLE, Source

BOTH = 3
"""What ``Sequences.hole`` says where both bytes behind the first are lost."""

_QUESTION, _SPACE = 0x3F, 0x20


@dataclass(frozen=True, eq=False)
class Sequences:
    """UTF-8 sequences of two to four bytes, in order, disjoint.

    ``start`` and ``length`` are in bytes; ``point`` is the code point, with a lost byte's six bits at zero;
    ``hole`` is which byte of the sequence is lost (1 or 2, ``BOTH`` for both), or 0.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    point: NDArray[np.uint32]
    hole: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def end(self) -> NDArray[np.int64]:
        """Where each sequence ends, in bytes."""
        return self.start + self.length


def find_sequences(source: Source, *, blanks: bool = False) -> Sequences:
    """Find all well-formed sequences, and those of three bytes with one byte lost (marked ``?`` or U+FFFD).

    With ``blanks`` a blank counts as a lost byte too: pages turn the no-break space (A0) into one.
    """
    data = np.concatenate([source.data, np.zeros(3, dtype=np.uint8)]).astype(np.uint32)
    size = len(source.data)
    lead = data[:size]
    follow = [data[step : size + step] for step in (1, 2, 3)]
    tail = [(byte & 0xC0) == 0x80 for byte in follow]
    lost = [(byte == _QUESTION) | (byte == HOLE) | (blanks & (byte == _SPACE)) for byte in follow]
    two = (lead >= 0xC2) & (lead <= 0xDF) & tail[0]
    three_lead = (lead & 0xF0) == 0xE0
    # No overlong forms, no surrogates.
    three_lead &= ~((lead == 0xE0) & tail[0] & (follow[0] < 0xA0)) & ~((lead == 0xED) & tail[0] & (follow[0] > 0x9F))
    three = three_lead & tail[0] & tail[1]
    four = (lead >= 0xF0) & (lead <= 0xF4) & tail[0] & tail[1] & tail[2]
    four &= ~((lead == 0xF0) & (follow[0] < 0x90)) & ~((lead == 0xF4) & (follow[0] > 0x8F))
    third_lost = three_lead & tail[0] & lost[1]
    second_lost = three_lead & lost[0] & tail[1]
    both_lost = three_lead & (follow[0] == HOLE) & (follow[1] == HOLE)
    length = 2 * two + 3 * (three | third_lost | second_lost | both_lost) + 4 * four
    start = np.flatnonzero(length)
    length = length[start]
    kinds = [both_lost[start], third_lost[start], second_lost[start]]
    hole = np.select(kinds, [BOTH, 2, 1], 0)
    bits = [lead[start], *(byte[start] & 0x3F for byte in follow)]
    bits[1] = np.where((hole == 1) | (hole == BOTH), 0, bits[1])
    bits[2] = np.where((hole == 2) | (hole == BOTH), 0, bits[2])
    point = np.select(
        [length == 2, length == 3],
        [(bits[0] & 0x1F) << 6 | bits[1], (bits[0] & 0x0F) << 12 | bits[1] << 6 | bits[2]],
        (bits[0] & 0x07) << 18 | bits[1] << 12 | bits[2] << 6 | bits[3],
    )
    return Sequences(start, length.astype(np.int64), point.astype(np.uint32), hole.astype(np.int64))


# A run goes on over this many ASCII bytes: a few words, a tag, an address of the web.
_ASCII_BETWEEN = 200
BLANKS = (0x09, 0x0A, 0x0D)
"""Control characters that stand inside text."""


def chains(found: Sequences, source: Source, least: int) -> list[NDArray[np.int64]]:
    """Group sequences into runs: nothing but a little ASCII stands between those of a run.

    Runs with fewer than ``least`` continuation bytes are left out: Chinese text makes such by chance.
    """
    if not len(found):
        return []
    end, start = found.end[:-1], found.start[1:]
    foreign = np.concatenate(
        [[0], np.cumsum((source.data >= 0x80) | (source.data < 0x20) & ~np.isin(source.data, BLANKS))]
    )
    broken = (foreign[start] > foreign[end]) | (start - end > _ASCII_BETWEEN)
    first = np.concatenate([[0], np.flatnonzero(broken) + 1])
    weight = np.add.reduceat(found.length - 1, first)
    last = np.concatenate([first[1:], [len(found)]])
    heavy = np.flatnonzero(weight >= least)
    return [np.arange(first[at], last[at], dtype=np.int64) for at in heavy.tolist()]
