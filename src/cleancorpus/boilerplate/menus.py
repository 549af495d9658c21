"""Menus above a text: long lists of short items with marks in front of them.

Flat text of HTML has a mark in front of every item of a list.  Articles have such lists, too, but not as the first
thing on a page on which there is chrome, with the text below them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import COMMA, is_one_of
from cleancorpus.boilerplate.prose import Prose
from cleancorpus.boilerplate.stretches import changes, openings
from cleancorpus.boilerplate.verdicts import NONE, SURE, FoldedView, Verdicts
from cleancorpus.text import Positions

Mask = NDArray[np.bool_]
_MARKS = "•▪◦■►"
# So many items of no more characters, that are at least half of the short lines between them, make a menu.
_LEAST_ITEMS, _LONGEST_ITEM, _LEAST_SHARE = 8, 16, 0.5
# The prose below has at least so many characters, and so many lines right above it may be its title and kicker.
LEAST_BODY, _HEAD = 150, 2


def menus_above_text(view: FoldedView, verdicts: Verdicts, prose: Prose, marked: Mask) -> Mask:
    """Say which lines lie in menus above the texts of documents that have a sure line, ``bool[L]``.

    ``marked`` (``bool[L]``) are the lines with the mark of a list.
    """
    found = np.zeros(len(view.lines), dtype=bool)
    if np.count_nonzero(marked) < _LEAST_ITEMS:
        return found
    filled = verdicts.filled
    document = view.lines.document[filled]
    known = (verdicts.strength != NONE)[filled]
    short = verdicts.size[filled] <= _LONGEST_ITEM
    short &= (verdicts.stops == 0)[filled] & (view.count(COMMA) == 0)[filled]
    item = short & marked[filled]
    open_ground = (short | known) & _above_text(filled, document, verdicts, prose)
    breaks = ~open_ground | changes(document)
    stretch = np.cumsum(breaks)
    items: Positions = np.flatnonzero(item & open_ground)
    if not len(items):
        return found
    owner = stretch[items]
    opens = openings(owner)
    begin, end = items[opens], items[np.append(opens[1:], len(items)) - 1]
    count = np.diff(np.append(opens, len(items)))
    menu = (count >= _LEAST_ITEMS) & (count >= _LEAST_SHARE * (end - begin + 1))
    for first, last in zip(begin[menu].tolist(), end[menu].tolist(), strict=True):
        found[filled[first : last + 1]] = True
    return found & ~verdicts.title


def marked_items(view: FoldedView, verdicts: Verdicts) -> Mask:
    """Say which lines have a mark of a list in front, with a blank behind it or not."""
    marked = np.zeros(len(view.lines), dtype=bool)
    for step in (1, 2):
        place = verdicts.first - step
        inside = place >= view.lines.start
        marked[inside] |= is_one_of(view.points[place[inside]], _MARKS)
    return marked


def _above_text(filled: Positions, document: Positions, verdicts: Verdicts, prose: Prose) -> Mask:
    """Say which filled lines lie above all prose of a document that has enough of it, and above its title."""
    count = int(document[-1]) + 1
    position = np.arange(len(filled))
    solid = prose.solid[filled] & (verdicts.strength[filled] == NONE)
    body = np.bincount(document, weights=solid * verdicts.size[filled], minlength=count)
    sure = np.bincount(document, weights=verdicts.strength[filled] == SURE, minlength=count)
    top = np.full(count, len(filled), dtype=np.int64)
    for stop, room in ((prose.any[filled] & (verdicts.strength[filled] == NONE), _HEAD), (verdicts.title[filled], 0)):
        np.minimum.at(top, document[stop], position[stop] - room)
    return (position < top[document]) & ((body >= LEAST_BODY) & (sure > 0))[document]
