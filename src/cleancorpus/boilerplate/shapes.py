"""The shape of a line: what stays the same when the figures and names in it change."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Positions, TextBatch, encode_codepoints, flat_ranges

Keys = NDArray[np.uint64]

_FACTOR = 0x9E3779B97F4A7C15
# A name behind a label: two to four characters up to the end of the value.
_NAMED = re.compile(r"(?<=[:：])\s*[一-鿿]{2,4}(?:·[一-鿿]{1,6})?(?=[\s/、|,;)】\]]|$)")
_LONGEST_LABELLED = 60
_NAME = "N"


def line_keys(folded: TextBatch, first: Positions, last: Positions) -> Keys:
    """Give a 64-bit key for the shape of each line ``[first, last)`` of a folded batch, ``uint64[L]``.

    Blanks do not count, a run of figures counts as one figure, and a name behind a label as one name.
    Lines of one shape have one key.
    """
    points = folded.codepoints
    keys = shape_keys(points, first, last)
    for line in _labelled(points, first, last).tolist():
        shape = encode_codepoints(shape_of(folded.substring(int(first[line]), int(last[line]))))
        keys[line] = shape_keys(shape, np.zeros(1, np.int64), np.array([len(shape)], np.int64))[0]
    return keys


def shape_of(line: str) -> str:
    """Give the shape of a folded line as a text that has that shape itself."""
    named = _NAMED.sub(_NAME, line) if len(line) <= _LONGEST_LABELLED else line
    return re.sub(r"\d+", "0", re.sub(r"\s+", "", named))


def host_key(host: str | None) -> np.uint64:
    """Give the key of a host's name; None is the key of all hosts together."""
    if host is None:
        return np.uint64(0)
    return np.uint64(int.from_bytes(hashlib.blake2b(host.encode(), digest_size=8).digest(), "little"))


def joined_keys(shape: Keys, host: Keys | np.uint64) -> Keys:
    """Give keys for shapes on hosts."""
    with np.errstate(over="ignore"):
        mixed = (shape ^ host) * np.uint64(_FACTOR)
        return np.asarray(mixed ^ (mixed >> np.uint64(29)))


def _labelled(points: Codepoints, first: Positions, last: Positions) -> Positions:
    """Give the short lines that hold a colon."""
    colons: Positions = np.flatnonzero(points == ord(":"))
    held = np.searchsorted(colons, last) > np.searchsorted(colons, first)
    return np.flatnonzero(held & (last - first <= _LONGEST_LABELLED))


def shape_keys(points: Codepoints, first: Positions, last: Positions) -> Keys:
    """Give the keys of lines from which the names have been left out already, ``uint64[L]``.

    The characters that count are hashed as a polynomial over their places among them.
    """
    size = last - first
    keys = np.zeros(len(first), dtype=np.uint64)
    rows: Positions = np.flatnonzero(size > 0)
    if not len(rows):
        return keys
    place = flat_ranges(first[rows], size[rows])
    letters = points[place]
    digit = (letters >= 0x30) & (letters <= 0x39)
    counts = ~np.isin(letters, _blanks())
    opens = np.zeros(len(letters), dtype=bool)
    begins = np.cumsum(size[rows]) - size[rows]
    opens[begins] = True
    counts[1:] &= ~(digit[1:] & digit[:-1] & ~opens[1:])
    rank = np.cumsum(counts) - 1
    rank -= np.repeat(rank[begins] + 1 - counts[begins], size[rows])
    values = np.where(digit, np.uint32(0x30), letters).astype(np.uint64) * counts
    powers = _powers(int(rank.max(initial=0)) + 1)
    with np.errstate(over="ignore"):
        terms = (values + np.uint64(1) * counts) * powers[np.maximum(rank, 0)]
    keys[rows] = np.add.reduceat(terms, begins)
    return keys


def _powers(count: int) -> Keys:
    size = 1 << max(10, (count - 1).bit_length())
    return _power_table(size)


@lru_cache(maxsize=24)
def _power_table(size: int) -> Keys:
    with np.errstate(over="ignore"):
        table = np.multiply.accumulate(np.full(size, np.uint64(_FACTOR | 1), dtype=np.uint64))
    table.flags.writeable = False
    return table


@lru_cache(maxsize=1)
def _blanks() -> Codepoints:
    return encode_codepoints(" \t\x0b\x0c\xa0\u3000\u200b\ufeff")
