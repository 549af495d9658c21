"""Titles of pages, and the paths that stand above them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cleancorpus.boilerplate.byline import Byline, names_source
from cleancorpus.boilerplate.verdicts import FAMILIES, NONE, SURE, WEAK, Verdicts
from cleancorpus.text import Lines, Positions, TextBatch, flat_ranges

_NAVIGATION = FAMILIES.index("navigation")
_SHORTEST_TITLE, _LONGEST_TITLE = 2, 80
_SHORTEST_FIRST_LINE = 4
# Headlines exclaim and ask, but not more often.
_MOST_STOPS = 3
_HEAD_LINES = 12
_BEHIND_TITLES = frozenset(
    f"boilerplate.{name}"
    for name in (
        "page-tools",
        "entry-tools",
        "entry-marks",
        "wiki-notes",
        "post-head",
        "account-head",
        "question-facts",
    )
)
# A title stands this near above its byline; further up are menus.
_TITLE_REACH = 6
_TITLE_END = re.compile(r"[。:,;、,；：]$")
# A row of labels with their values, or of tools, is no title.
_LABELS = re.compile(r"\S{2,6}:\s*\S.*\s\S{2,6}:|(?:^|\s)(?:分享|列印|打印|收藏|字级|字号)(?:\s|$).*\s\S{1,2}$")
_TITLE_LABEL = re.compile(r"(?:标题|题目|主题)(?:\s{0,3}:\s{0,3}|\s{1,4})(?=\S)")
_ORIGINAL = "原创"
_SHORTEST_CRUMB = 6
# So many lines that are a day and a time belong to the entries of a list.
_LEAST_MOMENTS = 5
_CRUMBS = re.compile(r"\s*(?:>+|›|»|→)\s*")


class Title(NamedTuple):
    """A page's title: the line it stands on and its span in the batch."""

    line: int
    start: int
    end: int


def find_titles(batch: TextBatch, lines: Lines, folded: str, verdicts: Verdicts) -> dict[int, Title]:
    """Give the title of each document in which one can be told, by document."""
    filled: Positions = np.flatnonzero(verdicts.last > verdicts.first)
    bounds = np.searchsorted(lines.document[filled], np.arange(len(batch) + 1)).tolist()
    finder = _TitleFinder(folded, verdicts, filled)
    bylines = _first_of_each(_heads_of_pages(verdicts, lines), lines)
    heads = [rule_number(verdicts, f"boilerplate.{name}") for name in ("post-line", "post-head", "answer-head")]
    posts = _first_of_each(np.flatnonzero(np.isin(verdicts.rule, heads)).tolist(), lines)
    for document, row in posts.items():
        # A post's head says who wrote the post; comments follow an article with a source.
        if document in bylines and not (bylines[document] < row and names_source(verdicts.bylines[bylines[document]])):
            del bylines[document]
    crumbs = np.flatnonzero(verdicts.rule == rule_number(verdicts, "boilerplate.breadcrumb"))
    breadcrumbs = _first_of_each(crumbs.tolist(), lines)
    titles: dict[int, Title] = {}
    for document in range(len(batch)):
        first, last = bounds[document], bounds[document + 1]
        title = (
            (finder.above_byline(bylines[document], first) if document in bylines else None)
            or (finder.last_crumb(breadcrumbs[document]) if document in posts and document in breadcrumbs else None)
            or (finder.behind_breadcrumb(breadcrumbs[document], last) if document in breadcrumbs else None)
            or finder.in_front_of_tools(first, last)
            or finder.first_line(first, last)
        )
        if title is not None:
            titles[document] = title
    return titles


def mark_crumbs(folded: str, verdicts: Verdicts, titles: dict[int, Title], breadcrumb: int) -> None:
    """Note the paths that have nothing but blanks between their parts: home page first, title last."""
    filled: Positions = np.flatnonzero(verdicts.last > verdicts.first)
    for title in titles.values():
        place = int(np.searchsorted(filled, title.line))
        row = int(filled[place - 1]) if place else title.line
        text = folded[int(verdicts.first[row]) : int(verdicts.last[row])]
        name = folded[title.start : title.end]
        if text.startswith("首页 ") and text.endswith(f" {name}") and verdicts.strength[row] == NONE:
            verdicts.strength[row], verdicts.family[row] = SURE, _NAVIGATION
            verdicts.rule[row] = breadcrumb
            verdicts.goes[row] = True


def title_lines(folded: TextBatch, lines: Lines, verdicts: Verdicts, titles: dict[int, Title]) -> Positions:
    """Give the lines that are titles, with the lines that say the same again."""
    start, length = np.zeros(len(folded), dtype=np.int64), np.full(len(folded), -1, dtype=np.int64)
    for document, title in titles.items():
        start[document], length[document] = title.start, title.end - title.start
    rows: Positions = np.flatnonzero(verdicts.last - verdicts.first == length[lines.document])
    size, points = length[lines.document[rows]], folded.codepoints
    if not len(rows):
        return rows
    theirs = points[flat_ranges(start[lines.document[rows]], size)]
    same = points[flat_ranges(verdicts.first[rows], size)] == theirs
    return rows[np.logical_and.reduceat(same, np.cumsum(size) - size)]


