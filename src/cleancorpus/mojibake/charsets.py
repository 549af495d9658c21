"""Double-byte character sets as arrays: from a character to its two bytes and back, for a whole batch at once.

A set here is what *readers* really make of bytes, not what a standard assigns: pairs that a standard leaves
open become private-use characters, which carry their bytes, so that a wrong reading can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]

PLANE = 0x10000
_FULL_WIDTH = 0xFEE0  # U+FF01..U+FF5E are U+0021..U+007E moved by this
# The ASCII marks that narrowing makes of Chinese ones; the rest of ASCII's signs are nearly always themselves.
_NARROWED_MARKS = "!%(),./:;?"


@dataclass(frozen=True, eq=False)
class DoubleByte:
    """One double-byte set: ``code`` gives a character's two bytes, ``character`` what two bytes stand for.

    ``code`` is ``uint16[65536]`` by code point, 0 where a character is not in the set; ``character`` is
    ``uint32[65536]`` by the two bytes (lead byte high), 0 where the pair is impossible.  ``narrowed`` is
    ``uint16[128]``: the two bytes of the full-width form of an ASCII character, for text that was narrowed
    after it was read.  ``higher`` (``uint32[H]``, sorted) are the characters beyond the first plane, and
    ``higher_code`` (``uint16[H]``) their two bytes.
    """

    name: str
    code: Codes
    character: NDArray[np.uint32]
    narrowed: Codes
    higher: NDArray[np.uint32]
    higher_code: Codes

    def codes(self, codepoints: NDArray[np.uint32]) -> Codes:
        """Give the two bytes of each character as ``uint16``, 0 where it has none."""
        inside = codepoints < PLANE
        found: Codes = np.where(inside, self.code[np.where(inside, codepoints, 0)], np.uint16(0))
        if len(self.higher) and not inside.all():
            at = np.minimum(np.searchsorted(self.higher, codepoints), len(self.higher) - 1)
            found = np.where(self.higher[at] == codepoints, self.higher_code[at], found)
        return found


def _readings(codes: list[int], codec: str) -> list[int]:
    """Read pairs of bytes with a codec, all in one go; 0 where it has no single character for a pair."""
    data = b"\n".join(code.to_bytes(2) for code in codes)
    read = data.decode(codec, "replace").split("\n")
    return [ord(text) if len(text) == 1 and text != "\ufffd" else 0 for text in read]


def _narrowed(code: Codes) -> Codes:
    table = np.zeros(128, dtype=np.uint16)
    for point in range(0x21, 0x7F):
        if chr(point).isalnum() or chr(point) in _NARROWED_MARKS:
            table[point] = code[point + _FULL_WIDTH]
    return table


def _build(name: str, pairs: list[tuple[int, int]], extra: list[tuple[int, int]]) -> DoubleByte:
    """Make a set from (bytes, character) pairs; ``extra`` pairs serve the way back to bytes only."""
    code = np.zeros(PLANE, dtype=np.uint16)
    character = np.zeros(PLANE, dtype=np.uint32)
    for two_bytes, point in pairs:
        character[two_bytes] = point
        if point < PLANE and not code[point]:
            code[point] = two_bytes
    for two_bytes, point in extra:
        if not code[point]:
            code[point] = two_bytes
    code[:128] = 0
    beyond = sorted((point, two_bytes) for two_bytes, point in pairs if point >= PLANE)
    higher = np.array([point for point, _ in beyond], dtype=np.uint32)
    higher_code = np.array([two_bytes for _, two_bytes in beyond], dtype=np.uint16)
    return DoubleByte(name, code, character, _narrowed(code), higher, higher_code)


# GB 18030-2000 and -2005 put these characters at the places where the codec of 2000 has private-use ones
# (GB 18030-2022, table of changed characters); a reader of either age may have made the text.
_GB18030_LATER = (
    (0xA8BC, 0x1E3F),
    (0xA8BF, 0x01F9),
    *zip(range(0xA6D9, 0xA6DF), (0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15), strict=True),
    (0xA6DF, 0xFE16),
    *zip((0xA6EC, 0xA6ED, 0xA6F3), (0xFE17, 0xFE18, 0xFE19), strict=True),
    *zip(
        (0xFE59, 0xFE61, 0xFE66, 0xFE67, 0xFE6D, 0xFE7E, 0xFE90, 0xFEA0),
        (0x9FB4, 0x9FB5, 0x9FB6, 0x9FB7, 0x9FB8, 0x9FB9, 0x9FBA, 0x9FBB),
        strict=True,
    ),
)
# What CP936 and GBK readers give for marks that GB 18030 reads otherwise.
_CP936_MARKS = ((0xA1A4, 0x30FB), (0xA1AA, 0x2015), (0xA1AB, 0x223C))


@lru_cache(maxsize=1)
def gbk() -> DoubleByte:
    """Give GBK as GB 18030 fills it: all 23,940 pairs, the private-use ones among them."""
    trails = (*range(0x40, 0x7F), *range(0x80, 0xFF))
    codes = [(lead << 8) | trail for lead in range(0x81, 0xFF) for trail in trails]
    pairs = list(zip(codes, _readings(codes, "gb18030"), strict=True))
    return _build("gbk", pairs, [*_GB18030_LATER, *_CP936_MARKS])


def _big5_private(two_bytes: int) -> int:
    """Give the private-use character that Windows code page 950 has for an end-user defined pair, or 0."""
    lead, trail = two_bytes >> 8, two_bytes & 0xFF
    column = trail - 0x40 if trail < 0x7F else trail - 0xA1 + 63
    if 0xFA <= lead <= 0xFE:
        return 0xE000 + (lead - 0xFA) * 157 + column
    if 0x8E <= lead <= 0xA0:
        return 0xE311 + (lead - 0x8E) * 157 + column
    if 0x81 <= lead <= 0x8D:
        return 0xEEB8 + (lead - 0x81) * 157 + column
    if 0xC6 <= lead <= 0xC8 and two_bytes >= 0xC6A1:
        return 0xF6B1 + (two_bytes - 0xC6A1 if lead == 0xC6 else 94 + (lead - 0xC7) * 157 + column)
    return 0


def _big5(name: str, codecs: tuple[str, ...]) -> DoubleByte:
    """Make the set of the first codec; what only the others know, or is private use, leads back to bytes too."""
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    codes = [(lead << 8) | trail for lead in range(0x81, 0xFF) for trail in trails]
    pairs: list[tuple[int, int]] = []
    extra: list[tuple[int, int]] = []
    columns = [_readings(codes, codec) for codec in codecs]
    for code, *readings in zip(codes, *columns, map(_big5_private, codes), strict=True):
        known = [point for point in readings if point]
        if known:
            pairs.append((code, known[0]))
            extra.extend((code, point) for point in known[1:] if point < PLANE)
    return _build(name, pairs, extra)


@lru_cache(maxsize=1)
def big5() -> DoubleByte:
    """Give Big5 as code page 950 reads it; HKSCS and end-user characters also lead back to their bytes."""
    return _big5("big5", ("cp950", "big5", "big5hkscs"))


@lru_cache(maxsize=1)
def big5_hkscs() -> DoubleByte:
    """Give Big5 as browsers read it, with HKSCS: 255 pairs are other characters than in code page 950."""
    return _big5("big5", ("big5hkscs", "cp950", "big5"))
