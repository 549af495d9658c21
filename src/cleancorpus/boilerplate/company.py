"""Lines that are chrome only in the company of other chrome.

A telephone number under a letter is its writer's, and in the record of a conversation every message has its day
and its speaker above it.  Where such lines are all that rules know in a document, no page is around its text.
"""

from __future__ import annotations

import numpy as np

from cleancorpus.boilerplate.verdicts import NONE, SURE, Verdicts
from cleancorpus.text import Lines

# What writers put under or above their own texts, too.
_SIGNING = ("boilerplate.contact-row", "boilerplate.tag-row")
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
    for row in sure[alone[owner]].tolist():
        verdicts.strength[row], verdicts.rule[row], verdicts.family[row] = NONE, -1, -1
        verdicts.goes[row] = False
        verdicts.bylines.pop(row, None)


def _saying_who_speaks(verdicts: Verdicts) -> list[int]:
    """Give the lines that are a moment and a name, and nothing else."""
    return [row for row, byline in verdicts.bylines.items() if byline.keys == {"date", "author"}]
