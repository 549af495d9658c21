"""The array pass: one table gives every character its classes, and all else looks only where one is set."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.mojibake import glyphs, invisible, lossy, spun
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
BREAK = 1 << 22  # what ends a line
SPUN = 1 << 23  # the first characters of words that spinners like
SPUN_NEXT = 1 << 24  # and their second ones

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
    table[0x20000:0x40000] |= RARE
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
    table[[0x0A, 0x0D]] |= BREAK
    table[[ord(word[0]) for word in spun.load_pairs().spun]] |= SPUN
    table[[ord(word[1]) for word in spun.load_pairs().spun]] |= SPUN_NEXT
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


# The classes whose characters are looked for; the others only matter beside these.
_FIRST = (
    MARK
    | OPEN
    | BOX
    | FILLER
    | RARE
    | TELLING
    | GBK_12
    | GBK_TWO
    | BIG5_12
    | INVISIBLE
    | SUBSTITUTE
    | LOOK_ALIKE
    | DIGIT01
    | BLANK
    | BREAK
    | SPUN
)
# Characters looked up at a time, so that the indices stay in the second-level cache.
_PIECE = 1 << 14


@lru_cache(maxsize=1)
def _sought() -> NDArray[np.bool_]:
    """Say of each code point of the first plane whether it is looked for; U+FFFF answers for all higher ones."""
    sought = (class_table()[:PLANE] & np.uint32(_FIRST)) != 0
    sought[PLANE - 1] = True
    return np.asarray(sought)


class Nominees:
    """The characters of a batch that some repair may want to look at, found in one pass over it."""

    __slots__ = ("_own", "_places", "_points", "_present")

    def __init__(self, points: Points) -> None:
        sought = _sought()
        pieces = [
            np.flatnonzero(sought.take(points[at : at + _PIECE], mode="clip")) + at
            for at in range(0, len(points), _PIECE)
        ]
        self._points = points
        self._places = np.concatenate([np.zeros(0, dtype=np.int64), *pieces])
        self._own = class_table().take(points[self._places], mode="clip")
        self._present = int(np.bitwise_or.reduce(self._own))

    def of(self, wanted: int) -> NDArray[np.int64]:
        """Give the places of the characters of a class, which must be one that is looked for."""
        if not self._present & wanted:
            return np.zeros(0, dtype=np.int64)
        found: NDArray[np.int64] = self._places[(self._own & np.uint32(wanted)) != 0]
        return found

    def followed(self, first: int, *behind: int) -> NDArray[np.int64]:
        """Give the places of characters of a class behind which stand characters of the others, in order."""
        return self.beside(first, dict(enumerate(behind, 1)))

    def preceded(self, wanted: int, before: int, *behind: int) -> NDArray[np.int64]:
        """Give the places of characters of a class that stand behind one of another, and before the others."""
        return self.beside(wanted, {-1: before, **dict(enumerate(behind, 1))})

    def beside(self, wanted: int, others: dict[int, int]) -> NDArray[np.int64]:
        """Give the places of characters of a class that have characters of the others at the given distances."""
        places = self.of(wanted)
        for step, bits in others.items():
            places = places[(places + step >= 0) & (places + step < len(self._points))]
            classes = class_table().take(self._points[places + step], mode="clip")
            places = places[(classes & np.uint32(bits)) != 0]
        return places

    def crowded(self, wanted: int) -> NDArray[np.int64]:
        """Give the places where three of eight characters, the first among them, are of a class."""
        places = self.of(wanted)
        return places[:-2][places[2:] - places[:-2] < 8]
