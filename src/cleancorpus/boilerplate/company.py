"""Lines that are chrome only in the company of other chrome.

A telephone number under a letter is its writer's, and in the record of a conversation every message has its day
and its speaker above it.  Where such lines are all that rules know in a document, no page is around its text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.verdicts import NONE, SURE, Verdicts
from cleancorpus.text import Codepoints, Lines, Positions

# What writers put under or above their own texts, too.
_CONTACT = "boilerplate.contact-row"
_LONGEST_LABEL = 8
_SIGNING = (_CONTACT, "boilerplate.tag-row")
# What may be a heading of a text, too: the names of lists where no text stands above them, those of pages anywhere.
_LIST_HEADS, _PAGE_NAMES = "boilerplate.related-head", "boilerplate.footer-links"
# Writers put tags above their own texts; below so many characters of sentences, with no more than so many lines
# behind them, a site did.
_TAGS = "boilerplate.tag-row"
_LEAST_TEXT, _MOST_BEHIND = 150, 2
# So many heads of messages make a record of a conversation.
_LEAST_MESSAGES = 3


def leave_lone_lines(verdicts: Verdicts, lines: Lines, points: Codepoints) -> None:
    """Take back the verdicts on lines that only sign a text or say who speaks, in documents with no other chrome."""
    sure = np.flatnonzero(verdicts.strength == SURE)
    if not len(sure):
        return
    signing = verdicts.by(_SIGNING)[sure]
    below = _text_above(verdicts, lines, sure) >= _LEAST_TEXT
    heading = verdicts.by({_PAGE_NAMES})[sure] | (verdicts.by({_LIST_HEADS})[sure] & ~below)
    signing |= heading & _leads_on(verdicts, lines, sure)
    speaking = _saying_who_speaks(verdicts)[sure]
    owner = lines.document[sure]
    count = int(owner[-1]) + 1
    other = np.bincount(owner[~signing], minlength=count) == 0
    heads = np.bincount(owner[speaking], minlength=count)
    text = np.bincount(lines.document[(verdicts.size > 0) & (verdicts.strength == NONE)], minlength=count)
    alone = (text[:count] > 0) & (other | ((heads >= _LEAST_MESSAGES) & (heads == np.bincount(owner, minlength=count))))
    left = (alone[owner] & ~_closing_tags(verdicts, lines, sure)) | _contacts_in_texts(verdicts, lines, points)[sure]
    for row in sure[left].tolist():
        verdicts.strength[row], verdicts.rule[row], verdicts.family[row] = NONE, -1, -1
        verdicts.goes[row] = False
        verdicts.bylines.pop(row, None)


def _contacts_in_texts(verdicts: Verdicts, lines: Lines, points: Codepoints) -> NDArray[np.bool_]:
    """Say which telephone numbers and the like stand in a text, ``bool[L]``: a notice names whom to ask.

    Right above them is a label with its value that no rule knows, and above it a sentence, with no chrome in between.
    """
    contacts = verdicts.by({_CONTACT})
    if not contacts.any():
        return contacts
    position = np.arange(len(contacts))
    other = (verdicts.size > 0) & ~contacts
    sentence = other & (verdicts.strength == NONE) & (verdicts.stops > 0)
    nearest, last_sure, last_sentence = (
        np.maximum.accumulate(np.where(marked, position, -1))
        for marked in (other, other & (verdicts.strength == SURE), sentence)
    )
    inside = contacts & (last_sentence > last_sure) & (nearest > last_sentence)
    inside &= lines.document[np.maximum(last_sentence, 0)] == lines.document
    for row in np.flatnonzero(inside).tolist():
        start, end = int(verdicts.first[nearest[row]]), int(verdicts.last[nearest[row]])
        colons = np.flatnonzero(points[start : min(end - 1, start + _LONGEST_LABEL + 1)] == ord(":"))
        inside[row] = len(colons) > 0
    return np.asarray(inside)


def _saying_who_speaks(verdicts: Verdicts) -> NDArray[np.bool_]:
    """Say which lines are a moment and a name, and nothing else, ``bool[L]``."""
    found = np.zeros(len(verdicts.rule), dtype=bool)
    found[[row for row, byline in verdicts.bylines.items() if byline.keys == {"date", "author"}]] = True
    return found


def _closing_tags(verdicts: Verdicts, lines: Lines, rows: Positions) -> NDArray[np.bool_]:
    """Say which of the rows are tags right below a text of sentences."""
    tags = verdicts.by((_TAGS,))[rows]
    if not tags.any():
        return tags
    filled = np.concatenate([[0], np.cumsum(verdicts.size > 0)])
    past = np.searchsorted(lines.document, lines.document[rows], side="right")
    closing = filled[past] - filled[rows + 1] <= _MOST_BEHIND
    return np.asarray(tags & closing & (_text_above(verdicts, lines, rows) >= _LEAST_TEXT))


def _text_above(verdicts: Verdicts, lines: Lines, rows: Positions) -> Positions:
    """Count the characters of lines with sentences above each of the rows, in its document."""
    size = verdicts.size * ((verdicts.strength == NONE) & (verdicts.stops > 0))
    text = np.concatenate([[0], np.cumsum(size)])
    return np.asarray(text[rows] - text[np.searchsorted(lines.document, lines.document[rows])])


def _leads_on(verdicts: Verdicts, lines: Lines, rows: Positions) -> NDArray[np.bool_]:
    """Say which of the rows have a line that no rule knows right behind them."""
    behind = np.minimum(rows + 1, len(lines) - 1)
    unknown = (verdicts.strength[behind] == NONE) & (verdicts.size > 0)[behind]
    return np.asarray(unknown & (behind > rows) & (lines.document[behind] == lines.document[rows]))
