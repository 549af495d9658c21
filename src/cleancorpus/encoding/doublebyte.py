"""Vectorised decoding of GB 18030, Big5 and EUC-TW that reads on past every broken byte.

CPython's codecs are faster on sound text and are used there; these are for damaged text, because they
also say at which byte each character begins.  In all three encodings a run of bytes from 80 up is read
in pairs from its first byte, and its last byte may take an ASCII byte along, so that the byte boundaries
of the whole buffer follow from the parity of each position in its run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import tables
from cleancorpus.text import Codepoints, Positions, encode_codepoints

REPLACEMENT = 0xFFFD
_EUC_SINGLE_SHIFT = 0x8E

Flagged = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Decoded:
    """Characters with the places that they come from.

    ``codepoints`` (``uint32[N]``), ``starts`` (``int64[N]``, byte offsets, ascending) and ``bad``
    (``bool[N]``, true where the bytes are undecodable and U+FFFD stands for them).
    """

    codepoints: Codepoints
    starts: Positions
    bad: Flagged

    def __len__(self) -> int:
        return len(self.codepoints)


def decode(data: bytes, encoding: str, left_out: Sequence[int] = ()) -> Decoded:
    """Decode ``gb18030``, ``big5`` or ``euc-tw``, with U+FFFD for each byte that is part of no code.

    ``left_out`` are places of bytes at even places of runs of bytes from 80 up that are taken for undecodable.
    """
    raw = np.frombuffer(data, dtype=np.uint8)
    padded = np.concatenate([raw, np.zeros(4, dtype=np.uint8)])
    lead = _leads(raw, left_out)
    if encoding == "gb18030":
        length, codepoints = _read_gb18030(padded, lead)
    elif encoding == "big5":
        length, codepoints = _read_pairs(padded, lead, tables.big5_table())
    else:
        length, codepoints = _read_euc_tw(padded, lead)
    return _collect(raw, length, codepoints)


def _leads(raw: Bytes, left_out: Sequence[int]) -> Flagged:
    """Say of each byte whether it stands at an even place in its run of bytes from 80 up, or of what is left of it."""
    high = raw >= 0x80
    for place in left_out:
        high[place] = False
    places = np.arange(len(raw), dtype=np.int32)
    heads = high & ~np.concatenate([[False], high[:-1]])
    head = np.maximum.accumulate(np.where(heads, places, np.int32(0)))
    lead: Flagged = high & (((places - head) & 1) == 0)
    return lead


def _read_pairs(padded: Bytes, lead: Flagged, table: tables.CodeTable) -> tuple[NDArray[np.uint8], Codepoints]:
    """Read two-byte codes: for each byte the length of the code that begins there (0: none) and its character."""
    places = np.flatnonzero(lead)
    codes = padded[places].astype(np.uint16) << 8 | padded[places + 1]
    found = table[codes]
    good = found != tables.UNASSIGNED
    length = np.zeros(len(lead), dtype=np.uint8)
    codepoints = np.zeros(len(lead), dtype=np.uint32)
    length[places[good]] = 2
    codepoints[places] = found
    return length, codepoints


def _read_gb18030(padded: Bytes, lead: Flagged) -> tuple[NDArray[np.uint8], Codepoints]:
    length, codepoints = _read_pairs(padded, lead, tables.gb18030_table())
    digit = (padded >= 0x30) & (padded <= 0x39)
    quads = np.flatnonzero(lead & digit[1:-3] & digit[3:-1] & (padded[2:-2] >= 0x81) & (padded[2:-2] <= 0xFE))
    for place in _every_other(quads).tolist():
        character = gb18030_quad(padded[place : place + 4].tobytes())
        if character is not None:
            length[place] = 4
            codepoints[place] = character
            length[place + 2] = 0
    # The Encoding Standard reads a lone 80 as the euro sign, as code page 936 does.
    euros = np.flatnonzero(lead & (padded[: len(lead)] == 0x80) & (length == 0))
    length[euros] = 1
    codepoints[euros] = 0x20AC
    return length, codepoints


def _every_other(places: Positions) -> Positions:
    """Keep the first, third … of the places that follow each other at a distance of two."""
    if len(places) < 2:
        return places
    chained = np.concatenate([[False], np.diff(places) == 2])
    index = np.arange(len(places))
    head = np.maximum.accumulate(np.where(chained, 0, index))
    kept: Positions = places[((index - head) & 1) == 0]
    return kept


@cache
def _gb18030_quad(code: bytes) -> int | None:
    try:
        return ord(code.decode("gb18030"))
    except UnicodeDecodeError:
        return None


def gb18030_quad(code: bytes) -> int | None:
    """Give the code point of a four-byte code, or ``None`` where none is assigned."""
    return _gb18030_quad(code)


def _read_euc_tw(padded: Bytes, lead: Flagged) -> tuple[NDArray[np.uint8], Codepoints]:
    planes = tables.euc_tw_planes()
    length, codepoints = _read_pairs(padded, lead, planes[0])
    plane = padded[1:-3].astype(np.int32) - 0xA1
    shifts = np.flatnonzero(lead & (padded[: len(lead)] == _EUC_SINGLE_SHIFT) & (plane >= 0) & (plane < 16))
    codes = padded[shifts + 2].astype(np.uint16) << 8 | padded[shifts + 3]
    found = planes[plane[shifts], codes]
    good = found != tables.UNASSIGNED
    shifts = shifts[good]
    length[shifts] = 4
    codepoints[shifts] = found[good]
    length[shifts + 2] = 0
    return length, codepoints


def _collect(raw: Bytes, length: NDArray[np.uint8], codepoints: Codepoints) -> Decoded:
    """Drop the bytes that belong to the code before them, and mark those that belong to none."""
    inside = np.zeros(len(raw) + 4, dtype=bool)
    for size in (2, 4):
        places = np.flatnonzero(length == size)
        for behind in range(1, size):
            inside[places + behind] = True
    starts = np.flatnonzero(~inside[: len(raw)])
    values = np.where(raw < 0x80, raw.astype(np.uint32), codepoints)[starts]
    bad = (raw[starts] >= 0x80) & (length[starts] == 0)
    values[bad] = REPLACEMENT
    pairs = np.flatnonzero(values >= tables.FIRST_PAIR)
    return _expand(values, starts, bad, pairs) if len(pairs) else Decoded(values, starts, bad)


def _expand(values: Codepoints, starts: Positions, bad: Flagged, pairs: Positions) -> Decoded:
    """Write the codes that stand for two code points as two, the second at the second byte."""
    repeats = np.ones(len(values), dtype=np.int64)
    repeats[pairs] = 2
    values, starts, bad = np.repeat(values, repeats), np.repeat(starts, repeats), np.repeat(bad, repeats)
    first = pairs + np.arange(len(pairs))
    sequences = np.array([[ord(part) for part in pair] for pair in tables.PAIRS], dtype=np.uint32)
    chosen = sequences[values[first] - tables.FIRST_PAIR]
    values[first], values[first + 1] = chosen[:, 0], chosen[:, 1]
    starts[first + 1] += 1
    return Decoded(values, starts, bad)


def canonical(decoded: Decoded, data: bytes, encoding: str) -> Flagged:
    """Say of each character of a reading whether ``encode`` would write the bytes that it was read from."""
    padded = np.frombuffer(data + bytes(4), dtype=np.uint8)
    first, second = padded[decoded.starts].astype(np.uint32), padded[decoded.starts + 1].astype(np.uint32)
    plain = decoded.codepoints < 0x80
    if encoding == "gb18030":
        known: Flagged = plain | (first != 0x80)
        return known
    shifted = (first == _EUC_SINGLE_SHIFT) & (encoding == "euc-tw")
    third, fourth = padded[decoded.starts + 2].astype(np.uint32), padded[decoded.starts + 3].astype(np.uint32)
    code = np.where(shifted, (second - 0xA1) << 16 | third << 8 | fourth, first << 8 | second)
    written = tables.reverse(encoding).take(decoded.codepoints, mode="clip")
    same: Flagged = plain | ((code == written) & (shifted == (written >> 16 > 0)))
    return same


def encode(text: str, encoding: str) -> bytes | None:
    """Encode ``big5`` or ``euc-tw``; ``None`` where a character has no code."""
    codepoints = encode_codepoints(text)
    if len(codepoints) and int(codepoints.max()) >= 0x30000:
        return None
    codes = tables.reverse(encoding)[codepoints]
    single = codepoints < 0x80
    if bool(((codes == 0) & ~single).any()):
        return None
    plane = codes >> 16
    cells = np.zeros((len(codes), 4), dtype=np.uint8)
    cells[:, 0] = _EUC_SINGLE_SHIFT
    cells[:, 1] = 0xA1 + plane
    cells[:, 2] = codes >> 8 & 0xFF
    cells[:, 3] = np.where(single, codepoints, codes & 0xFF)
    kept = np.ones_like(cells, dtype=bool)
    kept[:, :2] = (plane > 0)[:, np.newaxis]
    kept[:, 2] = ~single
    data: bytes = cells[kept].tobytes()
    return data
