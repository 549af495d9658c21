"""The Unicode transformation formats, read on past every broken unit: UTF-8, UTF-16 and UTF-32."""

from __future__ import annotations

import numpy as np

from cleancorpus.encoding.doublebyte import REPLACEMENT, Decoded, Flagged
from cleancorpus.text import Codepoints, Positions, encode_codepoints

_FIRST_ESCAPE, _LAST_ESCAPE = 0xDC80, 0xDCFF  # where the `surrogateescape` handler puts bytes 80 to FF
_LAST_TRAIL_ESCAPE = 0xDCBF


def decode_utf8(data: bytes) -> Decoded:
    """Decode UTF-8 with one U+FFFD for each maximal ill-formed piece (Unicode 15, section 3.9, U+FFFD practice)."""
    codepoints = encode_codepoints(data.decode("utf-8", "surrogateescape")).copy()
    bad = (codepoints >= _FIRST_ESCAPE) & (codepoints <= _LAST_ESCAPE)
    length = 1 + (codepoints >= 0x80).astype(np.int64) + (codepoints >= 0x800) + (codepoints >= 0x10000)
    length[bad] = 1
    starts = np.cumsum(length) - length
    kept = ~_continues(codepoints, bad)
    codepoints[bad] = REPLACEMENT
    return Decoded(codepoints[kept], starts[kept], bad[kept])


def _continues(codepoints: Codepoints, bad: Flagged) -> Flagged:
    """Mark the escaped bytes that go on with the lead byte before them, as table 3-7 of Unicode 15 has it."""
    follows = np.zeros(len(codepoints), dtype=bool)
    leads = np.flatnonzero(bad[:-1] & bad[1:] & (codepoints[:-1] >= 0xDCE0) & (codepoints[:-1] <= 0xDCF4))
    lead, second = codepoints[leads] & 0xFF, codepoints[leads + 1] & 0xFF
    lowest = np.select([lead == 0xE0, lead == 0xF0], [0xA0, 0x90], 0x80)
    highest = np.select([lead == 0xED, lead == 0xF4], [0x9F, 0x8F], 0xBF)
    leads = leads[(second >= lowest) & (second <= highest)]
    follows[leads + 1] = True
    long = leads[(codepoints[leads] >= 0xDCF0) & (leads + 2 < len(codepoints))]
    third = long + 2
    follows[third[bad[third] & (codepoints[third] <= _LAST_TRAIL_ESCAPE)]] = True
    return follows


def decode_utf16(data: bytes, byteorder: str) -> Decoded:
    """Decode UTF-16 (``byteorder`` ``le`` or ``be``) with U+FFFD for unpaired surrogates and an odd last byte."""
    units, starts, torn = _units(data, 2, byteorder)
    high = (units >= 0xD800) & (units < 0xDC00)
    low = (units >= 0xDC00) & (units < 0xE000)
    following = np.zeros_like(units)
    following[:-1] = units[1:]
    first = high & (following >= 0xDC00) & (following < 0xE000)
    second = np.zeros_like(first)
    second[1:] = first[:-1]
    codepoints = np.where(first, 0x10000 + ((units & 0x3FF) << 10) + (following & 0x3FF), units)
    bad = torn | (high & ~first) | (low & ~second)
    codepoints[bad] = REPLACEMENT
    return Decoded(codepoints[~second], starts[~second], bad[~second])


def decode_utf32(data: bytes, byteorder: str) -> Decoded:
    """Decode UTF-32 (``byteorder`` ``le`` or ``be``) with U+FFFD for what is no code point."""
    codepoints, starts, torn = _units(data, 4, byteorder)
    bad = torn | (codepoints > 0x10FFFF) | ((codepoints >= 0xD800) & (codepoints < 0xE000))
    codepoints[bad] = REPLACEMENT
    return Decoded(codepoints, starts, bad)


def _units(data: bytes, width: int, byteorder: str) -> tuple[Codepoints, Positions, Flagged]:
    """Cut bytes into units, with their offsets; the last is torn where the bytes do not fill it."""
    count = -(-len(data) // width)
    kind = np.dtype(f"{'<' if byteorder == 'le' else '>'}u{width}")
    units = np.frombuffer(data.ljust(count * width, b"\0"), dtype=kind).astype(np.uint32)
    torn = np.zeros(count, dtype=bool)
    torn[len(data) // width :] = True
    return units, np.arange(count, dtype=np.int64) * width, torn
