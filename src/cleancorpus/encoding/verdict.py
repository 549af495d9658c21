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
from cleancorpus.encoding.resync import BAD_BYTE
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
_SPOT_BYTES = 4 * _SHORT  # four bytes is the longest code
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
    excess = np.zeros(len(codepoints) + -len(codepoints) % (_SHORT * _BLOCK), dtype=np.float32)
    _excess().take(codepoints, mode="clip", out=excess[: len(codepoints)])
    # A matrix product adds them up in less time than a reduction.
    shorts = excess.reshape(-1, _SHORT) @ np.ones(_SHORT, dtype=np.float32)
    blocks = shorts.reshape(-1, _BLOCK) @ np.ones(_BLOCK, dtype=np.float32)
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
    done = 0
    for place in places.tolist():
        if place + _SHORT * _BLOCK < done:
            continue
        start = max(0, data.rfind(b"\n", 0, place) + 1, place - _REACH)
        done = place + _REACH
        if _reads_better(data[start:done], encoding):
            return True
    return False


def _reads_better(patch: bytes, encoding: str) -> bool:
    """Say whether a part reads so much better in another encoding that the change would pay."""
    limit = _bits(patch, encoding) - CHANGE_BITS
    other = "big5" if encoding == "gb18030" else "gb18030"
    # Most often the undecodable bytes alone are too many for UTF-8: they are counted in a tenth of the time.
    broken = patch.decode("utf-8", "replace").count("\ufffd")
    return (broken * BAD_BYTE < limit and _bits(patch, "utf-8") < limit) or _bits(patch, other) < limit


def _bits(patch: bytes, encoding: str) -> float:
    return float(evidence.reading_bits(codec.read(patch, encoding), encoding).sum())


def _is_out_of_step(data: bytes, places: Positions, encoding: str) -> bool:
    """Say whether a run with a spot reads better with a byte left out, or there are too many to ask."""
    if len(places) > _MANY:
        return True
    raw = np.frombuffer(data, dtype=np.uint8)
    low = np.concatenate([[-1], np.flatnonzero(raw < 0x80), [len(raw)]])
    first = np.searchsorted(low, places) - 1
    last = np.searchsorted(low, places + _SPOT_BYTES)
    done = 0
    for begin, end in zip(first.tolist(), last.tolist(), strict=True):
        for gap in range(max(begin, done), min(end, len(low) - 1)):
            start, stop = int(low[gap]) + 1, int(low[gap + 1])
            if stop - start > 2 and resync.is_out_of_step(raw[start : stop + 1], evidence.pair_bits(encoding)):
                return True
        done = max(done, end)
    return False
