"""A quick verdict on texts that one encoding reads with few errors or none: are they Chinese, all through?

Most pages are, and need no other encoding to be weighed.  One table says how much rarer each character is
than those of ordinary text; sums of it over each whole text, over four characters and over blocks of sixteen take
a few array passes for many texts at once, and so do the few places where these are high.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import evidence
from cleancorpus.encoding.doublebyte import REPLACEMENT
from cleancorpus.encoding.inspection import Page, faulty_lines, foreign_lines, slipped_lines
from cleancorpus.encoding.resync import BAD_BYTE
from cleancorpus.text import encode_codepoints

# Chinese read right costs some ten bits a character by itself, read in the wrong encoding some sixteen
# (measured: benchmarks/encoding_calibration.py).
_PLAIN_BITS = 12.5
_SHORT, _BLOCK = 4, 16  # characters that are judged together
_SHORTS = _BLOCK // _SHORT
_BAD_BLOCK = 40.0  # bits above the plain ones at which a block is looked into
_SPOT = 22.0  # bits above the plain ones at which four characters in a row are looked into
_SURE = -120.0  # bits below, over a whole text, at which no other encoding is weighed
_RARE_HEAD = 2.0  # bits above the plain ones at which a first character may be half of one
# An ASCII letter near the head may be the second half of a code whose first half was taken for another's second.
_LETTER = re.compile(r"[@-~]")
_BLANKS = " " * _BLOCK
_SHORT_ONES, _BLOCK_ONES = np.ones(_SHORT, dtype=np.float32), np.ones(_SHORTS, dtype=np.float32)


class Doubts(NamedTuple):
    """The numbers of the lines of a page in which a byte may be lost or added, and of those with other encodings."""

    slipped: set[int]
    foreign: set[int]


@cache
def _excess() -> NDArray[np.float32]:
    """Give by how many bits each code point is above what Chinese costs, ``float32[0x30000]``; ASCII is 0."""
    excess = evidence.character_bits() - np.float32(_PLAIN_BITS)
    excess[:0x80] = 0
    excess[0:0x20] = 100
    excess[[0x09, 0x0A, 0x0C, 0x0D]] = 0
    excess[REPLACEMENT] = BAD_BYTE
    excess.flags.writeable = False
    return excess


def judge(pages: Sequence[Page]) -> dict[int, Doubts]:
    """Give the pages, by number, that are Chinese by and large, each with its doubtful lines, if any.

    The pages are in ``gb18030`` or ``big5``; how rare their characters are says both.
    """
    if not pages:
        return {}
    sizes = [-(-len(page.text) // _BLOCK) for page in pages]
    # Blanks, which cost nothing, fill the last block of each text.
    text = "".join([part for page in pages for part in (page.text, _BLANKS[: -len(page.text) % _BLOCK])])
    excess = _excess().take(encode_codepoints(text), mode="clip")
    # A matrix product adds them up in less time than a reduction.
    shorts = excess.reshape(-1, _SHORT) @ _SHORT_ONES
    blocks = shorts.reshape(-1, _SHORTS) @ _BLOCK_ONES
    first = list(accumulate(sizes[:-1], initial=0))
    totals = np.add.reduceat(blocks.astype(np.float64), first).tolist()
    doubts = {number: Doubts(set(), set()) for number, total in enumerate(totals) if total < _SURE}
    for number, (slipped, foreign) in doubts.items():
        page = pages[number]
        if page.faulty:
            foreign.update(faulty_lines(page.text))
        if 0 in foreign or _is_torn(page, excess.item(first[number] * _BLOCK)):
            # Whether the first byte is half of a character shows in all that stands at the head.
            (foreign if foreign else slipped).update(range(page.data.count(b"\n", 0, evidence.HEAD) + 1))
    spots = _marks(shorts >= _SPOT, _SHORT, first, doubts) if np.maximum.reduce(shorts) >= _SPOT else {}
    for number in doubts:
        if pages[number].faulty:  # and may have been cut at its head, too
            spots[number] = [0, *spots.get(number, ())]
    for number, line in slipped_lines(pages, spots, _SHORT):
        doubts[number].slipped.add(line)
    if np.maximum.reduce(blocks) >= _BAD_BLOCK:
        for number, positions in _marks(blocks >= _BAD_BLOCK, _BLOCK, first, doubts).items():
            doubts[number].foreign.update(foreign_lines(pages[number], positions, _BLOCK))
    return doubts


def _marks(marked: NDArray[np.bool_], size: int, first: Sequence[int], chinese: Container[int]) -> dict[int, list[int]]:
    """Give the positions in each Chinese text at which ``size`` characters are marked."""
    found: dict[int, list[int]] = {}
    for place in (np.flatnonzero(marked) * size).tolist():
        number = bisect_right(first, place // _BLOCK) - 1
        if number in chinese:
            found.setdefault(number, []).append(place - first[number] * _BLOCK)
    return found


def _is_torn(page: Page, excess: float) -> bool:
    """Say whether a text begins inside a character: its first one is rare, or a letter may be half of one."""
    in_doubt = excess > _RARE_HEAD or (excess != 0 and _LETTER.search(page.text, 1, 6) is not None)
    return in_doubt and evidence.is_torn(page.data, page.encoding)
