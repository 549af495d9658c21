"""How well bytes read in each encoding: the length, in bits, of what they would say.

A reading is charged for each character what the language model finds it surprising by, given the one before,
and a flat sum for each undecodable byte.  The encoding that makes the bytes cheapest explains them best
(minimum description length); the margin over the next one, in bits, is the strength of the evidence.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import codec, doublebyte, resync, tables
from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.encoding.resync import BAD_BYTE
from cleancorpus.language import load_model
from cleancorpus.text import Codepoints, encode_codepoints

_CONTROL_BITS = 12.0
_TEXT_CONTROLS = (0x09, 0x0A, 0x0C, 0x0D, 0x1B)
_UNIT = {"utf-16": 2, "utf-32": 4}
_FOREIGN = ("shift_jis", "euc-jp", "euc-kr")
# First and last code point, and bits.
_JAPANESE = (
    (0x3041, 0x3096, 6.5),
    (0x30A0, 0x30FF, 7.5),
    (0x3000, 0x3002, 6.0),
    (0xFF61, 0xFF9F, 9.0),
    (0xFF01, 0xFF5E, 9.0),
)
_KOREAN = ((0xAC00, 0xD7A3, 10.5), (0x3000, 0x303F, 9.0), (0xFF01, 0xFF5E, 9.0))
_TABLE_SIZE = 0x30000  # the planes with Chinese characters; code points behind them count as the last


@cache
def character_bits() -> NDArray[np.float32]:
    """Give how surprising each code point is by itself, in bits: ``float32[0x30000]``."""
    bits = -load_model().score_alone(np.arange(_TABLE_SIZE, dtype=np.uint32))
    bits.flags.writeable = False
    return bits


@cache
def pair_bits(encoding: str) -> NDArray[np.float32]:
    """Give how surprising each two-byte code of a double-byte encoding is, in bits: ``float32[65536]``."""
    if encoding == "gb18030":
        table = tables.gb18030_table()
    else:
        table = tables.big5_table() if encoding == "big5" else tables.euc_tw_planes()[0]
    bits = character_bits().take(table, mode="clip")
    bits[table == tables.UNASSIGNED] = 2 * BAD_BYTE
    if encoding == "euc-tw":
        # A single shift says that the next pair is of another plane; that pair is charged by itself.
        bits[0x8EA1:0x8EB1] = 0
    bits.flags.writeable = False
    return bits


def read(data: bytes, encoding: str) -> Decoded:
    """Decode any bytes like ``codec.read``, but get back in step where a byte of a pair was lost or added."""
    if encoding not in codec.DOUBLE_BYTE:
        return codec.read(data, encoding)
    starts = resync.run_starts(np.frombuffer(data, dtype=np.uint8), pair_bits(encoding))
    return doublebyte.decode(data, encoding, starts)


def reading_bits(decoded: Decoded, encoding: str) -> NDArray[np.float32]:
    """Give what each character of a reading costs, ``float32[N]``; ASCII reads the same everywhere and is free."""
    codepoints = decoded.codepoints
    if encoding in _FOREIGN:
        bits = _foreign_bits(codepoints, encoding)
    else:
        bits = -load_model().score(codepoints)
        if encoding == "utf-8":
            bits = np.minimum(bits, _utf8_bits(codepoints))
    bits[codepoints < 0x80] = 0
    bits[(codepoints < 0x20) & ~np.isin(codepoints, _TEXT_CONTROLS)] = _CONTROL_BITS
    bits[decoded.bad] = BAD_BYTE * _UNIT.get(encoding[:6], 1)
    return bits


def _utf8_bits(codepoints: Codepoints) -> NDArray[np.float32]:
    """Give what well-formed sequences cost in any language: few byte strings have that form by chance."""
    return np.where(codepoints < 0x800, np.float32(6), np.float32(11))


def _foreign_bits(codepoints: Codepoints, encoding: str) -> NDArray[np.float32]:
    """Give what the characters cost in Japanese or Korean, by the blocks that they are of.

    Kana are some 170 and take half of a text, the hangul of KS X 1001 are 2,350, the kanji of JIS level 1 are
    2,965 and those of level 2 are rare: their shares, evenly divided.
    """
    bits = np.full(len(codepoints), 17, dtype=np.float32)
    for first, last, cost in _JAPANESE if encoding != "euc-kr" else _KOREAN:
        bits[(codepoints >= first) & (codepoints <= last)] = cost
    if encoding != "euc-kr":
        bits[_is_level_one(codepoints)] = 11.5
    return bits


@cache
def _level_one_kanji() -> NDArray[np.bool_]:
    """Mark the kanji of JIS X 0208 level 1, rows 16 to 47."""
    codes = [bytes([row, cell]) for row in range(0xB0, 0xD0) for cell in range(0xA1, 0xFF)]
    marks = np.zeros(_TABLE_SIZE, dtype=bool)
    marks[encode_codepoints(b"".join(codes).decode("euc_jp", "ignore"))] = True
    return marks


def _is_level_one(codepoints: Codepoints) -> NDArray[np.bool_]:
    return _level_one_kanji().take(codepoints, mode="clip")


def single_byte_bits(data: bytes) -> float:
    """Give the cost of the bytes from 80 up as letters of some unknown alphabet.

    An adaptive code (Krichevsky and Trofimov 1981) over 128 symbols: an alphabet of thirty letters costs five
    bits each, the evenly spread bytes of a double-byte encoding nearly seven.
    """
    counts = np.bincount(np.frombuffer(data, dtype=np.uint8), minlength=256)
    controls = int(counts[:0x20].sum() - counts[list(_TEXT_CONTROLS)].sum())
    total = int(counts[128:].sum())
    seen = counts[128:][counts[128:] > 0].tolist()
    nats = math.lgamma(total + 64) - math.lgamma(64)
    nats -= sum(math.lgamma(count + 0.5) - math.lgamma(0.5) for count in seen)
    return nats / math.log(2) + _CONTROL_BITS * controls
