"""From damaged text back to bytes: what each wrong reader must have been given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.mojibake.charsets import PLANE, DoubleByte

Points = NDArray[np.uint32]
Bytes = NDArray[np.uint8]

HOLE = 0x1A  # stands for a byte that the reader could not read: SUBSTITUTE
STOP = 0x00  # stands for a character that this reader cannot have written
_EURO = 0x20AC
_CP1252_OPEN = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # bytes that Windows-1252 does not define


@dataclass(frozen=True)
class Source:
    """The bytes behind a text: ``data`` (``uint8[K]``), and for each the character it came from (``owner``).

    ``lost`` are the bytes that a reader of single bytes may have lost, ``blank`` is the one that it read as the
    no-break space, which pages make a blank, or 0 where UTF-8 does not go on with it.
    """

    data: Bytes
    owner: NDArray[np.int64]
    lost: tuple[int, ...] = ()
    blank: int = 0


@lru_cache(maxsize=1)
def latin_table() -> NDArray[np.int16]:
    """Give the byte of each character of Latin-1 and of Windows-1252, -1 for any other, ``int16[65536]``.

    The two differ only at 80 to 9F, where Latin-1 has control characters, so one table serves both, and Latin-5 and
    Windows-1254 with them, which have six Turkish letters in place of Icelandic ones.
    """
    table = np.full(PLANE, -1, dtype=np.int16)
    table[:256] = np.arange(256)
    for byte in range(0x80, 0xA0):
        text = bytes([byte]).decode("cp1252", "ignore")
        if text:
            table[ord(text)] = byte
    for letter in "ĞİŞğış":
        table[ord(letter)] = letter.encode("iso8859-9")[0]
    return table


def latin_source(points: Points) -> Source:
    """Give the bytes of a text that was read as Latin-1 or Windows-1252."""
    inside = points < PLANE
    found = np.where(inside, latin_table()[np.where(inside, points, 0)], -1)
    found = np.where(points == 0xFFFD, HOLE, found)
    data = np.where(found < 0, STOP, found).astype(np.uint8)
    return Source(data, np.arange(len(points), dtype=np.int64), lost=_CP1252_OPEN, blank=0xA0)


def double_source(points: Points, charset: DoubleByte) -> Source:
    """Give the bytes of a text that was read as a double-byte set.

    Readers of GBK make the euro sign of byte 80 and of the pair A2E3; it is taken for the pair where UTF-8 needs
    one byte to end a character and one to begin the next, a mark, kana or Bopomofo (E3 80 to E3 84).
    """
    source = _double_source(points, charset, np.zeros(0, dtype=np.int64))
    if charset.name != "gbk" or not bool((points == _EURO).any()):
        return source
    euro = np.flatnonzero((source.data == 0x80) & (points[source.owner] == _EURO))
    euro = euro[(euro >= 2) & (euro + 1 < len(source.data))]
    data = source.data
    ends = (
        ((data[euro - 2] & 0xF0) == 0xE0)
        & ((data[euro - 1] & 0xC0) == 0x80)
        & ((data[euro + 1] >= 0x80) & (data[euro + 1] <= 0x84) | (data[euro + 1] == HOLE))
    )
    pairs = source.owner[euro[ends]]
    return _double_source(points, charset, pairs) if len(pairs) else source


# Big5 has these twice, at A451 and A4CA as characters and at A2CC and A2CE as numbers; a line that was read out of step
# may have either: the latter hold the end of GBK's 、.
_TWICE = tuple(map(ord, "十卅"))


def big5_line_source(points: Points, charset: DoubleByte) -> Source:
    """Give the bytes of a line that a reader of Big5 read out of step, with holes where a character has two pairs."""
    source = double_source(points, charset)
    twice = np.isin(points[source.owner], _TWICE)
    return Source(np.where(twice, np.uint8(HOLE), source.data), source.owner)


def _double_source(points: Points, charset: DoubleByte, euro_pairs: NDArray[np.int64]) -> Source:
    codes = charset.codes(points)
    single = np.where(points < 0x80, points, np.where(points == 0xFFFD, HOLE, STOP)).astype(np.uint8)
    if charset.name == "gbk":
        # Code page 936 reads byte 80 as the euro sign; GB 18030 puts that at A2E3.
        euro = points == _EURO
        euro[euro_pairs] = False
        codes = np.where(euro, 0, codes)
        single = np.where(euro, 0x80, single).astype(np.uint8)
    width = 1 + (codes > 0)
    owner = np.repeat(np.arange(len(points), dtype=np.int64), width)
    first = np.cumsum(width) - width
    data = np.empty(len(owner), dtype=np.uint8)
    data[first] = np.where(codes > 0, codes >> 8, single)
    two = codes > 0
    data[first[two] + 1] = codes[two] & 0xFF
    return Source(data, owner)
