"""Single-byte character sets that bytes of Chinese text have been read as, besides Latin-1 and Windows-1252."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.mojibake.charsets import PLANE
from cleancorpus.mojibake.readers import HOLE, STOP, Points, Source, latin_table

# Sets of Apple, DOS, Windows and Unix.  Windows-1254 and Latin-5 are read back with Latin-1; code page 866 is left out,
# for Russian words of three letters are UTF-8 by it.
SINGLE_BYTE_SETS = (
    "mac_roman",
    "cp437",
    "cp850",
    "koi8_r",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1257",
    "iso8859_2",
    "iso8859_15",
)

_CONTINUATION = tuple(range(0x80, 0xC0))
_NO_BREAK_SPACE = 0xA0


@lru_cache(maxsize=len(SINGLE_BYTE_SETS))
def byte_table(name: str) -> NDArray[np.int16]:
    """Give the byte of each character of a single-byte set, -1 for any other, ``int16[65536]``.

    A byte that the set leaves open is also the control character of its number, as browsers read it.
    """
    table = np.full(PLANE, -1, dtype=np.int16)
    table[:0x80] = np.arange(0x80)
    for byte in range(0x80, 0x100):
        text = bytes([byte]).decode(name, "ignore")
        table[ord(text) if text else byte] = byte
    return table


@lru_cache(maxsize=len(SINGLE_BYTE_SETS))
def _open_bytes(name: str) -> tuple[int, ...]:
    return tuple(byte for byte in _CONTINUATION if not bytes([byte]).decode(name, "ignore"))


def single_source(points: Points, name: str) -> Source:
    """Give the bytes of a text that was read as a single-byte set."""
    found = byte_table(name)[np.minimum(points, PLANE - 1)]
    found = np.where(points == 0xFFFD, HOLE, found)
    data = np.where((found < 0) | (points >= PLANE), STOP, found).astype(np.uint8)
    blank = int(byte_table(name)[_NO_BREAK_SPACE])
    return Source(
        data,
        np.arange(len(points), dtype=np.int64),
        lost=_open_bytes(name) or _CONTINUATION,
        blank=blank if blank in _CONTINUATION else 0,
    )


def sequence_parts() -> tuple[list[int], list[int]]:
    """Give the characters that the first and the further bytes of three in UTF-8 are read as, by any of the sets."""
    tables = [byte_table(name) for name in SINGLE_BYTE_SETS]
    first = np.any([(table >= 0xE2) & (table <= 0xEF) for table in tables], axis=0)
    further = np.any([(table >= 0x80) & (table <= 0xBF) for table in tables], axis=0)
    return np.flatnonzero(first).tolist(), np.flatnonzero(further).tolist()


def sets_with_sequences(text: Points, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say by which sets the three characters at places are three bytes of UTF-8, ``bool[places, sets]``.

    What Latin-1 and Windows-1252 read as the same bytes tells nothing of these sets.
    """
    result = np.zeros((len(places), len(SINGLE_BYTE_SETS)), dtype=bool)
    if not len(places):
        return result
    stand = np.minimum(text[places[:, None] + np.arange(3)], PLANE - 1)
    as_latin = latin_table()[stand]
    for column, name in enumerate(SINGLE_BYTE_SETS):
        read = byte_table(name)[stand]
        whole = (read[:, 0] >= 0xE2) & (read[:, 0] <= 0xEF) & ((read[:, 1:] & 0xC0) == 0x80).all(axis=1)
        result[:, column] = whole & (read[:, 1:] >= 0).all(axis=1) & (read != as_latin).any(axis=1)
    return result
