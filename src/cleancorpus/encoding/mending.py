"""Pages that are sound but for a few lines: these are read anew, each in whatever encoding reads it best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.encoding.inspection import Page
from cleancorpus.encoding.segmentation import mixed_reading
from cleancorpus.encoding.verdict import Doubts
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
    """Give the parts of a page with its doubtful lines read anew, the foreign ones in the best of some encodings."""
    bytes_at, text_at = _line_bounds(page.data.split(b"\n")), _line_bounds(page.text.split("\n"))
    parts: list[Part] = []
    done = 0
    for first, last, foreign in _stretches(doubts, bytes_at):
        start, end = bytes_at[first], bytes_at[last + 1]
        parts.append(Part(bytes_at[done], start, page.encoding, page.text[text_at[done] : text_at[first]]))
        before, behind = (page.encoding if inside else None for inside in (start > 0, end < len(page.data)))
        rivals = encodings if foreign else [page.encoding]
        found = mixed_reading(page.data[start:end], rivals, before, behind)
        parts += [part_of(*part, offset=start) for part in found]
        done = last + 1
    parts.append(Part(bytes_at[done], len(page.data), page.encoding, page.text[text_at[done] :]))
    return [part for part in parts if part.start < part.end]


def _line_bounds(lines: Sequence[bytes] | Sequence[str]) -> list[int]:
    """Give where each line begins, and the last ends; all but the first begin with the line break before them.

    So none of the others can begin inside a character.
    """
    return [max(0, place - 1) for place in accumulate([len(line) + 1 for line in lines], initial=0)]


def _stretches(doubts: Doubts, bytes_at: Sequence[int]) -> list[tuple[int, int, bool]]:
    """Give the first and the last line of each stretch to read anew, and whether it may be in other encodings."""
    found: list[tuple[int, int, bool]] = []
    for line in sorted(doubts.slipped | doubts.foreign):
        foreign = line in doubts.foreign
        if found and bytes_at[line] - bytes_at[found[-1][1] + 1] <= _NEAR:
            first, _, already = found.pop()
            found.append((first, line, already or foreign))
        else:
            found.append((line, line, foreign))
    return found
