"""A quick verdict on text that one encoding reads without an error: is it Chinese, all through?

Most pages are, and need no other encoding to be weighed.  One table says how much rarer each character is
than those of ordinary text; sums of it over the whole, over four characters and over blocks of sixty-four take a
few array passes.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import codec, evidence, resync, tables
from cleancorpus.encoding.segmentation import CHANGE_BITS
from cleancorpus.text import Codepoints, Positions, encode_codepoints

# Chinese read right costs some ten bits a character by itself, read in the wrong encoding some sixteen
# (measured: benchmarks/encoding_calibration.py).
_PLAIN_BITS = 12.5
_SHORT, _BLOCK = 4, 16  # characters that are judged together, and how many such make a block
_BAD_BLOCK = 40.0  # bits above the plain ones at which a block is looked into
_SPOT = 22.0  # bits above the plain ones at which four characters in a row are looked into
_SURE = -120.0  # bits below, over a whole text, at which no other encoding is weighed
_RARE_HEAD = 2.0  # bits above the plain ones at which a first character may be half of one
# An ASCII letter near the head may be the second half of a code whose first half was taken for another's second.
_LETTER = re.compile(r"[@-~]")
_REACH = 256  # bytes around a block that are read in other encodings
_MANY = 16  # places to look into; with more the text is read anew as a whole


class Verdict(Enum):
    """What a text is that one encoding reads without an error."""

    PLAIN = "Chinese all through"
    SPOTTED = "Chinese, but a byte may have been lost or added somewhere"
    PATCHY = "Chinese, but for a part that may be in another encoding"
    UNCLEAR = "not clearly Chinese"


@cache
def _excess() -> NDArray[np.float32]:
    """Give by how many bits each code point is above what Chinese costs, ``float32[0x30000]``; ASCII is 0."""
    excess = evidence.character_bits() - np.float32(_PLAIN_BITS)
    excess[:0x80] = 0
    excess[0:0x20] = 100
    excess[[0x09, 0x0A, 0x0C, 0x0D]] = 0
    excess.flags.writeable = False
    return excess


def judge(data: bytes, text: str, encoding: str) -> Verdict:
    """Judge the text of ``data``, strictly decoded from ``gb18030`` or ``big5``, by how rare its characters are."""
    codepoints = encode_codepoints(text)
    excess = _excess().take(codepoints, mode="clip")
    shorts = _sums(excess, _SHORT)
    blocks = _sums(shorts, _BLOCK)
    if blocks.sum() >= _SURE:
        return Verdict.UNCLEAR
    if blocks.max() >= _BAD_BLOCK:
        bad = np.flatnonzero(blocks >= _BAD_BLOCK) * (_SHORT * _BLOCK)
        if _is_patchy(data, _byte_places(codepoints, bad, encoding), encoding):
            return Verdict.PATCHY
    if (excess[0] > _RARE_HEAD or (excess[0] and _LETTER.search(text, 1, 6))) and evidence.is_torn(data, encoding):
        return Verdict.SPOTTED
    if shorts.max() >= _SPOT:
        spots = np.flatnonzero(shorts >= _SPOT) * _SHORT
        if _is_out_of_step(data, _byte_places(codepoints, spots, encoding), encoding):
            return Verdict.SPOTTED
    return Verdict.PLAIN


def _sums(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Add up each ``size`` values in a row; a matrix product does it in less time than a reduction."""
    short = -len(values) % size
    if short:
        values = np.concatenate([values, np.zeros(short, dtype=np.float32)])
    sums: NDArray[np.float32] = values.reshape(-1, size) @ np.ones(size, dtype=np.float32)
    return sums


def _byte_places(codepoints: Codepoints, positions: Positions, encoding: str) -> Positions:
    """Give the byte at which each character of a strictly decoded text begins."""
    if encoding == "gb18030":
        length = tables.gb18030_lengths().take(codepoints, mode="clip")
    else:
        length = 1 + (codepoints >= 0x80).astype(np.uint8)  # but for the four pairs: a few bytes do not matter
    return (np.cumsum(length, dtype=np.int64) - length)[positions]


def _is_patchy(data: bytes, places: Positions, encoding: str) -> bool:
    """Say whether a block reads better in another encoding, or there are too many to ask one by one."""
    if len(places) > _MANY:
        return True
    for place in places.tolist():
        start = max(0, data.rfind(b"\n", 0, place) + 1, place - _REACH)
        patch = data[start : place + _REACH]
        costs = {
            name: float(evidence.reading_bits(codec.read(patch, name), name).sum())
            for name in ("utf-8", "gb18030", "big5")
        }
        if costs[encoding] > min(costs.values()) + CHANGE_BITS:
            return True
    return False


def _is_out_of_step(data: bytes, places: Positions, encoding: str) -> bool:
    """Say whether a line with a spot reads better with a byte left out, or there are too many to ask."""
    if len(places) > _MANY:
        return True
    raw = np.frombuffer(data, dtype=np.uint8)
    done = 0
    for place in places.tolist():
        if place >= done:
            start = data.rfind(b"\n", 0, place) + 1
            done = data.find(b"\n", place) + 1 or len(data)
            if resync.is_out_of_step(raw[start:done], evidence.pair_bits(encoding)):
                return True
    return False
