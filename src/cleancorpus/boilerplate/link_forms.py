"""Links told by their form: short lines that begin or end as the names of a site's pages and tools do.

Every site has its own words for its pages, but they are made of the same parts: 返回看板, 法律状态检索.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import COMMA, DIGIT, HAN, LETTER, STOP, Classes
from cleancorpus.text import Codepoints, Positions, flat_ranges

_SHORTEST, _LONGEST, _PART = 4, 8, 2
_LONGEST_COUNTED, _MOST_DIGITS = 16, 6


@lru_cache(maxsize=1)
def openings_and_endings() -> tuple[frozenset[str], frozenset[str]]:
    """Give the parts with which names of pages and tools begin, and those with which they end, folded."""
    text = (files("cleancorpus") / "data" / "boilerplate" / "link_forms.txt").read_text(encoding="utf-8")
    openings, endings = text.split("# Endings\n")
    return _words(openings), _words(endings)


def has_link_form(item: str) -> bool:
    """Say whether a folded item of a row has the form of a link."""
    if not _SHORTEST <= len(item) <= _LONGEST:
        return False
    openings, endings = openings_and_endings()
    return item[:_PART] in openings or item[-_PART:] in endings


def link_forms(points: Codepoints, classes: Classes, first: Positions, last: Positions) -> NDArray[np.bool_]:
    """Say which lines are a few Han characters with the form of a link, ``bool[L]``."""
    size = last - first
    found = np.zeros(len(first), dtype=bool)
    rows: Positions = np.flatnonzero((size >= _SHORTEST) & (size <= _LONGEST))
    openings, endings = _pairs()
    rows = rows[_are_among(openings, points, first[rows]) | _are_among(endings, points, last[rows] - _PART)]
    if len(rows):
        han = (classes[flat_ranges(first[rows], size[rows])] & HAN) > 0
        found[rows] = np.logical_and.reduceat(han, np.cumsum(size[rows]) - size[rows])
    return found


def counted_names(points: Codepoints, classes: Classes, first: Positions, last: Positions) -> NDArray[np.bool_]:
    """Say which lines are a short name with a count in brackets behind it, ``bool[L]``: 随笔(12), 好评(97).

    So sites print their classes, archives, filters and tags.
    """
    size = last - first
    found = np.zeros(len(first), dtype=bool)
    rows: Positions = np.flatnonzero((size >= _SHORTEST) & (size <= _LONGEST_COUNTED))
    rows = rows[points[last[rows] - 1] == ord(")")]
    for digits in range(1, _MOST_DIGITS + 1):
        if not len(rows):
            break
        # What stands in front of so many figures; a name has two characters or more.
        rows = rows[(classes[last[rows] - 1 - digits] & DIGIT > 0) & (size[rows] >= digits + 4)]
        opened = points[last[rows] - 2 - digits] == ord("(")
        named = classes[last[rows] - 3 - digits] & (HAN | LETTER) > 0
        found[rows[opened & named]] = True
    rows = np.flatnonzero(found)
    if len(rows):
        marks = (classes[flat_ranges(first[rows], size[rows])] & (COMMA | STOP)) > 0
        found[rows[np.add.reduceat(marks, np.cumsum(size[rows]) - size[rows], dtype=np.int64) > 0]] = False
    return found


def _are_among(pairs: Positions, points: Codepoints, place: Positions) -> NDArray[np.bool_]:
    """Say at which places one of some pairs of characters stands; ``pairs`` are sorted."""
    pair = points[place].astype(np.int64) << 32 | points[place + 1]
    return np.asarray(pairs[np.minimum(np.searchsorted(pairs, pair), len(pairs) - 1)] == pair)


@lru_cache(maxsize=1)
def _pairs() -> tuple[Positions, Positions]:
    """Give the parts that names of pages begin and end with as sorted numbers, ``int64``."""
    openings, endings = (
        np.array(sorted(ord(part[0]) << 32 | ord(part[1]) for part in parts), dtype=np.int64)
        for parts in openings_and_endings()
    )
    return openings, endings


def _words(text: str) -> frozenset[str]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split("\t") if word)
