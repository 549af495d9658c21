"""The classes of characters that rules and runs ask for, looked up once for all positions of a batch."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Lines, Positions

Classes = NDArray[np.uint8]

# The classes overlap, so each is a bit.
MARGIN, STOP, LETTER, COMMA, FULL_STOP, SEPARATOR, HAN, DIGIT = (1 << bit for bit in range(8))

# What may stand around a line without being part of it: blanks, invisible characters and list marks.
_MARGIN = "•◦▪‣·●○■□◆◇►▸▶※★☆*\t\x0b\x0c\r\n \xa0\u00ad\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ue5e5"
_STOPS = "。!?！？…;；"
_FULL_STOPS = "。;"
_COMMAS = ","
_SEPARATORS = "|_\t \xa0\u3000┊│"
_PLACES = 0x30001
_NARROW_MARGIN = 24


@lru_cache(maxsize=1)
def class_table() -> Classes:
    """Give the classes of each folded code point below 0x30000 as bits, ``uint8``; what lies above has none."""
    table = np.zeros(_PLACES, dtype=np.uint8)
    for characters, name in (
        (_MARGIN, MARGIN),
        (_STOPS, STOP),
        (_FULL_STOPS, FULL_STOP),
        (_COMMAS, COMMA),
        (_SEPARATORS, SEPARATOR),
    ):
        table[[ord(c) for c in characters]] |= name
    table[[code for code in range(0x250) if chr(code).isalpha()]] |= LETTER
    for start, end in (
        *((0x370, 0x2000), (0x3040, 0x3100), (0x3105, 0x3130), (0x3400, 0xD7B0)),
        *((0xE000, 0xF900), (0xF900, 0xFB00), (0x20000, 0x30000)),
    ):
        table[start:end] |= LETTER
    for start, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FFFF)):
        table[start:end] |= HAN
    for start, end in ((0x30, 0x3A), (0xFF10, 0xFF1A)):
        table[start:end] |= DIGIT
    table.flags.writeable = False
    return table


@lru_cache(maxsize=64)
def _membership(characters: str) -> NDArray[np.bool_]:
    """Say of each code point up to the highest of some characters whether it is one; the last place says no."""
    table = np.zeros(max(map(ord, characters)) + 2, dtype=bool)
    table[list(map(ord, characters))] = True
    table.flags.writeable = False
    return table


def is_one_of(points: Codepoints, characters: str) -> NDArray[np.bool_]:
    """Say which code points are among a few characters."""
    return _membership(characters).take(points, mode="clip")


def line_margins(points: Codepoints, lines: Lines) -> tuple[Positions, Positions]:
    """Give where each line begins and ends without its margin."""
    return trimmed(points, _margin_table(), lines)


@lru_cache(maxsize=1)
def _margin_table() -> NDArray[np.bool_]:
    return (class_table() & MARGIN) > 0


def trimmed(points: Codepoints, blank: NDArray[np.bool_], lines: Lines) -> tuple[Positions, Positions]:
    """Give where each line begins and ends without the blanks at its ends.

    ``blank`` says of each code point whether it is one; its last entry stands for all that lie above.
    """
    first, last = lines.start.copy(), lines.end.copy()
    for place, step, offset in ((first, 1, 0), (last, -1, -1)):
        active: Positions = np.flatnonzero(first < last)
        for _ in range(_NARROW_MARGIN):
            active = active[blank.take(points[place[active] + offset], mode="clip")]
            if not len(active):
                break
            place[active] += step
            active = active[first[active] < last[active]]
        else:
            _trim_wide(points, blank, first, last, active)
    return first, last


def _trim_wide(
    points: Codepoints, blank: NDArray[np.bool_], first: Positions, last: Positions, rows: Positions
) -> None:
    """Move the bounds of lines with wide margins, at the cost of a pass over their characters."""
    for row in rows.tolist():
        start, end = int(first[row]), int(last[row])
        shown = np.flatnonzero(~blank.take(points[start:end], mode="clip"))
        first[row], last[row] = (start + shown[0], start + shown[-1] + 1) if len(shown) else (start, start)
