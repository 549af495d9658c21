"""Pages that are an index: the threads of a board, the news of a day, the notices of an office.

Titles in a list look like the headlines beside a text, and they stand where a list stands.  But where entries with
their days make up more of a page than all its prose, no article is there beside which they could stand.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import DIGIT
from cleancorpus.boilerplate.dates import DATE
from cleancorpus.boilerplate.facts import names_source
from cleancorpus.boilerplate.prose import Prose
from cleancorpus.boilerplate.verdicts import FAMILIES, NONE, SURE, FoldedView, Verdicts
from cleancorpus.text import Positions

Mask = NDArray[np.bool_]
_MOMENT = re.compile(
    rf"(?=[\d民中一二今昨前])(?:{DATE.pattern}|\d{{1,3}}\s?(?:分钟|小时|天|日|周|个月|年)之?前"
    r"|[今昨前][天日]\s?\d{1,2}:\d\d|(?<!\d)[01]?\d[-/月][0-3]?\d日?(?:\s+[012]?\d:\d\d|[\])]?$))"
)
_ACCOUNTS = ("boilerplate.account-head", "boilerplate.account-origin")
_RELATED = FAMILIES.index("related")
# An index has so many dated entries, no more than so many other lines from one to the next: a title, its label, the
# number of answers.  An entry is no longer than this.
_LEAST_ENTRIES, _MOST_BETWEEN, _LONGEST_ENTRY = 8, 3, 200
# Without days, headlines are what a page is about where it has fewer characters of prose than this, so many headlines
# of so many characters or more, and so many times as many characters in them as in all else that runs leave.
_LEAST_TEXT, _LEAST_HEADLINES, _SHORTEST_HEADLINE, _LISTED = 60, 12, 10, 3


def entries_of_indexes(view: FoldedView, verdicts: Verdicts, prose: Prose) -> Mask:
    """Say which lines no rule knows lie in the list that their page consists of, ``bool[L]``."""
    found = np.zeros(len(view.lines), dtype=bool)
    filled = verdicts.filled
    if not len(filled):
        return found
    document = view.lines.document[filled]
    size = verdicts.size[filled]
    unknown = (verdicts.strength[filled] == NONE) & ~verdicts.title[filled]
    maybe = unknown & ~prose.solid[filled]
    listed = size * maybe
    text = np.bincount(document, weights=size * (unknown & prose.solid[filled]))
    possible = np.bincount(document, weights=listed) > text
    possible[view.lines.document[_heads_of_articles(verdicts)]] = False
    place: Positions = np.flatnonzero(_dated(view, verdicts, filled, maybe & possible[document]))
    if len(place) < _LEAST_ENTRIES:
        return found
    related = (verdicts.strength[filled] == SURE) & (verdicts.family[filled] == _RELATED)
    heads = np.cumsum(related)
    apart = (np.diff(place) > _MOST_BETWEEN + 1) | (np.diff(document[place]) > 0) | (np.diff(heads[place]) > 0)
    opens = np.flatnonzero(np.concatenate([[True], apart]))
    enough = np.diff(np.append(opens, len(place))) >= _LEAST_ENTRIES
    begin, end = place[opens][enough], place[np.append(opens[1:], len(place)) - 1][enough]
    # The title of the first entry may stand above its day, that of the last below.
    begin -= (begin > 0) & (document[begin - 1] == document[begin])
    end += (end + 1 < len(filled)) & (document[np.minimum(end + 1, len(filled) - 1)] == document[end])
    mass = np.concatenate([[0], np.cumsum(listed)])
    main = (mass[end + 1] - mass[begin] > text[document[begin]]) & possible[document[begin]]
    for first, last in zip(begin[main].tolist(), end[main].tolist(), strict=True):
        found[filled[first : last + 1]] = True
    return np.asarray(found & (verdicts.strength == NONE))


def lists_without_a_text(view: FoldedView, verdicts: Verdicts, prose: Prose) -> Mask:
    """Say which lines in runs are headlines of pages on which next to nothing else is left, ``bool[L]``."""
    document = view.lines.document
    size = verdicts.size * (verdicts.strength == NONE)
    headline = verdicts.run & (size >= _SHORTEST_HEADLINE)
    pages = int(document[-1]) + 1
    text, left, listed = (
        np.bincount(document, weights=size * rows, minlength=pages) for rows in (prose.solid, ~verdicts.run, headline)
    )
    count = np.bincount(document, weights=headline, minlength=pages)
    index = (text < _LEAST_TEXT) & (listed > _LISTED * left) & (count >= _LEAST_HEADLINES)
    return np.asarray(headline & index[document])


def _heads_of_articles(verdicts: Verdicts) -> list[int]:
    """Give the lines that name the source or the account of an article."""
    signed = verdicts.by(_ACCOUNTS)
    return [*np.flatnonzero(signed).tolist(), *(row for row, line in verdicts.bylines.items() if names_source(line))]


def _dated(view: FoldedView, verdicts: Verdicts, filled: Positions, possible: Mask) -> Mask:
    """Say which filled lines are a moment alone, or are entries with one in them among the ``possible`` lines."""
    dated = possible & (verdicts.size[filled] <= _LONGEST_ENTRY)
    alone = np.zeros(len(view.lines), dtype=bool)
    alone[[row for row, line in verdicts.bylines.items() if line.keys == {"date"}]] = True
    if np.count_nonzero(dated | alone[filled]) < _LEAST_ENTRIES:
        return dated
    dated &= view.count(DIGIT)[filled] > 0
    # Where too few lines have figures, none need be read.
    document = view.lines.document[filled]
    enough = np.bincount(document, weights=dated | alone[filled]) >= _LEAST_ENTRIES
    dated &= enough[document]
    rows = filled[dated]
    bounds = zip(verdicts.first[rows].tolist(), verdicts.last[rows].tolist(), strict=True)
    dated[dated] = [_MOMENT.search(view.text, start, end) is not None for start, end in bounds]
    return np.asarray(dated | alone[filled])
