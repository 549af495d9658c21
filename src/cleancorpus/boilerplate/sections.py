"""Unfolded menus above a text: section after section of a site, with the headlines of each below its name.

A menu word alone may head a chapter.  But where four or more stand with the mark of a list in front, and nearly all
lines between them are marked headlines, a site unfolds its sections.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.menus import LEAST_BODY
from cleancorpus.boilerplate.prose import Prose
from cleancorpus.boilerplate.stretches import changes
from cleancorpus.boilerplate.verdicts import NONE, SURE, FoldedView, Verdicts
from cleancorpus.text import Positions

Mask = NDArray[np.bool_]
# So many sections make a menu, with so many lines for each, of which this share has a mark in front; a headline is no
# longer than this.
_LEAST_SECTIONS, _LEAST_LINES, _LEAST_SHARE, _LONGEST = 4, 3, 0.7, 60


def sections_above_text(view: FoldedView, verdicts: Verdicts, prose: Prose, marked: Mask) -> Mask:
    """Say which lines lie in unfolded menus above the texts of documents that have a sure line, ``bool[L]``.

    ``marked`` (``bool[L]``) are the lines with the mark of a list.
    """
    found = np.zeros(len(view.lines), dtype=bool)
    heading = marked & (verdicts.word >= 0)
    if np.count_nonzero(heading) < _LEAST_SECTIONS:
        return found
    filled = verdicts.filled
    document = view.lines.document[filled]
    headline = (verdicts.size <= _LONGEST) & (verdicts.stops == 0) & ~verdicts.title
    unknown = verdicts.strength == NONE
    body = np.cumsum((verdicts.size * (prose.solid & unknown))[filled])
    below = body[np.searchsorted(document, document, side="right") - 1] - body
    sure = np.bincount(document, weights=(verdicts.strength == SURE)[filled])[document] > 0
    open_ground = (headline | ~unknown)[filled] & (below >= LEAST_BODY) & sure
    stretch = np.cumsum(~open_ground | changes(document))
    place: Positions = np.flatnonzero(heading[filled] & open_ground)
    for heads in np.split(place, np.flatnonzero(np.diff(stretch[place])) + 1):
        if len(heads) < _LEAST_SECTIONS:
            continue
        # The last section goes as far as its marks do.
        end = int(np.searchsorted(stretch, stretch[heads[-1]], side="right"))
        last = heads[-1] + int(np.argmin(np.append(marked[filled[heads[-1] : end]], False)))
        lines = filled[heads[0] : last]
        if len(lines) >= _LEAST_LINES * len(heads) and np.mean(marked[lines]) >= _LEAST_SHARE:
            found[lines] = True
    return found
