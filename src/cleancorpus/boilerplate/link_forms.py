"""Links told by their form: short lines that begin or end as the names of a site's pages and tools do.

Every site has its own words for its pages, but they are made of the same parts: 返回看板, 法律状态检索.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import HAN, Classes
from cleancorpus.text import Codepoints, Positions

_SHORTEST, _LONGEST, _PART = 4, 8, 2


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
    openings, endings = (_pairs(parts) for parts in openings_and_endings())
    formed = np.isin(_pair_at(points, first[rows]), openings) | np.isin(_pair_at(points, last[rows] - _PART), endings)
    rows = rows[formed]
    for place in range(_LONGEST):
        inside = place < size[rows]
        rows = rows[~inside | ((classes[np.minimum(first[rows] + place, len(classes) - 1)] & HAN) > 0)]
    found[rows] = True
    return found


def _pair_at(points: Codepoints, place: Positions) -> NDArray[np.uint64]:
    return np.asarray((points[place].astype(np.uint64) << np.uint64(32)) | points[place + 1])


def _pairs(parts: frozenset[str]) -> NDArray[np.uint64]:
    return np.array(sorted((ord(part[0]) << 32) | ord(part[1]) for part in parts), dtype=np.uint64)


def _words(text: str) -> frozenset[str]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split("\t") if word)
