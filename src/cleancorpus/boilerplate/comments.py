"""Comments of readers under an article: who, when, a sentence or two, and buttons, again and again.

Nothing in a comment itself tells it from the text above.  But the text is an article with a source, the head of the
comments stands below it, and from there on buttons and times are never far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.facts import names_source
from cleancorpus.boilerplate.prose import Prose
from cleancorpus.boilerplate.verdicts import NONE, Verdicts
from cleancorpus.text import Lines, Positions

Mask = NDArray[np.bool_]
_HEADS = tuple(f"boilerplate.{name}" for name in ("comment-tools", "comment-box", "comment-policy"))
_FRAMES = tuple(
    f"boilerplate.{name}"
    for name in ("comment-age", "comment-buttons", "post-head", "post-line", "post-tools", "vote-row", "post-actions")
)
# An article has so many characters of prose above the head of its comments; so many frames stand below that head, with
# no more than so many lines from one to the next.
_LEAST_ARTICLE, _LEAST_FRAMES, _MOST_LINES = 150, 3, 8


def comments_on_articles(verdicts: Verdicts, lines: Lines, prose: Prose) -> Mask:
    """Say which lines lie between the head of the comments on an article and the last comment's frame, ``bool[L]``."""
    found = np.zeros(len(lines), dtype=bool)
    heads: Positions = np.flatnonzero(verdicts.by(_HEADS))
    frames: Positions = np.flatnonzero(verdicts.by(_FRAMES))
    if not len(heads) or len(frames) < _LEAST_FRAMES:
        return found
    article = _first_bylines(verdicts, lines)
    filled = np.cumsum(verdicts.size > 0)
    mass = np.cumsum(verdicts.size * (prose.solid & (verdicts.strength == NONE)))
    apart = (np.diff(filled[frames]) > _MOST_LINES) | (np.diff(lines.document[frames]) > 0)
    # The last of the frames that follow one another closely, for each of them.
    ends = np.append(np.flatnonzero(apart), len(frames) - 1)
    end = ends[np.searchsorted(ends, np.arange(len(frames)))]
    last = -1
    for head, place in zip(heads.tolist(), np.searchsorted(frames, heads).tolist(), strict=True):
        document = int(lines.document[head])
        byline = article.get(document, head)
        if head <= last or byline >= head or mass[head] - mass[byline] < _LEAST_ARTICLE:
            continue
        if end[min(place, len(frames) - 1)] - place + 1 < _LEAST_FRAMES or lines.document[frames[place]] != document:
            continue
        if filled[frames[place]] - filled[head] <= _MOST_LINES:
            last = int(frames[end[place]])
            found[head : last + 1] = True
    return found & (verdicts.size > 0) & ~verdicts.title


def _first_bylines(verdicts: Verdicts, lines: Lines) -> dict[int, int]:
    """Give the first line that names the source of an article, by document."""
    found: dict[int, int] = {}
    for row in sorted(row for row, byline in verdicts.bylines.items() if names_source(byline)):
        found.setdefault(int(lines.document[row]), row)
    return found
