"""Headlines of other articles below a text, each with its day behind it."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import DIGIT, is_one_of
from cleancorpus.boilerplate.prose import Prose
from cleancorpus.boilerplate.verdicts import NONE, SURE, FoldedView, Verdicts
from cleancorpus.text import Positions

Mask = NDArray[np.bool_]
_DATED = re.compile(
    r"(?!《)[^。;]{10,80}?[\s(\[|]?(?:(?:19|20)\d{2}[-/.年])?(?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12]\d|0?[1-9])日?"
    r"(?:\s*[012]?\d:[0-5]\d(?::[0-5]\d)?)?[)\]]?"
)
# So many in a row, below so many characters of prose, are a list; no longer than a headline with its day.
_LEAST_HEADLINES, _LEAST_BODY, _LONGEST = 4, 150, 90
_CLOSING = ")]日"


def dated_headlines(view: FoldedView, verdicts: Verdicts, prose: Prose) -> Mask:
    """Say which lines are dated headlines behind all prose of documents that have a sure line, ``bool[L]``."""
    found = np.zeros(len(view.lines), dtype=bool)
    filled = verdicts.filled
    rows = filled[_below_prose(filled, view.lines.document[filled], verdicts, prose)]
    if not len(rows):
        return found
    final = verdicts.last[rows] - 1
    maybe = ((view.classes[final] & DIGIT) > 0) | is_one_of(view.points[final], _CLOSING)
    maybe &= (verdicts.strength[rows] == NONE) & (verdicts.last[rows] - verdicts.first[rows] <= _LONGEST)
    spans = zip(verdicts.first[rows].tolist(), verdicts.last[rows].tolist(), maybe.tolist(), strict=True)
    dated = np.array([told and _DATED.fullmatch(view.text, start, end) is not None for start, end, told in spans])
    apart = ~(dated[1:] & dated[:-1]) | (np.diff(view.lines.document[rows]) > 0)
    group = np.concatenate([[0], np.cumsum(apart)])
    found[rows[dated & (np.bincount(group)[group] >= _LEAST_HEADLINES)]] = True
    return found & ~verdicts.title


def _below_prose(filled: Positions, document: Positions, verdicts: Verdicts, prose: Prose) -> Mask:
    """Say which filled lines lie below the last prose of a document with enough of it and a sure line."""
    count = int(document[-1]) + 1 if len(document) else 0
    solid = prose.solid[filled] & (verdicts.strength[filled] == NONE)
    body = np.bincount(document, weights=solid * verdicts.size[filled], minlength=count)
    sure = np.bincount(document, weights=verdicts.strength[filled] == SURE, minlength=count)
    last = np.full(count, len(filled), dtype=np.int64)
    position: Positions = np.flatnonzero(solid)
    last[document[position]] = position
    return (np.arange(len(filled)) > last[document]) & ((body >= _LEAST_BODY) & (sure > 0))[document]
