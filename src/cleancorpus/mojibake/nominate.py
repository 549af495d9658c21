"""The array pass: one table gives every character its classes, and all else looks only where one is set."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.mojibake import glyphs, invisible, lossy, spun
from cleancorpus.mojibake.charsets import PLANE, DoubleByte, big5, gbk
from cleancorpus.mojibake.one_to_one import is_form_of_mark
from cleancorpus.mojibake.screening import gain_alone
from cleancorpus.mojibake.single_bytes import sequence_parts

Classes = NDArray[np.uint32]
Points = NDArray[np.uint32]

MARK = 1 << 0  # what stands for a lost byte: ? U+FFFD
OPEN = 1 << 1  # an opening bracket
BOX = 1 << 2  # what stands for a lost character, beside marks
FILLER = 1 << 3  # characters that bytes without meaning are read as
RARE_AS_BIG5 = 1 << 4  # characters that are rare in Chinese, and no less likely if they are GBK read as Big5
LATIN = 1 << 5  # what Latin-1 or Windows-1252 make of a byte above 7F
TELLING = 1 << 6  # those of them that Chinese text does not use for itself
EURO = 1 << 7
# What GBK and what Big5 make of parts of two three-byte UTF-8 characters: bytes 1-2, 3-1 and 2-3.
GBK_12, GBK_31, GBK_23 = 1 << 8, 1 << 9, 1 << 10
# What GBK makes of the two-byte UTF-8 characters that text misread twice has: bytes 1-2, and 2 with the next one's 1.
GBK_TWO = 1 << 21
BIG5_12, BIG5_31, BIG5_23 = 1 << 11, 1 << 12, 1 << 13
INVISIBLE = 1 << 14
SUBSTITUTE = 1 << 15  # what has a standard code point of another value
LOOK_ALIKE = 1 << 16
RARE_AS_GBK = 1 << 17  # characters that are rare, and no less likely if they are Big5 read as GBK
HANZI, LETTER, DIGIT01 = 1 << 18, 1 << 19, 1 << 20
# The first and the second characters of words that spinners like; of each word one of the two is looked for.
SPUN_FIRST, SPUN_SECOND, SPUN = 1 << 22, 1 << 23, 1 << 24
# What single-byte sets besides Latin ones make of the first and the further bytes of three in UTF-8.
SINGLE_FIRST, SINGLE_FURTHER = 1 << 25, 1 << 26

# Bits by which a character counts as rare (see benchmarks/mojibake.py), and what its other reading must gain at least:
# by itself a misread character may lose a little.
_RARE_BITS, _LEAST_GAIN = -16.0, -4.0
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
    _set_rare(table)
    _set_latin(table)
    _set_utf8_parts(table, gbk(), (GBK_12, GBK_31, GBK_23))
    _set_utf8_parts(table, big5(), (BIG5_12, BIG5_31, BIG5_23))
    _set_utf8_twos(table)
    for bit, points in zip((SINGLE_FIRST, SINGLE_FURTHER), sequence_parts(), strict=True):
        table[points] |= bit
    table[0x20AC] |= EURO
    table[list(invisible.NOMINATED)] |= INVISIBLE
    table[list(glyphs.SUBSTITUTED)] |= SUBSTITUTE
    table[list(glyphs.look_alikes())] |= LOOK_ALIKE
    table[0x3400:0x4DC0] |= HANZI
    table[0x4E00:0xA000] |= HANZI
    table[ord("a") : ord("z") + 1] |= LETTER
    table[[ord("0"), ord("1")]] |= DIGIT01
    _set_spun(table)
    return table


def _set_rare(table: Classes) -> None:
    model = load_model()
    plane = np.arange(PLANE, dtype=np.uint32)
    rare = (model.score_alone(plane) < _RARE_BITS) & (plane >= 0x370)
    rare &= (plane < 0x2500) | (plane > 0x257F)  # box drawing
    for bit, wrong, right in ((RARE_AS_BIG5, big5(), gbk()), (RARE_AS_GBK, gbk(), big5())):
        gain = gain_alone(wrong, right, model)
        forms = is_form_of_mark(plane) & (right.character[wrong.codes(plane)] > 0)
        table[:PLANE][rare & (gain != 0) & (gain > _LEAST_GAIN) | forms] |= bit
    table[0x20000:0x40000] |= RARE_AS_BIG5
    table[0xFFFD] |= RARE_AS_BIG5 | RARE_AS_GBK


def _set_spun(table: Classes) -> None:
    model = load_model()
    begins = np.array([[ord(letter) for letter in word[:2]] for word in spun.load_pairs().spun], dtype=np.uint32)
    bits = model.score_alone(begins.ravel()).reshape(begins.shape)
    words = np.bincount(begins.ravel())[begins]  # a character in many words is looked for once for all of these
    second = (words[:, 1] > words[:, 0]) | (words[:, 1] == words[:, 0]) & (bits[:, 1] < bits[:, 0])
    table[begins[:, 0]] |= SPUN_FIRST
    table[begins[:, 1]] |= SPUN_SECOND
    table[np.where(second, begins[:, 1], begins[:, 0])] |= SPUN


def _set_latin(table: Classes) -> None:
    specials = bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
    latin = [*range(0x80, 0x100), *map(ord, specials)]
    table[latin] |= LATIN
    table[[point for point in latin if chr(point) not in _OWN_SIGNS]] |= TELLING


def _set_utf8_twos(table: Classes) -> None:
    code = gbk().code
    lead, trail = code >> 8, code & 0xFF
    whole = (lead >= 0xC2) & (lead <= 0xC3) & (trail >= 0x80) & (trail <= 0xBF)
    parted = (lead >= 0x80) & (lead <= 0xBF) & (trail >= 0xC2) & (trail <= 0xC3)
    # Of Windows-1252's signs most begin with E280.
    table[:PLANE][whole | parted | (code == 0xE280)] |= GBK_TWO


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


# The classes whose characters are looked for; the others only matter beside these.  The common ones have a bit of
# their own in the first table, all others, of which a text has a few in a thousand characters, one together.  The
# lowest two bits are for what is looked for in runs only.
_COMMON = (OPEN, RARE_AS_BIG5, RARE_AS_GBK, GBK_12, SPUN)
_SELDOM = MARK | BOX | FILLER | TELLING | SINGLE_FIRST | BIG5_12 | INVISIBLE | SUBSTITUTE | LOOK_ALIKE | DIGIT01
_BLANK_BIT, _TWO_BIT, _COMMON_BIT, _SELDOM_BIT = 1, 1 << 1, 1 << 2, 1 << 7
_CROWD = 5  # of eight characters: none of the clean texts has so many, 70 places of 11.4 million have four
_EIGHT = np.dtype("<u8")  # the bits of eight characters, the first lowest
# Characters looked up at a time, so that the indices stay in the second-level cache.
_PIECE = 1 << 14


@lru_cache(maxsize=1)
def _first_table() -> NDArray[np.uint8]:
    """Give the bits of the classes looked for of every code point, ``uint8[0x110000]``."""
    table = class_table()
    first = np.where(table & np.uint32(_SELDOM), np.uint8(_SELDOM_BIT), np.uint8(0))
    for place, wanted in enumerate(_COMMON):
        first[(table & np.uint32(wanted)) != 0] |= np.uint8(_COMMON_BIT << place)
    first[(table & np.uint32(GBK_TWO)) != 0] |= np.uint8(_TWO_BIT)
    first[0x20] = _BLANK_BIT
    return np.asarray(first)


class Nominees:
    """The characters of a batch that some repair may want to look at, found in one pass over it."""

    __slots__ = ("_all", "_first", "_places", "_points", "_present", "_seldom", "_seldom_places")

    def __init__(self, points: Points) -> None:
        table = _first_table()
        self._points = points
        self._all = np.empty(len(points), dtype=np.uint8)
        for at in range(0, len(points), _PIECE):
            piece = slice(at, at + _PIECE)
            table.take(points[piece], out=self._all[piece], mode="clip")
        self._places = np.flatnonzero(self._all >= _COMMON_BIT)
        self._first = self._all[self._places]
        self._seldom_places = self._places[self._first >= _SELDOM_BIT]
        self._seldom = class_table().take(points[self._seldom_places], mode="clip")
        self._present = int(np.bitwise_or.reduce(self._seldom))

    def of(self, wanted: int) -> NDArray[np.int64]:
        """Give the places of the characters of a class looked for: a common one, or some of the others."""
        found: NDArray[np.int64]
        if wanted in _COMMON:
            found = self._places[(self._first & np.uint8(_COMMON_BIT << _COMMON.index(wanted))) != 0]
        elif self._present & wanted:
            found = self._seldom_places[(self._seldom & np.uint32(wanted)) != 0]
        else:
            found = np.zeros(0, dtype=np.int64)
        return found

    def followed(self, first: int, *behind: int) -> NDArray[np.int64]:
        """Give the places of characters of a class behind which stand characters of the others, in order."""
        return self.beside(first, dict(enumerate(behind, 1)))

    def preceded(self, wanted: int, before: int, *behind: int) -> NDArray[np.int64]:
        """Give the places of characters of a class that stand behind one of another, and before the others."""
        return self.beside(wanted, {-1: before, **dict(enumerate(behind, 1))})

    def beside(self, wanted: int, others: dict[int, int]) -> NDArray[np.int64]:
        """Give the places of characters of a class that have characters of the others at the given distances."""
        return self.among(self.of(wanted), others)

    def among(self, places: NDArray[np.int64], others: dict[int, int]) -> NDArray[np.int64]:
        """Give those of some ascending places that have characters of these classes at the given distances."""
        for step, bits in others.items():
            if not len(places):
                break
            if places[0] + step < 0 or places[-1] + step >= len(self._points):
                places = places[(places + step >= 0) & (places + step < len(self._points))]
            classes = class_table().take(self._points[places + step], mode="clip")
            places = places[(classes & np.uint32(bits)) != 0]
        return places

    def crowded(self, wanted: int) -> NDArray[np.int64]:
        """Give the places where three of eight characters, the first among them, are of a class."""
        places = self.of(wanted)
        return places[:-2][places[2:] - places[:-2] < 8]

    def blanks(self) -> NDArray[np.int64]:
        """Give the places of all blanks."""
        return np.flatnonzero(self._all == _BLANK_BIT)

    def spaced(self) -> NDArray[np.int64]:
        """Give the blanks behind Chinese characters that stand two by two, if seven in a row may do so.

        Of seven one stands at an eighth place of the batch, counted from the first or from the second on.
        """
        likely = self._two_by_two(self._in_eights((0, 1), _BLANK_BIT))
        if not len(likely):
            return likely
        around = self._all[np.clip(likely[:, None] + np.arange(-6, 7), 0, len(self._all) - 1)] == _BLANK_BIT
        as_spaced = around == (np.arange(13) % 2 == 0)
        if not (as_spaced[:, :7].all(axis=1) | as_spaced[:, 6:].all(axis=1)).any():
            return np.zeros(0, dtype=np.int64)
        return self._two_by_two(self.blanks())

    def _two_by_two(self, blanks: NDArray[np.int64]) -> NDArray[np.int64]:
        last = len(self._points) - 1
        before, behind = self._all[np.maximum(blanks - 2, 0)], self._all[np.minimum(blanks + 2, last)]
        blanks = blanks[((before == _BLANK_BIT) | (behind == _BLANK_BIT)) & (blanks > 0)]
        return self.among(blanks, {-1: HANZI})

    def twos(self) -> NDArray[np.int64]:
        """Give some places where ``GBK_TWO`` stands, two of eight, if half of the eight around are such.

        What is between them is ASCII, as in Big5 read as Latin, or little else.
        """
        places = self._in_eights((0, 5), _TWO_BIT)
        if not len(places):
            return places
        around = np.clip(places[:, None] + np.arange(-3, 5), 0, len(self._all) - 1)
        count = np.count_nonzero(self._all[around] & np.uint8(_TWO_BIT), axis=1)
        half = np.flatnonzero(count >= _CROWD - 1)
        ascii_ = np.count_nonzero(self._points[around[half]] < 0x80, axis=1)
        crowded: NDArray[np.int64] = places[half[(count[half] >= _CROWD) | (count[half] + ascii_ == around.shape[1])]]
        return crowded

    def _in_eights(self, steps: tuple[int, ...], bit: int) -> NDArray[np.int64]:
        """Give the places with one of the lowest bits at some steps into every eight characters."""
        whole = len(self._all) - len(self._all) % 8
        wanted = sum(bit << 8 * step for step in steps)
        eights = np.append(np.flatnonzero((self._all[:whole].view(_EIGHT) & np.uint64(wanted)) != 0) * 8, whole)
        places = (eights[:, None] + np.array(steps)).ravel()
        places = places[places < len(self._all)]
        found: NDArray[np.int64] = places[(self._all[places] & np.uint8(bit)) != 0]
        return found
