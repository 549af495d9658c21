"""Places with rare characters, looked into: was a byte lost before them, is their line in another encoding?"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

from cleancorpus.encoding import codec, evidence, resync
from cleancorpus.encoding.codec import Fault
from cleancorpus.encoding.segmentation import CHANGE_BITS

_REACH = 256  # bytes around a block that are read in other encodings
_BEFORE = 32  # bytes before rare characters among which one may be lost; an even number, since codes have two or four
_position = itemgetter(2)  # of a fault in the text
_HIGH = bytes(range(0x80, 0x100))
# Two characters of UTF-8, less than which cannot save what a change of encoding costs.
_UTF8 = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){2}")


class Doubt(IntEnum):
    """Why a line is to be read anew, and in what; the greater reason holds."""

    SLIPPED = 1  # a byte was lost or added: in its own encoding
    FAULTY = 2  # it holds errors: in others, too, if it does not read well in its own then
    FOREIGN = 3  # another encoding reads it better: in all


Doubts = dict[int, Doubt]  # by the number of the line


class Page(NamedTuple):
    """Bytes, and what an encoding reads in them with U+FFFD for each of a few faults, if any; neither is empty."""

    data: bytes
    text: str
    encoding: str
    faults: tuple[Fault, ...] = ()


def faulty_lines(page: Page) -> dict[int, int]:
    """Give the numbers of the lines in which something was undecodable, with how often."""
    line = seen = 0
    faults: dict[int, int] = {}
    for _, _, position in page.faults:
        line, seen = line + page.text.count("\n", seen, position), position
        faults[line] = faults.get(line, 0) + 1
    return faults


def look_for_slips(
    pages: Sequence[Page], marks: Mapping[int, Sequence[int]], size: int, doubts: Mapping[int, Doubts]
) -> None:
    """Put the lines in doubt where a run of bytes reads better with a byte left out, and that are not in doubt yet.

    ``marks`` are positions in the texts, ascending, from which on ``size`` characters are rare.
    """
    for encoding in ("gb18030", "big5"):
        places: list[tuple[int, int]] = []
        runs: list[bytes] = []
        for number, positions in marks.items():
            if pages[number].encoding == encoding:
                for line, run in _runs_at(pages[number], positions, size, doubts[number]):
                    places.append((number, line))
                    runs.append(run)
        if runs:
            for chosen, _ in resync.out_of_step(runs, evidence.pair_bits(encoding)):
                number, line = places[chosen]
                doubts[number][line] = Doubt.SLIPPED


def _runs_at(page: Page, marks: Iterable[int], size: int, known: Container[int]) -> Iterator[tuple[int, bytes]]:
    """Give the runs of bytes from 80 up with marks in them, as far as they can be out of step, and their lines."""
    data = page.data + b"\0"
    done = 0
    for line, place in _located(page, marks, size, known):
        if place >= done:
            first = max(done, place - _BEFORE)
            for head, run in resync.runs_in(data, first + len(data[first:place].rstrip(_HIGH))):
                if head >= place + 2 * size:
                    break
                done = head + len(run) - 1
                line_of_run = line + data.count(b"\n", place, head)
                if line_of_run not in known:
                    yield line_of_run, run


def _located(page: Page, marks: Iterable[int], size: int, known: Container[int]) -> Iterator[tuple[int, int]]:
    """Give the line of each mark and its place in the data, unless all its characters are in a known line."""
    text = page.text
    line = place = seen = faults = 0
    for position in marks:
        line += text.count("\n", seen, position)
        faults_before, faults = faults, bisect_left(page.faults, position, key=_position) if page.faults else 0
        place += codec.byte_length(text[seen:position], page.encoding, faults - faults_before)
        seen = position
        if line not in known or text.find("\n", position, position + size) >= 0:
            yield line, place


def look_for_others(page: Page, marks: Iterable[int], size: int, doubts: Doubts) -> None:
    """Put the lines in doubt that read better in another encoding, as wholes or as far as they are near to a mark.

    Faulty lines are left to be read first.
    ``marks`` are positions in the text, ascending, from which on ``size`` characters are rare.
    """
    faulty = {line for line, doubt in doubts.items() if doubt is Doubt.FAULTY}
    lines = list(_lines_around(page, marks, size, faulty))
    chosen = {
        "utf-8": [line for line in lines if _UTF8.search(line[1])],
        "big5" if page.encoding == "gb18030" else "gb18030": lines,
    }
    # What does not pay by the characters alone is not read with the model of pairs.
    for bits in (evidence.alone_bits, evidence.line_bits):
        patches = list(dict.fromkeys([patch for part in chosen.values() for _, patch in part]))
        if not patches:
            break
        here = dict(zip(patches, bits(patches, page.encoding).tolist(), strict=True))
        for other, part in chosen.items():
            if part:
                there = bits([patch for _, patch in part], other).tolist()
                pays = [cost < here[patch] - CHANGE_BITS for (_, patch), cost in zip(part, there, strict=True)]
                chosen[other] = list(compress(part, pays))
    doubts.update(dict.fromkeys([number for part in chosen.values() for number, _ in part], Doubt.FOREIGN))


def _lines_around(page: Page, marks: Iterable[int], size: int, known: Container[int]) -> Iterator[tuple[int, bytes]]:
    """Give the unknown lines with marks in them: the number of each, and its bytes as far as they are near."""
    done = 0
    for line, place in _located(page, marks, size, known):
        start = max(place, done)
        while start < min(place + 2 * size, len(page.data)):
            near = max(0, start - _REACH)
            head = page.data.rfind(b"\n", near, start) + 1 or near
            stop = page.data.find(b"\n", start, start + _REACH)
            done = stop + 1 if stop >= 0 else start + _REACH
            number = line + page.data.count(b"\n", place, start)
            if number not in known:
                yield number, page.data[head : done - (stop >= 0)] or b" "
            start = done
