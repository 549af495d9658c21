"""A quick verdict on texts that one encoding reads with few errors or none: are they Chinese, all through?

Most pages are, and need no other encoding to be weighed.  One table says how much rarer each character is
than those of ordinary text; sums of it over each whole text, over four characters and over blocks of sixteen take
a few array passes for many texts at once, and so do the few places where these are high.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Container, Sequence
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import evidence
from cleancorpus.encoding.doublebyte import REPLACEMENT
from cleancorpus.encoding.inspection import Doubt, Doubts, Page, faulty_lines, look_for_others, look_for_slips
from cleancorpus.encoding.resync import BAD_BYTE, HALVES
from cleancorpus.text import Codepoints, encode_codepoints

# Chinese read right costs some ten bits a character by itself, read in the wrong encoding some sixteen
# (measured: benchmarks/encoding_calibration.py).
_PLAIN_BITS = 12.5
_PER_BIT = 32  # costs are whole numbers of these parts, so that those of sixteen characters fit 16 bits
_SHORT, _BLOCK = 4, 16  # characters that are judged together


def _cost(bits_above: float, characters: int) -> int:
    """Give what so many characters cost that are by so many bits above the plain ones."""
    return round(_PER_BIT * (bits_above + _PLAIN_BITS * characters))


_PLAIN = _cost(0.0, 1)
_BAD_BLOCK = _cost(40.0, _BLOCK)  # at which a block is looked into
_SPOT = _cost(22.0, _SHORT)  # at which four characters in a row are looked into
# At which they are where ASCII stands near behind them that alone may be half of a code: of 1,280 slices with a byte
# lost or added 11 are not set right with that, 15 with 8 bits, 63 without (benchmarks/encoding_slices.py).
_SPOT_BEFORE_HALF = _cost(5.0, _SHORT)
# Where a line holds an error, this much has it read in all encodings: of 1,620 lines of five to twelve characters in
# another one none is missed by that, at 10 bits three are, and all but one in eight that lost a byte read better.
_SPOT_BESIDE_FAULT = _cost(6.0, _SHORT)
_SURE = _cost(-120.0, 0)  # below the plain cost of a whole text, at which no other encoding is weighed
_RARE_HEAD = _cost(2.0, 1)  # at which a first character may be half of one
# An ASCII letter near the head may be the second half of a code whose first half was taken for another's second.
_LETTER_AT_HEAD = re.compile(r"[^\x00-\x7f].{0,4}?[@-~]", re.DOTALL)
# ASCII that stands alone and may be half of a code, and how many characters behind rare ones it is looked for.
_HALF, _HALF_REACH = re.compile(rf"[{re.escape(HALVES.decode())}](?<=[^\x00-\x7f].)(?![0-9A-Za-z])"), 12
# A bracket behind which the text of a link ends is no such half: seven in ten that stand so in clean text are that.
_LINK_REACH = 40
# Where the bytes from 80 up go on behind rare characters for eight more that cost no more than that, they are in step:
# nine in ten times eight characters of clean text are as cheap, eleven of 33,500 read out of step.
_READS_ON = _cost(-8.0, 2 * _SHORT)
# Letters of other scripts, which are rare by nature and say nothing about the bytes: of 150,000 times four characters
# read out of step, all from U+80 up, or two and ASCII, 59 are nothing else.
_OTHER_SCRIPT = re.compile(r"[\x00-\u1fff\u3040-\u312f\uac00-\ud7a3]*")
_BLANKS = " " * (2 * _BLOCK)
# Times this, the uppermost of four numbers of 16 bits in one of 64 is the sum of all four.
_SUM, _UPPERMOST = np.uint64(0x0001_0001_0001_0001), np.uint64(48)


@cache
def _costs() -> NDArray[np.uint16]:
    """Give what each code point costs, ``uint16[0x110000]``; ASCII costs as much as Chinese may."""
    known = evidence.character_bits()
    bits = np.pad(known, (0, sys.maxunicode + 1 - len(known)), mode="edge")
    bits[:0x80] = _PLAIN_BITS
    bits[:0x20] += 100
    bits[[0x09, 0x0A, 0x0C, 0x0D]] = _PLAIN_BITS
    bits[REPLACEMENT] = _PLAIN_BITS + BAD_BYTE
    costs = np.round(bits * _PER_BIT).astype(np.uint16)
    costs.flags.writeable = False
    return costs


def _by_fours(costs: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Add up each four costs."""
    sums = costs.view(np.uint64) * _SUM
    sums >>= _UPPERMOST
    return sums


