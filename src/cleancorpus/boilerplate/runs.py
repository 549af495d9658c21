"""Runs of chrome: lines that are chrome because of the company they keep.

A menu word alone may be a line of a body; ten of them around a log-in link are a menu.  Lines that are
surely chrome and words of menus are anchors.  Anchors with little between them form a run, and a run with
enough anchors goes whole.  Prose is never part of a run, nothing behind a byline or a title is until the
next anchor, and a document without several sure lines has no runs at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.verdicts import FAMILIES, SURE, WEAK, Verdicts
from cleancorpus.rules import Rule
from cleancorpus.text import Lines, Positions

RUN = Rule(
    id="boilerplate.chrome-run",
    why="Menu words, links and headlines between lines that are surely page chrome.",
    family="navigation",
    hits=(
        "登录/注册\n首页\n新闻\n财经\n体育\n更多>>\n设为首页\n网站地图\n"
        "今天的标题说了一件事\n2020-01-02 10:00 来源：某某网\n"
        "今天上午，某某市举行了会议，会议由市长主持。他说，要做好明年的工作。",
    ),
    misses=(
        "首页\n新闻\n财经\n体育",
        "历史\n这座城市的历史可以追溯到汉代，当时它是一个县。\n教育\n这里有三所大学。",
    ),
)

Mask = NDArray[np.bool_]
_BYLINE, _FORUM, _RELATED = (FAMILIES.index(name) for name in ("byline", "forum", "related"))
# A document in which fewer lines are surely chrome came without its page.
_LEAST_SURE = 3
# So many lines that no rule knows may stand between two anchors; more where all of them are as short as
# menu items.
_NARROW_GAP, _WIDE_GAP, _MENU_ITEM = 2, 10, 8
# Of a run's lines this share must be anchors.
_LEAST_ANCHORS = 0.34
# Characters of prose in front of the last block: below, the page's body may be what stands there.
_LEAST_BODY = 150
_PROSE_LENGTH = 50


@dataclass(frozen=True)
class _Filled:
    """The lines of a batch that show something, as columns."""

    line: Positions
    document: Positions
    sure: Mask
    weak: Mask
    prose: Mask
    barrier: Mask
    title: Mask
    related: Mask
    size: Positions


def has_company(verdicts: Verdicts, lines: Lines) -> bool:
    """Say whether any document has enough lines that are surely chrome to have runs."""
    sure = lines.document[verdicts.strength == SURE]
    return bool(len(sure)) and int(np.bincount(sure).max()) >= _LEAST_SURE


def prose_lines(verdicts: Verdicts, opens_speech: Mask, commas: Positions) -> Mask:
    """Say which lines read as prose: a full stop, speech, several clauses, or simply many characters."""
    size = verdicts.last - verdicts.first
    return (verdicts.stops > 0) | (size >= _PROSE_LENGTH) | opens_speech | (commas >= 2)


def find_runs(verdicts: Verdicts, lines: Lines, prose: Mask) -> Mask:
    """Say which lines go because they lie in a run of chrome; titles and prose never do."""
    filled = _filled(verdicts, lines, prose)
    run = np.zeros(len(lines), dtype=bool)
    if not len(filled.line):
        return run
    inner = _chains(filled) | _behind_related_heads(filled) | _last_block(filled) | _above_titles(filled)
    inner &= _company(filled) & ~filled.title & ~filled.prose & ~_headings(filled, inner)
    run[filled.line] = inner
    return run


def _filled(verdicts: Verdicts, lines: Lines, prose: Mask) -> _Filled:
    line: Positions = np.flatnonzero(verdicts.last > verdicts.first)
    sure = verdicts.strength[line] == SURE
    family = verdicts.family[line]
    title = verdicts.title[line]
    facts = np.zeros(len(lines), dtype=bool)
    facts[list(verdicts.bylines)] = True
    editors = [n for n, found in verdicts.bylines.items() if {f.key for f in found.facts} == {"editor"}]
    facts[editors] = False
    return _Filled(
        line,
        lines.document[line],
        sure,
        (verdicts.strength[line] == WEAK) & ~prose[line],
        prose[line] & ~sure,
        facts[line] | (sure & (family == _FORUM)) | title,
        title,
        sure & (family == _RELATED),
        (verdicts.last - verdicts.first)[line],
    )


def _company(filled: _Filled) -> Mask:
    """Say which lines lie in documents with enough sure lines."""
    count = np.bincount(filled.document[filled.sure], minlength=int(filled.document[-1]) + 1)
    return count[filled.document] >= _LEAST_SURE


def _blocks(filled: _Filled) -> Positions:
    """Number the stretches between lines of prose and the ends of documents."""
    opens = filled.prose.copy()
    opens[1:] |= filled.prose[:-1] | (filled.document[1:] != filled.document[:-1])
    return np.cumsum(opens)


def _chains(filled: _Filled) -> Mask:
    """Mark the runs between anchors that stand close together."""
    anchor: Positions = np.flatnonzero((filled.sure | filled.weak) & ~filled.title)
    marked = np.zeros(len(filled.line), dtype=bool)
    if not len(anchor):
        return marked
    block = _blocks(filled)
    wide = np.concatenate([[0], np.cumsum(filled.size > _MENU_ITEM)])
    walls = np.concatenate([[0], np.cumsum(filled.barrier)])
    left, right = anchor[:-1], anchor[1:]
    gap = right - left - 1
    # A gap behind a byline, a post's head or a title is where a body begins.
    open_ground = walls[right] - walls[left] == 0
    close = (gap <= _NARROW_GAP) | ((gap <= _WIDE_GAP) & (wide[right] - wide[left + 1] == 0))
    joined = (block[left] == block[right]) & close & (open_ground | (gap == 0))
    chain = np.concatenate([[0], np.cumsum(~joined)])
    first = anchor[np.flatnonzero(np.diff(chain, prepend=-1))]
    last = anchor[np.flatnonzero(np.diff(chain, append=chain[-1] + 1))]
    anchors = np.bincount(chain)
    sure = np.bincount(chain, weights=filled.sure[anchor])
    length = last - first + 1
    good = (sure >= 1) & (anchors >= _LEAST_ANCHORS * length)
    return _spans(len(marked), first[good], last[good] + 1)


def _behind_related_heads(filled: _Filled) -> Mask:
    """Mark what follows the head of a list of other pages, as far as no prose and no sure line comes."""
    position = np.arange(len(filled.line))
    block = _blocks(filled)
    known = np.where(filled.sure | filled.barrier, position, -1)
    nearest = np.maximum.accumulate(known)
    reached = nearest >= 0
    head = np.zeros(len(position), dtype=bool)
    head[reached] = filled.related[nearest[reached]] & (block[nearest[reached]] == block[reached])
    return head


def _last_block(filled: _Filled) -> Mask:
    """Mark what follows the first sure line behind the last prose of a document that has a body."""
    position = np.arange(len(filled.line))
    documents = int(filled.document[-1]) + 1
    prose_size = np.bincount(filled.document, weights=filled.size * filled.prose, minlength=documents)
    last_prose = np.full(documents, -1, dtype=np.int64)
    last_prose[filled.document[filled.prose]] = position[filled.prose]
    behind = filled.sure & ~filled.barrier & (position > last_prose[filled.document])
    first_sure = np.full(documents, len(position), dtype=np.int64)
    np.minimum.at(first_sure, filled.document[behind], position[behind])
    return (position >= first_sure[filled.document]) & (prose_size[filled.document] >= _LEAST_BODY)


def _above_titles(filled: _Filled) -> Mask:
    """Mark what stands above a title, but for the two lines next to it: a kicker is part of the text."""
    position = np.arange(len(filled.line))
    documents = int(filled.document[-1]) + 1
    title = np.full(documents, -1, dtype=np.int64)
    title[filled.document[filled.title]] = position[filled.title]
    anchors_above = np.bincount(
        filled.document[(filled.sure | filled.weak) & (position < title[filled.document])], minlength=documents
    )
    far = position < title[filled.document] - 2
    return far & (anchors_above >= _LEAST_SURE)[filled.document]


def _headings(filled: _Filled, marked: Mask) -> Mask:
    """Say which marked lines may be headings of the prose right behind them."""
    before_prose = np.zeros(len(filled.line), dtype=bool)
    before_prose[:-1] = filled.prose[1:] & (filled.document[1:] == filled.document[:-1])
    return marked & before_prose & ~filled.sure


def _spans(size: int, start: Positions, end: Positions) -> Mask:
    depth = np.zeros(size + 1, dtype=np.int64)
    np.add.at(depth, start, 1)
    np.add.at(depth, end, -1)
    return np.asarray(np.cumsum(depth)[:-1] > 0)
