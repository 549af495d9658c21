"""Runs of chrome: lines that are chrome because of the company they keep.

A menu word alone may be a line of a body; ten of them around a log-in link are a menu.  Lines that are
surely chrome and words of menus are anchors.  Anchors with little between them form a run, and a run with
enough anchors goes whole.  Prose is never part of a run, nothing behind a byline or a title is until the
next anchor, and a document without several sure lines has no runs at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.facts import names_source
from cleancorpus.boilerplate.families import menu_words
from cleancorpus.boilerplate.prose import Prose
from cleancorpus.boilerplate.spam import place_names
from cleancorpus.boilerplate.stretches import openings
from cleancorpus.boilerplate.verdicts import FAMILIES, NONE, SURE, WEAK, Verdicts
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
_FORUM, _RELATED = (FAMILIES.index(name) for name in ("forum", "related"))
_HEADING_TOOLS = ("boilerplate.entry-marks",)
_PATHS = ("boilerplate.breadcrumb",)
_POST_HEADS = ("boilerplate.post-line", "boilerplate.post-head", "boilerplate.answer-head")
# A document in which fewer lines are surely chrome came without its page.
LEAST_SURE = 2
_LEAST_REPEATS = 3
# So many lines that no rule knows may stand between two anchors; more where all of them are as short as
# menu items.
_NARROW_GAP, _WIDE_GAP, _MENU_ITEM, _MENU_LINE = 2, 10, 8, 16
# So many anchors above a title make what is there a menu; fewer do where all lines are short.
_LEAST_ABOVE = 3
# Between a title and its text stands no more than another line or two.
_TITLE_GAP = 2
# A title so far above the text may be the name of the site; a line with so many characters may be the title then.
_FAR_TITLE, _LONG_ITEM = 8, 12
# Of a run's lines this share must be anchors; without a sure line, there must be more of them and closer.
_LEAST_ANCHORS = 0.34
_LEAST_WORDS, _LEAST_WORD_SHARE = 6, 0.6
# Lines of prose with no more other lines between them than this are one text; another text with less than
# this share of its characters, and with fewer than so many, is not the page's.
_TEXT_GAP = 6
_SMALL_TEXT, _LONG_TEXT = 0.3, 3000
# Of a page's solid prose, this share may stand behind its foot, but not more than so many characters.
_REST, _MOST_REST = 0.05, 200
_LEAST_HEADLINES = 3
# Characters of a page's text; with fewer, a list or a poem may be the text.
_LEAST_BODY = 150
# With so many sure lines behind it, or on its page, links to edit parts aside, a shorter text is the page's: of the
# chrome of pages written for the purpose, 1 % more goes, and no line of a body (benchmarks/boilerplate_marked.py).
_LEAST_FRAMED, _LEAST_FOOT, _LEAST_FRAME, _MOST_FORUM = 60, 6, 12, 2


@dataclass(frozen=True)
class _Filled:
    """The lines of a batch that show something, as columns."""

    line: Positions
    document: Positions
    sure: Mask
    weak: Mask
    prose: Mask
    solid: Mask
    barrier: Mask
    article: Mask
    post: Mask
    title: Mask
    word: NDArray[np.int32]
    button: Mask
    related: Mask
    edited: Mask
    path: Mask
    forum: Mask
    size: Positions

    @cached_property
    def documents(self) -> int:
        """How many documents there are, up to the last that shows something."""
        return int(self.document[-1]) + 1

    @cached_property
    def position(self) -> Positions:
        """The number of each line."""
        return np.arange(len(self.line))

    @cached_property
    def blocks(self) -> Positions:
        """The number of the stretch between lines of prose and the ends of documents, for each line."""
        opens = self.prose.copy()
        opens[1:] |= self.prose[:-1] | (self.document[1:] != self.document[:-1])
        return np.cumsum(opens)

    @cached_property
    def repeated(self) -> Mask:
        """Words of menus that stand on lines of their own again and again: buttons of posts and headings."""
        marked = np.zeros(len(self.line), dtype=bool)
        rows: Positions = np.flatnonzero(self.weak & self.button)
        if len(rows) >= _LEAST_REPEATS:
            key = self.document[rows] * len(menu_words()) + self.word[rows]
            _, place, count = np.unique(key, return_inverse=True, return_counts=True)
            marked[rows] = count[place] >= _LEAST_REPEATS
        return marked


def has_company(verdicts: Verdicts, lines: Lines) -> bool:
    """Say whether any document has enough lines that are surely chrome to have runs."""
    sure = lines.document[verdicts.strength == SURE]
    return bool(len(sure)) and int(np.bincount(sure).max()) >= LEAST_SURE


def find_runs(verdicts: Verdicts, lines: Lines, prose: Prose) -> Mask:
    """Say which lines go because they lie in a run of chrome; titles and prose never do."""
    filled = _filled(verdicts, lines, prose)
    run = np.zeros(len(lines), dtype=bool)
    if not len(filled.line):
        return run
    texts = _texts(filled, filled.prose)
    inner = filled.repeated | _chains(filled) | _behind_related_heads(filled)
    inner |= _above_titles(filled)
    inner |= _behind_text(filled, texts)
    inner &= ~filled.prose
    behind = (_behind_text(filled, _texts(filled, filled.solid)) | _behind_last_prose(filled)) & ~filled.solid
    inner |= behind & ~_few_clauses(filled, behind)
    inner &= _company(filled) & ~filled.title
    inner &= ~_headings(filled, inner) & ~_possible_titles(filled, texts)
    run[filled.line] = inner
    return run


def _filled(verdicts: Verdicts, lines: Lines, prose: Prose) -> _Filled:
    line = verdicts.filled
    sure = verdicts.strength[line] == SURE
    family = verdicts.family[line]
    title = verdicts.title[line]
    facts = np.zeros(len(lines), dtype=bool)
    facts[list(verdicts.bylines)] = True
    article = np.zeros(len(lines), dtype=bool)
    article[[n for n, found in verdicts.bylines.items() if names_source(found)]] = True
    editors = [n for n, found in verdicts.bylines.items() if found.keys == {"editor"}]
    facts[editors] = False
    return _Filled(
        line,
        lines.document[line],
        sure,
        verdicts.strength[line] == WEAK,
        prose.any[line] & (verdicts.strength[line] == NONE),
        prose.solid[line] & (verdicts.strength[line] == NONE),
        facts[line] | (sure & (family == _FORUM)) | title,
        article[line],
        sure & verdicts.by(_POST_HEADS)[line],
        title,
        verdicts.word[line],
        (verdicts.word[line] >= 0) & _buttons()[verdicts.word[line]],
        sure & (family == _RELATED),
        sure & verdicts.by(_HEADING_TOOLS)[line],
        sure & verdicts.by(_PATHS)[line],
        sure & (family == _FORUM),
        verdicts.size[line],
    )


def _company(filled: _Filled) -> Mask:
    """Say which lines lie in documents with enough sure lines."""
    count = np.bincount(filled.document[filled.sure], minlength=filled.documents)
    return count[filled.document] >= LEAST_SURE


def _chains(filled: _Filled) -> Mask:
    """Mark the runs between anchors that stand close together."""
    anchor: Positions = np.flatnonzero((filled.sure | filled.weak) & ~filled.title)
    marked = np.zeros(len(filled.line), dtype=bool)
    if not len(anchor):
        return marked
    wide = np.concatenate([[0], np.cumsum(filled.size > _MENU_ITEM)])
    walls = np.concatenate([[0], np.cumsum(filled.barrier)])
    left, right = anchor[:-1], anchor[1:]
    gap = right - left - 1
    # A gap behind a byline, a post's head or a title is where a body begins.
    open_ground = walls[right] - walls[left] == 0
    close = (gap <= _NARROW_GAP) | ((gap <= _WIDE_GAP) & (wide[right] - wide[left + 1] == 0))
    joined = (filled.blocks[left] == filled.blocks[right]) & close & (open_ground | (gap == 0))
    chain = np.concatenate([[0], np.cumsum(~joined)])
    opens = openings(chain)
    first, last = anchor[opens], anchor[np.append(opens[1:], len(anchor)) - 1]
    # Figures and times, which stand between the entries of a list, too, hold a run together but do not make one.
    mute = filled.weak & (filled.word < 0)
    anchors = np.bincount(chain, weights=~mute[anchor])
    sure = np.bincount(chain, weights=filled.sure[anchor])
    mutes = np.concatenate([[0], np.cumsum(mute)])
    length = last - first + 1 - (mutes[last + 1] - mutes[first])
    good = (sure >= 1) & (anchors >= _LEAST_ANCHORS * length)
    good |= (anchors >= _LEAST_WORDS) & (anchors >= _LEAST_WORD_SHARE * length)
    return _spans(len(marked), first[good], last[good] + 1)


@lru_cache(maxsize=1)
def _buttons() -> Mask:
    """Say which menu words are no names of places, so that no column of a table repeats them."""
    return np.array([len(word) > 1 and word not in place_names() for word in menu_words()])


def _behind_related_heads(filled: _Filled) -> Mask:
    """Mark what follows the head of a list of other pages, as far as no prose and no sure line comes."""
    position = filled.position
    blocks, known = filled.blocks, np.where(filled.sure | filled.barrier, position, -1)
    nearest = np.maximum.accumulate(known)
    reached = nearest >= 0
    head = np.zeros(len(position), dtype=bool)
    head[reached] = filled.related[nearest[reached]] & (blocks[nearest[reached]] == blocks[reached])
    return head


@dataclass(frozen=True)
class _Texts:
    """The main text of each document: where it begins and ends, and whether there is one and no second."""

    start: Positions
    end: Positions
    single: Mask


def _texts(filled: _Filled, counted: Mask) -> _Texts:
    """Find the group of lines of prose close together with most characters ``counted``, in each document.

    A forum page has as many texts as posts, and what stands between them may be short posts.
    """
    documents = filled.documents
    start = np.full(documents, -1, dtype=np.int64)
    end = np.full(documents, -1, dtype=np.int64)
    largest, later = np.zeros(documents), np.zeros(documents)
    prose: Positions = np.flatnonzero(filled.prose)
    if len(prose):
        same = filled.document[prose[1:]] == filled.document[prose[:-1]]
        # What stands behind the head of a list of other pages belongs to another text.
        heads = np.concatenate([[0], np.cumsum(filled.related)])
        parted = (np.diff(prose) > _TEXT_GAP + 1) | (heads[prose[1:]] > heads[prose[:-1]])
        group = np.concatenate([[0], np.cumsum(~same | parted)])
        opens = openings(group)
        mass = np.bincount(group, weights=filled.size[prose] * counted[prose])
        begins, ends = prose[opens], prose[np.append(opens[1:], len(prose)) - 1]
        ends = _ends_of_texts(filled, counted, opens, ends)
        owner = filled.document[begins]
        np.maximum.at(largest, owner, mass)
        main = np.flatnonzero(mass == largest[owner])[::-1]
        start[owner[main]], end[owner[main]] = begins[main], ends[main]
        behind = begins > end[owner]
        np.maximum.at(later, owner[behind], mass[behind])
    least = _least_text(filled, np.arange(len(filled.line)) > end[filled.document], _LEAST_FOOT)
    single = (largest >= least) & (later < np.minimum(_SMALL_TEXT * largest, _LONG_TEXT))
    return _Texts(start, end, single & ~_threads(filled, end))


def _least_text(filled: _Filled, framing: Mask, enough: int) -> Positions:
    """Give how many characters the text of each document has at least, fewer where enough sure lines frame it.

    In a forum, of whose frame a page has more lines than an article, short texts are posts.
    """
    count = int(filled.document[-1]) + 1
    sure = framing & filled.sure & ~filled.barrier & ~filled.edited
    framed = np.bincount(filled.document[sure], minlength=count) >= enough
    forum = np.bincount(filled.document[filled.forum], minlength=count) > _MOST_FORUM
    return np.where(framed & ~forum, _LEAST_FRAMED, _LEAST_BODY)


def _threads(filled: _Filled, end: Positions) -> Mask:
    """Say which documents are threads of posts; posts behind an article that has a source are comments on it."""
    position = filled.position
    before_end = position <= end[filled.document]
    article = np.bincount(filled.document[filled.article & before_end], minlength=len(end)) > 0
    counted = filled.post & (before_end | ~article[filled.document])
    return np.asarray(np.bincount(filled.document[counted], minlength=len(end)) > 1)


def _ends_of_texts(filled: _Filled, counted: Mask, opens: Positions, ends: Positions) -> Positions:
    """Move the ends of groups up to the last line that counts and the prose behind it, up to a sure line.

    Headlines with clauses behind the foot of a text would be taken for a part of it.
    """
    prose: Positions = np.flatnonzero(filled.prose)
    last = np.maximum.reduceat(np.where(counted[prose], prose, -1), opens)
    sure: Positions = np.append(np.flatnonzero(filled.sure & ~filled.barrier), len(filled.line))
    before_wall = prose[np.searchsorted(prose, sure[np.searchsorted(sure, last)]) - 1]
    return np.where(last >= 0, np.minimum(before_wall, ends), ends)


def _behind_text(filled: _Filled, texts: _Texts) -> Mask:
    """Mark what follows the first sure line behind the page's text, if there is one such text."""
    position = filled.position
    closing = filled.sure & ~filled.barrier & (position > texts.end[filled.document])
    first_sure = np.full(len(texts.end), len(position), dtype=np.int64)
    np.minimum.at(first_sure, filled.document[closing], position[closing])
    return (position >= first_sure[filled.document]) & texts.single[filled.document]


