"""The array pass: one table gives every character its classes, and all else looks only where one is set."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.mojibake import lossy
from cleancorpus.mojibake.charsets import PLANE, DoubleByte, big5, gbk

Classes = NDArray[np.uint16]
Points = NDArray[np.uint32]

MARK = 1 << 0  # what stands for a lost byte: ? U+FFFD
OPEN = 1 << 1  # an opening bracket
BOX = 1 << 2  # what stands for a lost character, beside marks
FILLER = 1 << 3  # characters that bytes without meaning are read as
RARE = 1 << 4  # characters that are rare in Chinese
LATIN = 1 << 5  # what Latin-1 or Windows-1252 make of a byte above 7F
TELLING = 1 << 6  # those of them that Chinese text does not use for itself
EURO = 1 << 7
# What GBK and what Big5 make of parts of two three-byte UTF-8 characters: bytes 1-2, 3-1 and 2-3.
GBK_12, GBK_31, GBK_23 = 1 << 8, 1 << 9, 1 << 10
BIG5_12, BIG5_31, BIG5_23 = 1 << 11, 1 << 12, 1 << 13

# Bits by which a character counts as rare; see benchmarks/mojibake.py.
_RARE_BITS = -16.0
# Signs above 7F that stand in Chinese text by themselves.
_OWN_SIGNS = "·×÷°±§“”‘’…—–•²³µ®©™€«»½¼¾¹\u00a0\u00ad¥£¢ˉ¨´"


@lru_cache(maxsize=1)
def class_table() -> Classes:
    """Give the classes of every code point, ``uint16[0x110000]``."""
    table = np.zeros(0x110000, dtype=np.uint16)
    table[[0x3F, 0xFFFD]] |= MARK
    table[[0x28, 0xFF08]] |= OPEN
    table[0x25A1] |= BOX
    table[list(lossy.NOMINATED)] |= FILLER
    plane = np.arange(PLANE, dtype=np.uint32)
    rare = (load_model().score_alone(plane) < _RARE_BITS) & (plane >= 0x370)
    rare &= (plane < 0x2500) | (plane > 0x257F)  # box drawing
    table[:PLANE][rare] |= RARE
    _set_latin(table)
    _set_utf8_parts(table, gbk(), (GBK_12, GBK_31, GBK_23))
    _set_utf8_parts(table, big5(), (BIG5_12, BIG5_31, BIG5_23))
    table[0x20AC] |= EURO
    return table


def _set_latin(table: Classes) -> None:
    specials = bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
    latin = [*range(0x80, 0x100), *map(ord, specials)]
    table[latin] |= LATIN
    table[[point for point in latin if chr(point) not in _OWN_SIGNS]] |= TELLING


def _set_utf8_parts(table: Classes, charset: DoubleByte, parts: tuple[int, int, int]) -> None:
    code = charset.code
    lead, trail = (code >> 8).astype(np.uint16), (code & 0xFF).astype(np.uint16)

    def starts(byte: NDArray[np.uint16]) -> NDArray[np.bool_]:
        return np.asarray((byte >= 0xE2) & (byte <= 0xEF))

    def continues(byte: NDArray[np.uint16]) -> NDArray[np.bool_]:
        return np.asarray((byte >= 0x80) & (byte <= 0xBF))

    for part, pattern in zip(
        parts,
        (starts(lead) & continues(trail), continues(lead) & starts(trail), continues(lead) & continues(trail)),
        strict=True,
    ):
        table[:PLANE][pattern] |= part


def classes_of(points: Points) -> Classes:
    """Give the classes of each character of a batch."""
    return class_table().take(points, mode="clip")


def following(classes: Classes, *wanted: int) -> NDArray[np.int64]:
    """Give the places where characters of these classes follow one another."""
    if len(classes) < len(wanted):
        return np.zeros(0, dtype=np.int64)
    size = len(classes) - len(wanted) + 1
    found = (classes[:size] & wanted[0]) != 0
    for step, bits in enumerate(wanted[1:], 1):
        found &= (classes[step : size + step] & bits) != 0
    return np.flatnonzero(found)


def crowded(classes: Classes, wanted: int) -> NDArray[np.int64]:
    """Give the places where at least three of six characters, the first among them, are of a class."""
    hit = np.zeros(len(classes) + 5, dtype=np.uint8)
    hit[: len(classes)] = (classes & wanted) != 0
    pairs = hit[:-1] + hit[1:]
    threes = pairs[:-1] + hit[2:]
    return np.flatnonzero((threes[:-3] + threes[3:] >= 3) & (hit[:-5] > 0))
