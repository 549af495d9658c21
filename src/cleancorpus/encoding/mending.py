"""Pages that are sound but for a few lines: these are read anew, each in whatever encoding reads it best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.encoding.segmentation import mixed_reading
from cleancorpus.encoding.verdict import Doubts, Page
from cleancorpus.text import decode_codepoints


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
    """Give the parts of a page with its doubtful lines read anew, the foreign ones in the best of some encodings."""
    raw_lines, lines = page.data.split(b"\n"), page.text.split("\n")
    parts: list[Part] = []
    start = 0
    rivals = {number: [page.encoding] for number in doubts.slipped} | dict.fromkeys(doubts.foreign, encodings)
    for encodings_here, group in groupby(range(len(lines)), key=rivals.get):
        numbers = list(group)
        stretch = slice(numbers[0], numbers[-1] + 1)
        # All but the first begin with the line break before them, so that none can begin inside a character.
        later = numbers[0] > 0
        data = later * b"\n" + b"\n".join(raw_lines[stretch])
        end = start + len(data)
        if encodings_here:
            before, behind = later and page.encoding, end < len(page.data) and page.encoding
            found = mixed_reading(data, encodings_here, before or None, behind or None)
            parts += [part_of(*part, offset=start) for part in found]
        elif data:
            parts.append(Part(start, end, page.encoding, later * "\n" + "\n".join(lines[stretch])))
        start = end
    return parts
