"""The Unicode transformation formats, read on past every broken unit: UTF-8, UTF-16 and UTF-32."""

from __future__ import annotations

import numpy as np

from cleancorpus.encoding.doublebyte import REPLACEMENT, Decoded, Flagged
from cleancorpus.text import Codepoints, Positions, encode_codepoints

_FIRST_ESCAPE, _LAST_ESCAPE = 0xDC80, 0xDCFF  # where the `surrogateescape` handler puts bytes 80 to FF
_FIRST_TRAIL_ESCAPE, _LAST_TRAIL_ESCAPE = 0xDC80, 0xDCBF


def decode_utf8(data: bytes) -> Decoded:
    """Decode UTF-8 with one U+FFFD for each maximal ill-formed piece (Unicode 15, section 3.9, U+FFFD practice)."""
    codepoints = encode_codepoints(data.decode("utf-8", "surrogateescape")).copy()
    bad = (codepoints >= _FIRST_ESCAPE) & (codepoints <= _LAST_ESCAPE)
    length = 1 + (codepoints >= 0x80).astype(np.int64) + (codepoints >= 0x800) + (codepoints >= 0x10000)
    length[bad] = 1
    starts = np.cumsum(length) - length
    kept = np.ones(len(codepoints), dtype=bool)
    trails = bad & (codepoints <= _LAST_TRAIL_ESCAPE)
    # A lead byte with continuation bytes that fit it is one piece, of two or three bytes.
    for behind in (1, 2):
        joined = np.flatnonzero(trails[behind:]) + behind
        for place in joined.tolist():
            piece = bytes((codepoints[place - behind : place + 1] & 0xFF).tolist())
            kept[place] &= not (bad[place - behind] and _begins_character(piece))
    codepoints[bad] = REPLACEMENT
    return Decoded(codepoints[kept], starts[kept], bad[kept])


def _begins_character(piece: bytes) -> bool:
    """Say whether more bytes would make the piece one character of UTF-8."""
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start == 0 and error.end == len(piece) and "end of data" in error.reason
    return False


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
