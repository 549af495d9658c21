"""Double-byte character sets as arrays: from a character to its two bytes and back, for a whole batch at once.

A set here is what *readers* really make of bytes, not what a standard assigns: pairs that a standard leaves
open become private-use characters, which carry their bytes, so that a wrong reading can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]
Points = NDArray[np.uint32]

PLANE = 0x10000
_BREAK, _UNREADABLE = 0x0A, 0xFFFD
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


def _pairs(trails: Iterable[int]) -> Codes:
    """Give the two bytes of every pair of a lead byte and one of some trail bytes, ``uint16``, in order."""
    pairs: Codes = np.add.outer(np.arange(0x81, 0xFF) << 8, list(trails)).ravel().astype(np.uint16)
    return pairs


def _readings(codes: Codes, codec: str) -> Points:
    """Read pairs of bytes with a codec, all in one go; 0 where it has no single character for a pair."""
    rows = np.empty((len(codes), 3), dtype=np.uint8)
    rows[:, 0], rows[:, 1], rows[:, 2] = codes >> 8, codes & 0xFF, _BREAK
    read = np.frombuffer(rows.tobytes().decode(codec, "replace").encode("utf-32-le"), dtype=np.uint32)
    end = np.flatnonzero(read == _BREAK)
    point = read[end - 1]
    single = np.diff(end, prepend=-1) == 2
    return np.where(single & (point != _UNREADABLE), point, np.uint32(0))


def _narrowed(code: Codes) -> Codes:
    table = np.zeros(128, dtype=np.uint16)
    for point in range(0x21, 0x7F):
        if chr(point).isalnum() or chr(point) in _NARROWED_MARKS:
            table[point] = code[point + _FULL_WIDTH]
    return table


def _build(name: str, codes: Codes, points: Points, extra_codes: Codes, extra_points: Points) -> DoubleByte:
    """Make a set of pairs of bytes and their characters; the extra pairs serve the way back to bytes only.

    Of several pairs of one character the first leads back to, an extra one where there is no other.
    """
    character = np.zeros(PLANE, dtype=np.uint32)
    character[codes] = points
    code = np.zeros(PLANE, dtype=np.uint16)
    # What is set last stays.
    for two_bytes, point in ((extra_codes, extra_points), (codes, points)):
        code[point[point < PLANE][::-1]] = two_bytes[point < PLANE][::-1]
    code[:128] = 0
    beyond = np.flatnonzero(points >= PLANE)
    beyond = beyond[np.argsort(points[beyond], kind="stable")]
    return DoubleByte(name, code, character, _narrowed(code), points[beyond], codes[beyond])


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
    codes = _pairs((*range(0x40, 0x7F), *range(0x80, 0xFF)))
    extra = np.array([*_GB18030_LATER, *_CP936_MARKS], dtype=np.uint32)
    return _build("gbk", codes, _readings(codes, "gb18030"), extra[:, 0].astype(np.uint16), extra[:, 1])


def _big5_private(codes: Codes) -> Points:
    """Give the private-use character that Windows code page 950 has for each end-user defined pair, or 0."""
    lead, trail = np.divmod(codes.astype(np.uint32), 256)
    column = np.where(trail < 0x7F, trail - 0x40, trail - 0xA1 + 63)
    found = np.zeros(len(codes), dtype=np.uint32)
    for first, last, lowest in ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8)):
        found = np.where((lead >= first) & (lead <= last), lowest + (lead - first) * 157 + column, found)
    # The last block begins in the middle of a row, at the pair C6A1.
    return np.where((codes >= 0xC6A1) & (lead <= 0xC8), 0xF6B1 - 63 + (lead - 0xC6) * 157 + column, found)


def _big5_pairs() -> Codes:
    return _pairs((*range(0x40, 0x7F), *range(0xA1, 0xFF)))


def _big5(name: str, codecs: tuple[str, ...]) -> DoubleByte:
    """Make the set of the first codec; what only the others know, or is private use, leads back to bytes too."""
    codes = _big5_pairs()
    readings = np.stack([*(_readings(codes, codec) for codec in codecs), _big5_private(codes)], axis=1)
    rank = np.argmax(readings > 0, axis=1)
    row = np.arange(len(codes))
    points = readings[row, rank]
    extra = readings.copy()
    extra[row, rank] = 0
    at, column = np.nonzero(extra)
    return _build(name, codes[points > 0], points[points > 0], codes[at], extra[at, column])


@lru_cache(maxsize=1)
def big5() -> DoubleByte:
    """Give Big5 as code page 950 reads it; HKSCS and end-user characters also lead back to their bytes."""
    return _big5("big5", ("cp950", "big5", "big5hkscs"))


@lru_cache(maxsize=1)
def big5_hkscs() -> DoubleByte:
    """Give Big5 as browsers read it, with HKSCS: 255 pairs are other characters than in code page 950."""
    return _big5("big5", ("big5hkscs", "cp950", "big5"))


@lru_cache(maxsize=1)
def browsers_alone() -> NDArray[np.bool_]:
    """Say which characters of the first plane browsers alone make of Big5, ``bool[65536]``.

    Kana and Cyrillic letters are none of them: code page 950's readers have these too, at other places.
    """
    alone = big5_hkscs().code > 0
    for codec in ("cp950", "big5"):
        alone[_readings(_big5_pairs(), codec)] = False
    alone[0xE000:0xF900] = False
    return np.asarray(alone)
