"""Who wrote an article, in sentences, between the mark at its end and the prompts of its account."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.verdicts import SURE, Verdicts
from cleancorpus.text import Lines, Positions

_END = frozenset({"boilerplate.article-end"})
# So many lines at most, none of them longer, are a signature.
_MOST_LINES, _LONGEST = 3, 80


def signatures_behind_ends(verdicts: Verdicts, lines: Lines) -> NDArray[np.bool_]:
    """Say which lines stand between the mark at the end of an article and a sure line close below, ``bool[L]``."""
    found = np.zeros(len(lines), dtype=bool)
    ends: Positions = np.flatnonzero(verdicts.by(_END) & (verdicts.strength == SURE))
    if not len(ends):
        return found
    filled = verdicts.filled
    for place in np.searchsorted(filled, ends).tolist():
        behind = filled[place + 1 : place + 2 + _MOST_LINES]
        behind = behind[lines.document[behind] == lines.document[filled[place]]]
        sure: Positions = np.flatnonzero(verdicts.strength[behind] == SURE)
        between = behind[: int(sure[0])] if len(sure) else behind[:0]
        if len(between) and int(verdicts.size[between].max()) <= _LONGEST:
            found[between] = True
    return found & ~verdicts.title
