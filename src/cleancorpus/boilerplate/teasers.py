"""Teasers of other articles below a text: headlines, and beginnings that a template cut to one length.

A writer breaks off, too, but not in line after line of the same length, with a headline between two of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import is_one_of
from cleancorpus.boilerplate.prose import prose_lines
from cleancorpus.boilerplate.verdicts import NONE, FoldedView, Verdicts
from cleancorpus.text import Codepoints, Positions

Mask = NDArray[np.bool_]
# So many beginnings in a row make a list; each has so many characters or more, a length within this share of the one
# before (a template cuts at a number of characters or at a word), and so many headlines at most above it.
_LEAST_TEASERS, _SHORTEST, _SAME_LENGTH, _MOST_HEADLINES = 4, 40, 0.12, 3
# The text above has so many characters, and half as many as the list: a page of teasers alone is what it lists.  Below
# stands no more than a notice, this share of the text.
_LEAST_BODY, _LEAST_SHARE, _MOST_BELOW = 150, 0.5, 0.1
_CLOSING = ")]!?】》」』"


def teasers_below_text(view: FoldedView, verdicts: Verdicts) -> Mask:
    """Say which lines lie in lists of teasers below the texts of documents, ``bool[L]``."""
    found = np.zeros(len(view.lines), dtype=bool)
    points, size = view.points, verdicts.size
    filled: Positions = np.flatnonzero(size > 0)
    document, size, final = view.lines.document[filled], size[filled], points[verdicts.last[filled] - 1]
    broken = (size >= _SHORTEST) & (verdicts.strength[filled] == NONE)
    broken[broken] = _broken_off(points, verdicts.last[filled[broken]])
    lists = _lists(np.flatnonzero(broken), size, document)
    if not lists:
        return found
    mass = np.concatenate([[0], np.cumsum(size * prose_lines(view, verdicts).solid[filled])])
    for teasers in lists:
        start, end = np.searchsorted(document, document[teasers[0]] + np.arange(2))
        text, listed = mass[teasers[0]] - mass[start], size[teasers].sum()
        alone = mass[teasers[-1]] == mass[teasers[0]] and mass[end] - mass[teasers[-1]] <= _MOST_BELOW * text
        if alone and text >= max(_LEAST_BODY, _LEAST_SHARE * listed):
            first = _first_headline(final[start:end], teasers - start)
            found[filled[start + first : teasers[-1] + 1]] = True
    return found & ~verdicts.title


def _lists(place: Positions, size: Positions, document: Positions) -> list[Positions]:
    """Give the beginnings, by their places among filled lines, that follow one another in lists."""
    if len(place) < _LEAST_TEASERS:
        return []
    gap, length = np.diff(place), size[place]
    linked = (gap > 1) & (gap <= _MOST_HEADLINES + 1) & (np.diff(document[place]) == 0)
    linked &= np.abs(np.diff(length)) <= _SAME_LENGTH * length[1:]
    return [part for part in np.split(place, np.flatnonzero(~linked) + 1) if len(part) >= _LEAST_TEASERS]


def _broken_off(points: Codepoints, last: Positions) -> Mask:
    """Say which lines end in an ellipsis, of one character or of dots."""
    final, before = points[last - 1], points[last - 2]
    return np.asarray((final == ord("…")) | ((final == ord(".")) & (before == ord("."))))


def _first_headline(final: Codepoints, teasers: Positions) -> int:
    """Give where a list begins: at the headline of its first teaser, or above, if all end with one closing mark."""
    first = int(teasers[0]) - 1
    mark = final[first]
    if not is_one_of(mark[None], _CLOSING)[0] or (final[teasers - 1] != mark).any():
        return first
    other = np.flatnonzero(final[:first] != mark)
    return int(other[-1]) + 1 if len(other) else first