def _behind_last_prose(filled: _Filled) -> Mask:
    """Mark what follows the first sure line behind which there is hardly any solid prose left.

    So the foot of a page is found below a text in many parts, too.
    """
    mass = filled.size * filled.solid
    total = np.bincount(filled.document, weights=mass)
    passed = np.cumsum(mass) - np.repeat(np.cumsum(total) - total, np.bincount(filled.document))
    left = total[filled.document] - passed
    least = _least_text(filled, np.ones(len(filled.line), dtype=bool), _LEAST_FRAME)
    single = (total >= least) & ~_threads(filled, np.full(len(total), len(filled.line)))
    late = (left <= np.minimum(_REST * total, _MOST_REST)[filled.document]) & single[filled.document]
    closing = late & filled.sure & ~filled.barrier
    position = filled.position
    first = np.full(len(total), len(position), dtype=np.int64)
    np.minimum.at(first, filled.document[closing], position[closing])
    return position >= first[filled.document]


def _few_clauses(filled: _Filled, behind: Mask) -> Mask:
    """Say which marked lines of prose have too little company to be headlines: the last lines of a poem, perhaps."""
    unknown = behind & ~filled.sure & ~filled.weak
    count = np.bincount(filled.document[unknown], minlength=filled.documents)
    return np.asarray(behind & filled.prose & (count < _LEAST_HEADLINES)[filled.document])