def _heads_a_page(byline: Byline) -> bool:
    return byline.sure and not byline.keys.isdisjoint(("date", "date_as_printed", "source"))


def _heads_of_pages(verdicts: Verdicts, lines: Lines) -> Iterator[int]:
    """Give the rows of bylines that may stand below a title: no moments without more that recur, as in lists."""
    moments = Counter(int(lines.document[row]) for row, byline in verdicts.bylines.items() if _is_moment(byline))
    for row in sorted(verdicts.bylines):
        byline = verdicts.bylines[row]
        listed = _is_moment(byline) and moments[int(lines.document[row])] >= _LEAST_MOMENTS
        if _heads_a_page(byline) and not listed:
            yield row


def _is_moment(byline: Byline) -> bool:
    return len(byline.facts) == 1 and byline.facts[0].key == "date" and byline.facts[0].start == 0


def rule_number(verdicts: Verdicts, rule: str) -> int:
    return verdicts.rules.index(rule) if rule in verdicts.rules else len(verdicts.rules)


def _first_of_each(rows: Iterable[int], lines: Lines) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in rows:
        found.setdefault(int(lines.document[row]), row)
    return found


class _TitleFinder:
    """Looks for titles among the filled lines of a batch."""

    def __init__(self, folded: str, verdicts: Verdicts, filled: Positions) -> None:
        self._folded = folded
        self._verdicts = verdicts
        self._filled = filled

    def above_byline(self, row: int, first: int) -> Title | None:
        place = int(np.searchsorted(self._filled, row))
        reach = self._filled[max(first, place - _TITLE_REACH) : place]
        marked = [row for row in reach.tolist() if self._text(row) == _ORIGINAL]
        # What stands below the mark of an original article is its author and the account.
        for above in reach[reach < marked[0]][::-1].tolist() if marked else reach[::-1].tolist():
            if self._verdicts.strength[above] == NONE:
                return self._as_title(above)
            if is_breadcrumb(self._verdicts, above):
                return None
        return None

    def behind_breadcrumb(self, row: int, last: int) -> Title | None:
        place = int(np.searchsorted(self._filled, row))
        words = 0
        for below in self._filled[place + 1 : min(place + 4, last)].tolist():
            if self._verdicts.strength[below] == NONE:
                return self._as_title(below)
            words += self._is_menu_word(below)
            if words > 1:
                return None
        return None

    def first_line(self, first: int, last: int) -> Title | None:
        """Take the first line, or the one behind the buttons of a document site, if prose follows soon."""
        rows = self._filled[first : min(last, first + 28)].tolist()
        for place, row in enumerate(rows[:4]):
            if self._verdicts.strength[row] != NONE:
                continue
            behind = rows[place + 1 : place + 24]
            if behind and self._is_menu_word(behind[0]):
                return None
            if self._verdicts.last[row] - self._verdicts.first[row] < _SHORTEST_FIRST_LINE:
                return None
            prose = any(self._verdicts.stops[b] > 0 and self._verdicts.strength[b] == NONE for b in behind)
            return self._as_title(row) if prose else None
        return None

    def in_front_of_tools(self, first: int, last: int) -> Title | None:
        """Take the first short line with the tools of an entry, or the head of a post, right behind it."""
        rows = self._filled[first : min(last, first + _HEAD_LINES)].tolist()
        for row, behind in pairwise(rows):
            rule = int(self._verdicts.rule[behind])
            if self._verdicts.strength[row] == NONE and rule >= 0 and self._verdicts.rules[rule] in _BEHIND_TITLES:
                return self._as_title(row)
        return None

    def last_crumb(self, row: int) -> Title | None:
        """Take the last part of the path to a thread, which is its subject; sections have shorter names."""
        text = self._text(row)
        crumb = _CRUMBS.split(text)[-1].strip()
        start = int(self._verdicts.first[row]) + text.rfind(crumb)
        long_enough = _SHORTEST_CRUMB <= len(crumb) <= _LONGEST_TITLE
        return Title(row, start, start + len(crumb)) if long_enough and len(crumb) < len(text) else None

    def _text(self, row: int) -> str:
        return self._folded[int(self._verdicts.first[row]) : int(self._verdicts.last[row])]

    def _is_menu_word(self, row: int) -> bool:
        size = self._verdicts.last[row] - self._verdicts.first[row]
        return bool(self._verdicts.strength[row] == WEAK and size > 1)

    def _as_title(self, row: int) -> Title | None:
        start, end = int(self._verdicts.first[row]), int(self._verdicts.last[row])
        text = self._folded[start:end]
        most = 1 if "。" in text else _MOST_STOPS
        if not _SHORTEST_TITLE <= end - start <= _LONGEST_TITLE or self._verdicts.stops[row] > most:
            return None
        label = _TITLE_LABEL.match(text)
        if label:
            start, text = start + label.end(), text[label.end() :]
        told = _TITLE_END.search(text) or _LABELS.search(text) or not any(character.isalpha() for character in text)
        return None if told else Title(row, start, end)


def is_breadcrumb(verdicts: Verdicts, row: int) -> bool:
    return bool(verdicts.rule[row] >= 0) and verdicts.rules[verdicts.rule[row]] == "boilerplate.breadcrumb"
