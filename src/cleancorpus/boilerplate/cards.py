"""Cards of other articles below a text: a headline, perhaps a teaser in full sentences, and counters below it.

A teaser alone looks like prose.  That every one has its votes, comments and readers right below it, again and again,
does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.stretches import openings, stretches
from cleancorpus.boilerplate.verdicts import SURE, WEAK, FoldedView, Verdicts

Mask = NDArray[np.bool_]
# So many counters stand under a card, so many lines at most are one, and so many cards make a list.
_LEAST_COUNTERS, _LONGEST_CARD, _LEAST_CARDS = 2, 3, 3
# A headline has so many characters, as names in the rows of a table have not; a counter has no more than these.
_LEAST_HEADLINE, _LONGEST_COUNTER = 8, 6


def cards_behind_chrome(view: FoldedView, verdicts: Verdicts) -> Mask:
    """Say which lines lie in lists of cards that begin right behind a line that is surely chrome, ``bool[L]``."""
    found = np.zeros(len(view.lines), dtype=bool)
    filled = verdicts.filled
    size = verdicts.size[filled]
    counter = (verdicts.strength[filled] == WEAK) & (verdicts.word[filled] < 0) & (size <= _LONGEST_COUNTER)
    begin, end = stretches(counter)
    enough = end - begin >= _LEAST_COUNTERS
    begin, end = begin[enough], end[enough]
    if len(begin) < _LEAST_CARDS:
        return found
    document = view.lines.document[filled]
    sure = verdicts.strength[filled] == SURE
    behind = np.maximum.accumulate(np.where(sure | counter, np.arange(len(filled)), -1))[begin - 1]
    card = (begin - 1 - behind <= _LONGEST_CARD) & (begin - 1 > behind) & (behind >= 0)
    card &= np.array([size[a + 1 : b].max(initial=0) for a, b in zip(behind, begin, strict=True)]) >= _LEAST_HEADLINE
    card &= document[np.maximum(behind, 0)] == document[end - 1]
    # A card stands right behind the counters of another; the first of a list right behind a sure line.
    follows = np.concatenate([[False], behind[1:] == end[:-1] - 1]) & ~sure[np.maximum(behind, 0)]
    for first, past in _chains(card, follows):
        if card[first] and past - first >= _LEAST_CARDS and sure[behind[first]]:
            found[filled[behind[first] + 1 : end[past - 1]]] = True
    return found & ~verdicts.title


def _chains(card: Mask, follows: Mask) -> list[tuple[int, int]]:
    """Give the first and the past-last of each stretch of cards that follow one another."""
    chain = np.cumsum(~(card & follows))
    starts = openings(chain)
    return list(zip(starts.tolist(), np.append(starts[1:], len(card)).tolist(), strict=True))