def _above_titles(filled: _Filled) -> Mask:
    """Mark what stands above a title, but for the two lines next to it, up to a path: a kicker is part of the text."""
    position = filled.position
    documents = filled.documents
    # A title that stands in the head of the page, too, is the one right above the text; what stands on the page more
    # often is the name of who posts.
    text = np.full(documents, len(position), dtype=np.int64)
    np.minimum.at(text, filled.document[filled.solid], position[filled.solid])
    title = np.full(documents, -1, dtype=np.int64)
    title[filled.document[filled.title][::-1]] = position[filled.title][::-1]
    repeated: Positions = np.flatnonzero(filled.title & (position < text[filled.document]))
    often = np.bincount(filled.document[filled.title], minlength=documents)
    repeated = repeated[often[filled.document[repeated]] < _LEAST_REPEATS]
    np.maximum.at(title, filled.document[repeated], repeated)
    above = position < title[filled.document]
    lines_above = np.bincount(filled.document[above], minlength=documents)
    anchors_above = np.bincount(filled.document[above & (filled.sure | filled.weak)], minlength=documents)
    long_above = np.bincount(filled.document[above & (filled.size > _MENU_LINE)], minlength=documents)
    menu = (anchors_above >= _LEAST_ABOVE) | ((anchors_above > 0) & (lines_above >= _LEAST_WORDS) & (long_above <= 1))
    floor = title - 2
    paths: Positions = np.flatnonzero(filled.path & above)
    np.maximum.at(floor, filled.document[paths], paths)
    return (position < floor[filled.document]) & menu[filled.document]


