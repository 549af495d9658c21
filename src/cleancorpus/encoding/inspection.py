"""Places with rare characters, looked into: was a byte lost before them, is their line in another encoding?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np

from cleancorpus.encoding import evidence, resync, tables
from cleancorpus.encoding.doublebyte import REPLACEMENT
from cleancorpus.encoding.segmentation import CHANGE_BITS
from cleancorpus.text import encode_codepoints

_REACH = 256  # bytes around a block that are read in other encodings
_BEFORE = 32  # bytes before rare characters among which one may be lost; an even number, since codes have two or four
_HIGH = bytes(range(0x80, 0x100))
_RUN = re.compile(rb"[\x80-\xff]{3,}[\x00-\x7f]?")  # two bytes, less one, hold no code
_FAULT = chr(REPLACEMENT)


class Page(NamedTuple):
    """Bytes, and what an encoding reads in them with U+FFFD for each of a few faults, if any; neither is empty."""

    data: bytes
    text: str
    encoding: str
    faulty: bool = False


def faulty_lines(text: str) -> Iterator[int]:
    """Give the numbers of the lines in which something was undecodable."""
    line = seen = 0
    place = text.find(_FAULT)
    while place >= 0:
        line, seen = line + text.count("\n", seen, place), place
        yield line
        place = text.find(_FAULT, place + 1)


def slipped_lines(pages: Sequence[Page], marks: Mapping[int, Sequence[int]], size: int) -> Iterator[tuple[int, int]]:
    """Give the number of the page and of the line where a run of bytes reads better with a byte left out.

    ``marks`` are positions in the texts, ascending, from which on ``size`` characters are rare.
    """
    for encoding in ("gb18030", "big5"):
        places: list[tuple[int, int]] = []
        runs: list[bytes] = []
        for number, positions in marks.items():
            if pages[number].encoding == encoding:
                for start, run in _runs_at(pages[number], positions, size):
                    places.append((number, start))
                    runs.append(run)
        if runs:
            for chosen in resync.out_of_step(runs, evidence.pair_bits(encoding)):
                number, start = places[chosen]
                yield number, pages[number].data.count(b"\n", 0, start)


def _runs_at(page: Page, marks: Sequence[int], size: int) -> Iterator[tuple[int, bytes]]:
    """Give the runs of bytes from 80 up with marks in them, as far as they can be out of step, and where they begin."""
    done = 0
    for place in _bytes_before(page, marks):
        if place >= done:
            near = page.data[max(done, place - _BEFORE) : place]
            start = place - (len(near) - len(near.rstrip(_HIGH)))
            for run in _RUN.finditer(page.data, start):
                if run.start() >= place + 2 * size:
                    break
                done = run.end()
                yield run.start(), run.group() if run.group()[-1] < 0x80 else run.group() + b"\0"


def _bytes_before(page: Page, positions: Sequence[int]) -> list[int]:
    """Give the places in the data of positions in the text (ascending)."""
    codepoints = encode_codepoints(page.text[: positions[-1]])
    lengths = tables.code_lengths(page.encoding).take(codepoints, mode="clip")
    if page.faulty:
        lengths[codepoints == REPLACEMENT] = 1
    places = np.cumsum(lengths, dtype=np.int64)
    return [places.item(position - 1) if position else 0 for position in positions]


def foreign_lines(page: Page, marks: Sequence[int], size: int) -> Iterator[int]:
    """Give the lines that read better in another encoding, as wholes or as far as they are near to rare characters.

    ``marks`` are the positions in the text, ascending, from which on ``size`` characters are rare.
    """
    numbers, patches = zip(*_lines_around(page, marks, size), strict=True)
    own = evidence.alone_bits(patches, page.encoding)
    for other in ("utf-8", "big5" if page.encoding == "gb18030" else "gb18030"):
        # What does not pay by the characters alone is not read with the model of pairs.
        chosen = np.flatnonzero(evidence.alone_bits(patches, other) < own - CHANGE_BITS).tolist()
        if chosen:
            lines = [patches[number] for number in chosen]
            pays = evidence.line_bits(lines, other) < evidence.line_bits(lines, page.encoding) - CHANGE_BITS
            for number in compress(chosen, pays.tolist()):
                yield numbers[number]


def _lines_around(page: Page, marks: Sequence[int], size: int) -> Iterator[tuple[int, bytes]]:
    """Give the lines with marks in them: the number of each, and its bytes as far as they are near."""
    done = line = counted = 0
    for place in _bytes_before(page, marks):
        start = max(place, done)
        while start < min(place + 2 * size, len(page.data)):
            near = max(0, start - _REACH)
            head = page.data.rfind(b"\n", near, start) + 1 or near
            stop = page.data.find(b"\n", start, start + _REACH)
            done = stop + 1 if stop >= 0 else start + _REACH
            line, counted = line + page.data.count(b"\n", counted, start), start
            yield line, page.data[head : done - (stop >= 0)] or b" "
            start = done
