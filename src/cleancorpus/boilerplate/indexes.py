"""Pages that are an index: the threads of a board, the news of a day, the notices of an office.

Titles in a list look like the headlines beside a text, and they stand where a list stands.  But where entries with
their days make up more of a page than all its prose, no article is there beside which they could stand.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import DIGIT, count_per_line
from cleancorpus.boilerplate.dates import DATE
from cleancorpus.boilerplate.metadata import names_source
from cleancorpus.boilerplate.runs import Prose
from cleancorpus.boilerplate.verdicts import FAMILIES, NONE, SURE, FoldedView, Verdicts
from cleancorpus.text import Positions

Mask = NDArray[np.bool_]
_MOMENT = re.compile(
    rf"{DATE.pattern}|\d{{1,3}}\s?(?:分钟|小时|天|日|周|个月|年)之?前|[今昨前][天日]\s?\d{{1,2}}:\d\d"
    r"|(?<!\d)[01]?\d[-/月][0-3]?\d日?(?:\s+[012]?\d:\d\d|[\])]?$)"
)
_ACCOUNTS = ("boilerplate.account-head", "boilerplate.account-origin")
_RELATED = FAMILIES.index("related")
# An index has so many dated entries, no more than so many other lines from one to the next: a title, its label, the
# number of answers.  An entry is no longer than this.
_LEAST_ENTRIES, _MOST_BETWEEN, _LONGEST_ENTRY = 8, 3, 200


def entries_of_indexes(view: FoldedView, verdicts: Verdicts, prose: Prose) -> Mask:
    """Say which lines no rule knows lie in the list that their page consists of, ``bool[L]``."""
    found = np.zeros(len(view.lines), dtype=bool)
    filled: Positions = np.flatnonzero(verdicts.last > verdicts.first)
    dated = _dated(view, verdicts, prose, filled)
    place: Positions = np.flatnonzero(dated)
    if len(place) < _LEAST_ENTRIES:
        return found
    document = view.lines.document[filled]
    related = (verdicts.strength[filled] == SURE) & (verdicts.family[filled] == _RELATED)
    heads = np.concatenate([[0], np.cumsum(related)])
    apart = (np.diff(place) > _MOST_BETWEEN + 1) | (np.diff(document[place]) > 0) | (np.diff(heads[place]) > 0)
    opens = np.flatnonzero(np.concatenate([[True], apart]))
    begin, end = place[opens], place[np.append(opens[1:], len(place)) - 1]
    enough = np.diff(np.append(opens, len(place))) >= _LEAST_ENTRIES
    unknown = (verdicts.strength[filled] == NONE) & ~verdicts.title[filled]
    size = (verdicts.last - verdicts.first)[filled]
    listed = np.concatenate([[0], np.cumsum(size * (unknown & ~prose.solid[filled]))])
    solid = np.concatenate([[0], np.cumsum(size * (unknown & prose.solid[filled]))])
    first_of = np.searchsorted(document, np.arange(int(document[-1]) + 2))
    articles = set(view.lines.document[_heads_of_articles(verdicts)].tolist())
    for first, last in zip(begin[enough].tolist(), end[enough].tolist(), strict=True):
        page = int(document[first])
        outside = solid[first_of[page + 1]] - solid[first_of[page]] - (solid[last + 1] - solid[first])
        # The title of the first entry may stand above its day.
        first -= int(first > first_of[page])
        if page not in articles and listed[last + 1] - listed[first] > outside:
            found[filled[first : last + 1]] = True
    return np.asarray(found & (verdicts.strength == NONE))


def _heads_of_articles(verdicts: Verdicts) -> list[int]:
    """Give the lines that name the source or the account of an article."""
    signed = np.isin(verdicts.rule, [n for n, rule in enumerate(verdicts.rules) if rule in _ACCOUNTS])
    return [*np.flatnonzero(signed).tolist(), *(row for row, line in verdicts.bylines.items() if names_source(line))]


def _dated(view: FoldedView, verdicts: Verdicts, prose: Prose, filled: Positions) -> Mask:
    """Say which filled lines are entries with a moment in them, or are a moment alone."""
    size = (verdicts.last - verdicts.first)[filled]
    maybe = (verdicts.strength[filled] == NONE) & ~prose.solid[filled] & (size <= _LONGEST_ENTRY)
    maybe &= count_per_line(view.classes, DIGIT, view.lines)[filled] > 0
    rows = filled[maybe]
    bounds = zip(verdicts.first[rows].tolist(), verdicts.last[rows].tolist(), strict=True)
    maybe[maybe] = [_MOMENT.search(view.text, start, end) is not None for start, end in bounds]
    return np.asarray(maybe)