def _headings(filled: _Filled, marked: Mask) -> Mask:
    """Say which marked lines may be headings of the prose, or with the link to edit a part, right behind them."""
    heading = np.zeros(len(filled.line), dtype=bool)
    heading[:-1] = (filled.prose | filled.edited)[1:] & (filled.document[1:] == filled.document[:-1])
    return marked & heading & ~filled.sure & ~filled.repeated


def _possible_titles(filled: _Filled, texts: _Texts) -> Mask:
    """Say which lines in front of the text of a document may be its title.

    Without a title these are all longer ones; with one far above the text, as the name of a site is, the last one.
    """
    position = filled.position
    start = texts.start[filled.document]
    titled = np.bincount(filled.document[filled.title], minlength=len(texts.start)) > 0
    title = np.full(len(titled), -1, dtype=np.int64)
    above: Positions = np.flatnonzero(filled.title & (position <= start))
    np.maximum.at(title, filled.document[above], position[above])
    before = (position < start) & ~filled.sure & ~filled.weak
    near = before & ((filled.size > _MENU_ITEM) | (position >= start - _TITLE_GAP))
    last = np.full(len(title), -1, dtype=np.int64)
    long = before & (filled.size > _LONG_ITEM)
    np.maximum.at(last, filled.document[long], position[long])
    far = (title >= 0) & (last > title) & (title < texts.start - _FAR_TITLE)
    return np.asarray((near & ~titled[filled.document]) | ((position == last[filled.document]) & far[filled.document]))


def _spans(size: int, start: Positions, end: Positions) -> Mask:
    depth = np.zeros(size + 1, dtype=np.int64)
    np.add.at(depth, start, 1)
    np.add.at(depth, end, -1)
    return np.asarray(np.cumsum(depth)[:-1] > 0)
