"""Pages that are sound but for a few lines: these are read anew, each in whatever encoding reads it best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from cleancorpus.encoding import evidence
from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.encoding.inspection import Doubt, Doubts, Page
from cleancorpus.encoding.segmentation import mixed_reading
from cleancorpus.encoding.verdict import reads_well
from cleancorpus.text import decode_codepoints

_NEAR = 512  # bytes: to read so many more takes less time than to read two stretches


class Part(NamedTuple):
    """Bytes ``start`` to ``end`` in one encoding, their text, and what in it is undecodable.

    That is given as bytes ``start`` to ``end`` and the position in the text of the part.
    """

    start: int
    end: int
    encoding: str
    text: str
    undecodable: Sequence[tuple[int, int, int]] = ()


def part_of(start: int, end: int, encoding: str, reading: Decoded, offset: int = 0) -> Part:
    """Give the part that a reading is, of bytes counted from ``offset``."""
    stops = np.append(reading.starts[1:], end)
    bad = np.flatnonzero(reading.bad)
    gaps = zip((reading.starts[bad] + offset).tolist(), (stops[bad] + offset).tolist(), bad.tolist(), strict=True)
    return Part(start + offset, end + offset, encoding, decode_codepoints(reading.codepoints), tuple(gaps))


def mend(page: Page, doubts: Doubts, encodings: Sequence[str]) -> list[Part]:
    """Give the parts of a page with its doubtful lines read anew, where need be in the best of some encodings."""
    if not doubts:
        return [_kept(page, 0, len(page.data), 0, len(page.text))]
    bytes_at, text_at = _line_bounds(page.data.split(b"\n")), _line_bounds(page.text.split("\n"))
    parts: list[Part] = []
    done = 0
    for first, last, doubt in _stretches(doubts, bytes_at):
        start, end = bytes_at[first], bytes_at[last + 1]
        parts.append(_kept(page, bytes_at[done], start, text_at[done], text_at[first]))
        data = page.data[start:end]
        own = None if doubt is Doubt.FOREIGN else evidence.read(data, page.encoding)
        if own is not None and (doubt is Doubt.SLIPPED or reads_well(own.codepoints)):
            parts.append(part_of(0, len(data), page.encoding, own, offset=start))
        else:
            before, behind = (page.encoding if inside else None for inside in (start > 0, end < len(page.data)))
            parts += [part_of(*part, offset=start) for part in mixed_reading(data, encodings, before, behind)]
        done = last + 1
    parts.append(_kept(page, bytes_at[done], len(page.data), text_at[done], len(page.text)))
    return [part for part in parts if part.start < part.end]


def _kept(page: Page, start: int, end: int, position: int, stop: int) -> Part:
    """Give the part that bytes ``start`` to ``end`` of a page are as they were read, from ``position`` to ``stop``."""
    faults = [(first, last, place - position) for first, last, place in page.faults if start <= first < end]
    return Part(start, end, page.encoding, page.text[position:stop], faults)


def _line_bounds(lines: Sequence[bytes] | Sequence[str]) -> list[int]:
    """Give where each line begins, and the last ends; all but the first begin with the line break before them.

    So none of the others can begin inside a character.
    """
    return [0, *accumulate([len(line) + 1 for line in lines[1:]], initial=len(lines[0]))]


def _stretches(doubts: Doubts, bytes_at: Sequence[int]) -> list[tuple[int, int, Doubt]]:
    """Give the first and the last line of each stretch to read anew, and the greatest of its doubts."""
    found: list[tuple[int, int, Doubt]] = []
    for line, doubt in sorted(doubts.items()):
        if found and bytes_at[line] - bytes_at[found[-1][1] + 1] <= _NEAR:
            first, _, before = found.pop()
            found.append((first, line, max(before, doubt)))
        else:
            found.append((line, line, doubt))
    return found
