"""Lines that are chrome only in the company of other chrome.

A telephone number under a letter is its writer's, and in the record of a conversation every message has its day
and its speaker above it.  Where such lines are all that rules know in a document, no page is around its text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.verdicts import NONE, SURE, Verdicts
from cleancorpus.text import Lines, Positions

# What writers put under or above their own texts, too.
_SIGNING = ("boilerplate.contact-row", "boilerplate.tag-row")
# Writers put tags above their own texts; below so many characters of sentences, with no more than so many lines
# behind them, a site did.
_TAGS = "boilerplate.tag-row"
_LEAST_TEXT, _MOST_BEHIND = 150, 2
# So many heads of messages make a record of a conversation.
_LEAST_MESSAGES = 3


def leave_lone_lines(verdicts: Verdicts, lines: Lines) -> None:
    """Take back the verdicts on lines that only sign a text or say who speaks, in documents with no other chrome."""
    sure = np.flatnonzero(verdicts.strength == SURE)
    if not len(sure):
        return
    number = {rule: index for index, rule in enumerate(verdicts.rules)}
    signing = np.isin(verdicts.rule[sure], [number[rule] for rule in _SIGNING if rule in number])
    speaking = np.isin(sure, _saying_who_speaks(verdicts))
    owner = lines.document[sure]
    count = int(owner[-1]) + 1
    other = np.bincount(owner[~signing], minlength=count) == 0
    heads = np.bincount(owner[speaking], minlength=count)
    text = np.bincount(lines.document[(verdicts.last > verdicts.first) & (verdicts.strength == NONE)], minlength=count)
    alone = (text[:count] > 0) & (other | ((heads >= _LEAST_MESSAGES) & (heads == np.bincount(owner, minlength=count))))
    for row in sure[alone[owner] & ~_closing_tags(verdicts, lines, sure)].tolist():
        verdicts.strength[row], verdicts.rule[row], verdicts.family[row] = NONE, -1, -1
        verdicts.goes[row] = False
        verdicts.bylines.pop(row, None)


def _saying_who_speaks(verdicts: Verdicts) -> list[int]:
    """Give the lines that are a moment and a name, and nothing else."""
    return [row for row, byline in verdicts.bylines.items() if byline.keys == {"date", "author"}]


def _closing_tags(verdicts: Verdicts, lines: Lines, rows: Positions) -> NDArray[np.bool_]:
    """Say which of the rows are tags right below a text of sentences."""
    tags = np.isin(verdicts.rule[rows], [n for n, rule in enumerate(verdicts.rules) if rule == _TAGS])
    if not tags.any():
        return tags
    size = verdicts.last - verdicts.first
    filled = np.concatenate([[0], np.cumsum(size > 0)])
    text = np.concatenate([[0], np.cumsum(size * ((verdicts.strength == NONE) & (verdicts.stops > 0)))])
    first = np.searchsorted(lines.document, lines.document[rows])
    past = np.searchsorted(lines.document, lines.document[rows], side="right")
    below = (filled[past] - filled[rows + 1] <= _MOST_BEHIND) & (text[rows] - text[first] >= _LEAST_TEXT)
    return np.asarray(tags & below)