def judge(pages: Sequence[Page]) -> list[Doubts | None]:
    """Give the doubtful lines, if any, of each page that is Chinese by and large, and ``None`` for the others.

    The pages, one at least, are in ``gb18030`` or ``big5``; how rare their characters are says both.
    """
    # Blanks, which cost nothing above the plain, fill the last block of each text, and keep it from the next.
    texts = [page.text + _BLANKS[len(page.text) % _BLOCK :] for page in pages]
    text = "".join(texts)
    costs = _costs().take(encode_codepoints(text), mode="wrap")  # never needed, but the fastest way to take
    shorts = _by_fours(costs)
    first = [0, *accumulate(map(len, texts))]
    totals = np.add.reduceat(shorts, [start // _SHORT for start in first[:-1]]).tolist()
    doubts = {
        number: _at_faults_and_head(pages[number], costs.item(first[number]))
        for number, total in enumerate(totals)
        if total < (first[number + 1] - first[number]) * _PLAIN + _SURE
    }
    if not doubts:
        return [None] * len(pages)
    highest = shorts.item(shorts.argmax())  # in a third of the time of `max`
    rare = _by_page(_rare_places(text, shorts), first, doubts) if highest >= _SPOT_BEFORE_HALF else {}
    spots: dict[int, list[int]] = {}
    for number, places in rare.items():
        kept = _unexplained(texts[number], places, shorts[first[number] // _SHORT :], pages[number].encoding)
        if kept:
            spots[number] = kept
    for number in doubts:
        if pages[number].faults:  # and may have been cut at its head, too
            spots[number] = [0, *spots.get(number, ())]
    if spots:
        look_for_slips(pages, spots, _SHORT, doubts)
    if highest >= _BAD_BLOCK * _SHORT // _BLOCK:  # a bad block has a fourth as bad as the whole
        blocks = _by_fours(shorts.astype(np.uint16))
        if blocks.item(blocks.argmax()) >= _BAD_BLOCK:
            places = (np.flatnonzero(blocks >= _BAD_BLOCK) * _BLOCK).tolist()
            for number, positions in _by_page(places, first, doubts).items():
                kept = _in_chinese(texts[number], positions, _BLOCK)
                look_for_others(pages[number], kept, _BLOCK, doubts[number])
    return [doubts.get(number) for number in range(len(pages))]


def _by_page(places: Sequence[int], first: Sequence[int], chinese: Container[int]) -> dict[int, list[int]]:
    """Give the places as positions in the text of each page that is Chinese."""
    found: dict[int, list[int]] = {}
    for place in places:
        number = bisect_right(first, place) - 1
        if number in chinese:
            found.setdefault(number, []).append(place - first[number])
    return found


def _at_faults_and_head(page: Page, head_cost: int) -> Doubts:
    """Give the lines with faults, and those at the head of a text that begins inside a character."""
    doubts: Doubts = dict.fromkeys(faulty_lines(page), Doubt.FAULTY) if page.faults else {}
    in_doubt = head_cost > _RARE_HEAD or _LETTER_AT_HEAD.match(page.text)
    if 0 in doubts or (in_doubt and evidence.is_torn(page.data, page.encoding)):
        # Whether the first byte is half of a character shows in all that stands at the head.
        kind = Doubt.FAULTY if doubts else Doubt.SLIPPED
        doubts |= dict.fromkeys(range(page.data.count(b"\n", 0, evidence.HEAD) + 1), kind)
    return doubts


def reads_well(codepoints: Codepoints) -> bool:
    """Say whether no four characters are rare, those undecodable left out."""
    known = codepoints[codepoints != REPLACEMENT]
    costs = np.full(-(-len(known) // _BLOCK) * _BLOCK, _cost(0.0, 1), dtype=np.uint16)
    costs[: len(known)] = _costs().take(known, mode="wrap")
    shorts = _by_fours(costs)
    return len(known) > 0 and bool(shorts.max() < _SPOT_BESIDE_FAULT)


def _rare_places(text: str, shorts: NDArray[np.uint64]) -> list[int]:
    """Give the places of four characters that are too rare, or rare enough before ASCII that may be half of a code."""
    (found,) = (shorts >= _SPOT_BEFORE_HALF).nonzero()
    cost = shorts.item
    return [
        place * _SHORT
        for place in found.tolist()
        if cost(place) >= _SPOT or _HALF.search(text, place * _SHORT, place * _SHORT + _HALF_REACH)
    ]


def _unexplained(text: str, places: Sequence[int], shorts: NDArray[np.uint64], encoding: str) -> list[int]:
    """Give those of the rare places of a text that nothing but a lost or added byte may be the reason of."""
    cost = shorts.item
    return [
        place
        for place in _in_chinese(text, places, _SHORT)
        if (cost(place // _SHORT) >= _SPOT or _stands_before_half(text, place))
        and not (
            cost(place // _SHORT + 1) + cost(place // _SHORT + 2) <= _READS_ON
            and _is_one_run(text[place : place + 3 * _SHORT], encoding)
        )
    ]


def _is_one_run(text: str, encoding: str) -> bool:
    """Say whether a text is all of bytes from 80 up, so that what is in step at its end is so at its beginning."""
    data = text.encode("big5hkscs" if encoding == "big5" else encoding, "replace")
    return min(data) >= 0x80


def _in_chinese(text: str, places: Sequence[int], size: int) -> list[int]:
    """Give those of the places from which on so many characters are not all ASCII and letters of other scripts."""
    return [place for place in places if not _OTHER_SCRIPT.fullmatch(text, place, place + size)]


def _stands_before_half(text: str, place: int) -> bool:
    """Say whether ASCII that may be half of a code stands near behind a place, and closes no link."""
    for half in _HALF.finditer(text, place, place + _HALF_REACH):
        near = max(0, half.start() - _LINK_REACH), half.start()
        if half.group() != "]" or text.rfind("[", *near) <= text.rfind("]", *near):
            return True
    return False
