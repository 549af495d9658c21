"""Explain a pair: its two texts aligned, and where they differ.

The texts are aligned in the folded view: runs of characters that occur once in each are anchors (those in
the order of both, as in patience diff), and what lies between two anchors is aligned by ``difflib`` where it is
small.  A stretch that is equal in the view may still differ as written, and then it is reported as ``folded``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.shingles import windows64
from cleancorpus.neardup.view import FOLD_PARTS, check_parts, compared_with_places
from cleancorpus.text import Codepoints, Positions, TextBatch

_ANCHOR = 8  # characters of an anchor
_SMALL = 250_000  # cells (left times right characters) up to which a gap is aligned by difflib
_MARKS = {"equal": " ", "folded": "~", "replace": "!", "delete": "-", "insert": "+"}


@dataclass(frozen=True)
class Difference:
    """One stretch of two aligned texts: what it is and where it stands in each.

    ``kind`` is ``equal``, ``folded`` (written differently, the same in the view), ``replace``, ``delete`` (in
    the left text only) or ``insert`` (in the right one only).  Spans are positions in the items' texts.
    """

    kind: str
    left: str
    right: str
    left_span: tuple[int, int]
    right_span: tuple[int, int]


@dataclass(frozen=True)
class Explanation:
    """Two texts aligned: ``parts`` cover both from end to end."""

    parts: tuple[Difference, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The parts that are not equal as written."""
        return tuple(part for part in self.parts if part.kind != "equal")

    def to_dict(self) -> list[dict[str, Any]]:
        """Give the parts as plain JSON data."""
        return [
            {
                "kind": part.kind,
                "left": part.left,
                "right": part.right,
                "left_span": list(part.left_span),
                "right_span": list(part.right_span),
            }
            for part in self.parts
        ]

    def __str__(self) -> str:
        """Give one line a part: a sign, and the text, or both where they differ."""
        return "\n".join(_line(part) for part in self.parts)


def _line(part: Difference) -> str:
    sign = _MARKS[part.kind]
    if part.kind in ("replace", "folded"):
        return f"{sign} {part.left!r} → {part.right!r}"
    return f"{sign} {(part.left or part.right)!r}"


def explain(
    left: str,
    right: str,
    *,
    left_start: int = 0,
    right_start: int = 0,
    fold: Collection[str] = FOLD_PARTS,
) -> Explanation:
    """Align two texts and give their differences; the starts are added to all positions.

    >>> print(explain("春眠不覺曉，處處聞啼鳥。", "春眠不觉晓,处处有啼鸟。"))
    ~ '春眠不覺曉，處處' → '春眠不觉晓,处处'
    ! '聞' → '有'
    ~ '啼鳥。' → '啼鸟。'
    """
    parts_of_fold = check_parts(fold)
    one, one_places = compared_with_places(TextBatch.from_text(left), parts_of_fold)
    other, other_places = compared_with_places(TextBatch.from_text(right), parts_of_fold)
    parts: list[Difference] = []
    for kind, first, last, start, end in _aligned(one.codepoints, other.codepoints):
        # A mark that the view leaves out goes with the character before it; the first part has what leads.
        span = _source_span(one_places, first, last, len(left))
        other_span = _source_span(other_places, start, end, len(right))
        was, now = left[slice(*span)], right[slice(*other_span)]
        if kind == "equal" and was != now:
            kind = "folded"
        elif kind in ("insert", "delete") and was and now:
            kind = "replace"  # against nothing but marks that the view leaves out
        spans = _moved(span, left_start), _moved(other_span, right_start)
        parts.append(Difference(kind, was, now, *spans))
    return Explanation(tuple(parts))


def _source_span(places: Positions, first: int, last: int, length: int) -> tuple[int, int]:
    begin = 0 if first == 0 else (length if first == len(places) else int(places[first]))
    return begin, length if last == len(places) else (0 if last == 0 else int(places[last]))


def _moved(span: tuple[int, int], by: int) -> tuple[int, int]:
    return span[0] + by, span[1] + by


def _aligned(left: Codepoints, right: Codepoints) -> Iterator[tuple[str, int, int, int, int]]:
    """Give the parts of two arrays in order: kind, span in the left one, span in the right one."""
    pending = ("equal", 0, 0, 0, 0)
    for kind, first, last, start, end in _raw_parts(left, right):
        if kind == pending[0]:
            pending = (kind, pending[1], last, pending[3], end)
            continue
        if pending[2] > pending[1] or pending[4] > pending[3]:
            yield pending
        pending = (kind, first, last, start, end)
    # Two texts of which the view leaves nothing are one part, which is equal or folded as they stand.
    if pending[2] > pending[1] or pending[4] > pending[3] or not (len(left) or len(right)):
        yield pending


def _raw_parts(left: Codepoints, right: Codepoints) -> Iterator[tuple[str, int, int, int, int]]:
    left_done = right_done = 0
    for first, start in _anchors(left, right):
        if first < left_done or start < right_done:
            continue
        yield from _gap(left, right, left_done, first, right_done, start)
        size = _equal_run(left[first:], right[start:])
        yield "equal", first, first + size, start, start + size
        left_done, right_done = first + size, start + size
    yield from _gap(left, right, left_done, len(left), right_done, len(right))


def _equal_run(left: Codepoints, right: Codepoints) -> int:
    """Give how many characters two arrays have in common from their beginning, looking no further than needed."""
    size, step = 0, 64
    while True:
        one, other = left[size : size + step], right[size : size + step]
        shared = min(len(one), len(other))
        unequal = np.flatnonzero(one[:shared] != other[:shared])
        if len(unequal):
            return size + int(unequal[0])
        size += shared
        if shared < step:
            return size
        step *= 2


def _gap(
    left: Codepoints, right: Codepoints, first: int, last: int, start: int, end: int
) -> Iterator[tuple[str, int, int, int, int]]:
    if first == last and start == end:
        return
    if first == last or start == end or (last - first) * (end - start) > _SMALL:
        kind = "insert" if first == last else ("delete" if start == end else "replace")
        yield kind, first, last, start, end
        return
    one, other = left[first:last].tolist(), right[start:end].tolist()
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        yield kind, first + a, first + b, start + c, start + d


def _anchors(left: Codepoints, right: Codepoints) -> list[tuple[int, int]]:
    """Give the places of runs that each array holds once, in the longest series that rises in both."""
    (one, one_place), (other, other_place) = _unique_runs(left), _unique_runs(right)
    shared, one_index, other_index = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    if not len(shared):
        return []
    order = np.argsort(one_place[one_index])
    places = one_place[one_index][order].tolist()
    partners = other_place[other_index][order].tolist()
    return _longest_rising(list(zip(places, partners, strict=True)))


def _unique_runs(points: Codepoints) -> tuple[NDArray[np.uint64], Positions]:
    values, first, counts = np.unique(windows64(points, _ANCHOR), return_index=True, return_counts=True)
    return values[counts == 1], first[counts == 1].astype(np.int64)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the longest part of the pairs (sorted by the first) in which the second rises (patience sorting)."""
    tops: list[int] = []
    top_index: list[int] = []
    before = [-1] * len(pairs)
    for index, (_, partner) in enumerate(pairs):
        pile = bisect_left(tops, partner)
        before[index] = top_index[pile - 1] if pile else -1
        if pile == len(tops):
            tops.append(partner)
            top_index.append(index)
        else:
            tops[pile], top_index[pile] = partner, index
    chain = []
    index = top_index[-1] if top_index else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
