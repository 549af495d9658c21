"""The array pass: one table gives every character its classes, and all else looks only where one is set."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.mojibake import glyphs, invisible, lossy
from cleancorpus.mojibake.charsets import PLANE, DoubleByte, big5, gbk

Classes = NDArray[np.uint32]
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
GBK_TWO = 1 << 21  # both bytes of a two-byte UTF-8 character, as text misread twice has them
BIG5_12, BIG5_31, BIG5_23 = 1 << 11, 1 << 12, 1 << 13
INVISIBLE = 1 << 14
SUBSTITUTE = 1 << 15  # what has a standard code point of another value
LOOK_ALIKE = 1 << 16
BLANK, HANZI, LETTER, DIGIT01 = 1 << 17, 1 << 18, 1 << 19, 1 << 20

# Bits by which a character counts as rare; see benchmarks/mojibake.py.
_RARE_BITS = -16.0
# Signs above 7F that stand in Chinese text by themselves.
_OWN_SIGNS = "·×÷°±§“”‘’…—–•²³µ®©™€«»½¼¾¹\u00a0\u00ad¥£¢ˉ¨´"


@lru_cache(maxsize=1)
def class_table() -> Classes:
    """Give the classes of every code point, ``uint32[0x110000]``."""
    table = np.zeros(0x110000, dtype=np.uint32)
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
    code = gbk().code
    table[:PLANE][
        ((code >> 8) >= 0xC2) & ((code >> 8) <= 0xC3) & ((code & 0xFF) >= 0x80) & ((code & 0xFF) <= 0xBF)
    ] |= GBK_TWO
    table[0x20AC] |= EURO
    table[list(invisible.NOMINATED)] |= INVISIBLE
    table[list(glyphs.SUBSTITUTED)] |= SUBSTITUTE
    table[list(glyphs.look_alikes())] |= LOOK_ALIKE
    table[0x20] |= BLANK
    table[0x3400:0x4DC0] |= HANZI
    table[0x4E00:0xA000] |= HANZI
    table[ord("a") : ord("z") + 1] |= LETTER
    table[[ord("0"), ord("1")]] |= DIGIT01
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


# The classes whose characters are looked at one by one; the others only matter beside these.
_FIRST = (
    MARK
    | OPEN
    | BOX
    | FILLER
    | TELLING
    | LATIN
    | GBK_12
    | BIG5_12
    | INVISIBLE
    | SUBSTITUTE
    | LOOK_ALIKE
    | DIGIT01
    | BLANK
    | GBK_TWO
)


class Nominees:
    """The characters of a batch that some repair may want to look at, found in a few passes over it."""

    __slots__ = ("_classes", "_own", "_places")

    def __init__(self, points: Points) -> None:
        self._classes = class_table().take(points, mode="clip")
        self._places = np.flatnonzero(self._classes & np.uint32(_FIRST))
        self._own = self._classes[self._places]

    def of(self, wanted: int) -> NDArray[np.int64]:
        """Give the places of the characters of a class."""
        found: NDArray[np.int64] = self._places[(self._own & np.uint32(wanted)) != 0]
        return found

    def followed(self, first: int, *behind: int) -> NDArray[np.int64]:
        """Give the places of characters of a class behind which stand characters of the others, in order."""
        return self._beside(first, dict(enumerate(behind, 1)))

    def preceded(self, wanted: int, before: int, *behind: int) -> NDArray[np.int64]:
        """Give the places of characters of a class that stand behind one of another, and before the others."""
        return self._beside(wanted, {-1: before, **dict(enumerate(behind, 1))})

    def _beside(self, wanted: int, others: dict[int, int]) -> NDArray[np.int64]:
        places = self.of(wanted)
        for step, bits in others.items():
            places = places[(places + step >= 0) & (places + step < len(self._classes))]
            places = places[(self._classes[places + step] & np.uint32(bits)) != 0]
        return places

    def crowded(self, wanted: int) -> NDArray[np.int64]:
        """Give the places where three of six characters, the first among them, are of a class."""
        hit = np.zeros(len(self._classes) + 5, dtype=np.uint8)
        hit[: len(self._classes)] = (self._classes & np.uint32(wanted)) != 0
        pairs = hit[:-1] + hit[1:]
        threes = pairs[:-1] + hit[2:]
        found: NDArray[np.int64] = np.flatnonzero((threes[:-3] + threes[3:] >= 3) & (hit[:-5] > 0))
        return found
