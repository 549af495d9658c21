"""Titles of pages, and the paths that stand above them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cleancorpus.boilerplate.facts import Byline, names_source
from cleancorpus.boilerplate.families import menu_words
from cleancorpus.boilerplate.verdicts import FAMILIES, NONE, SURE, WEAK, Verdicts
from cleancorpus.rules import Rule
from cleancorpus.text import Lines, Positions, TextBatch, flat_ranges

_NAVIGATION = FAMILIES.index("navigation")
_BODY = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 3
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
_TITLE_END = re.compile(r"[。:,;、,；：·|]$")
# A row of labels with their values, or of tools, is no title.
_LABELS = re.compile(r"\S{2,6}:\s*\S.*\s\S{2,6}:|(?:^|\s)(?:分享|列印|打印|收藏|字级|字号)(?:\s|$).*\s\S{1,2}$")
# Labels of titles, in front matter and in the heads of letters and boards, too, and the mark of a heading in Markdown.
_TITLE_LABEL = re.compile(
    r"(?:(?:标题|题目|主题|title|subject)(?:\s{0,3}:\s{0,3}|\s{1,4})|标题(?=(?:re:\s?|fw:\s?)?\[)|#{1,6}\s{1,3})(?=\S)"
)
# What a line says of whoever speaks, sends or writes, numbers of headings, speech, and paths are in no title.
_NO_TITLE = re.compile(
    r"(?:[甲乙丙丁戊]|问|答|发件人|收件人|寄件[人者]|收件者|抄送|主送|日期|时间|看板|作者|发信人|信区|to|from|cc|date|q|a|tags?"
    r"|author|layout|uid|关注|粉丝|电话|地址|邮编|传真|邮箱|第\d+页)\s*:|(?:[一二三四五六七八九十]{1,3}|\d{1,2})、|看板\s|[^:]{1,8}:\s?[“「『\"].*[。!?]"
    r"|[^>]{1,16}(?:\s[>›»]\s[^>]{1,24}){2}|[^\[\]]{4,70}\[[a-z](?:/ol)?\]\."
)
_OWN_LABEL = re.compile(
    r"(?:(?:标题|题目|主题|title|subject)\s{0,3}:\s{0,3}|标题(?:\s{1,4}|(?=(?:re:\s?|fw:\s?)?\[)))\S{3}"
)
_LABELLED_LINES = 5
_HEADS_OF_POSTS = tuple(f"boilerplate.{name}" for name in ("post-line", "post-head", "answer-head"))
_PATHS = ("boilerplate.breadcrumb",)
_PATH = re.compile(r"[^\s>›»。,!?;:=()]{2,16}(?:\s[>›»]\s[^>›»。!?;:=()]{2,24}){2,6}")
SITE_NAME = Rule(
    id="boilerplate.site-name",
    why="The name of the site on the first line, right above the title of a text.",
    family="navigation",
    hits=("某某作文网\n写花的作文怎么写\n" + _BODY, "某某門店服務平台\n營銷要落地，方案要做細\n" + _BODY),
    misses=(
        "某某作文网\n" + _BODY,
        "互联网\n它是怎样来的\n" + _BODY,
        "办好政府网站\n三点建议\n" + _BODY,
        "某某作文网\n写花的作文怎么写\n写树的作文怎么写",
    ),
)
_SITE_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,10}(?:(?:资讯|信息|新闻|作文|招聘|人才|教育|门户|小说|中文|文学|旅游|健康|汽车|房产|财经|商务|导航|养生|百科"
    r"|美食|星座|商机|采购|招标|供求|建材|医药)网|官网|商城|(?:服务|信息|交易|采购)平台)"
)
# A row of so many words, none longer, is a row of tags or of a menu.
_LEAST_WORDS, _LONGEST_WORD = 3, 5
_LEAST_TEXT = 150
# Below so many characters of sentences there is no title.
_MOST_ABOVE = 60
_ORIGINAL = "原创"
_SHORTEST_CRUMB = 6
# Between a path and the title below it stand figures, but not more than so many other lines.
_CRUMB_REACH, _MOST_BETWEEN = 12, 2
_LONGEST_NAME = 8
# Above a title on a page with a menu stand so many lines of it, or more; the name of a site is not longer.
_LEAST_MENU, _MENU_REACH, _MOST_TO_TEXT, _LONGEST_SITE_NAME = 4, 80, 16, 14
_DAY = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){2}(?!\d)|(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
# A row between bars or commas, a label, a day, what readers are to do, or what holds no Han characters is no headline.
_NO_HEADLINE = re.compile(
    r"^[▲▼]|点击|扫码|长按|^【\s|\|.*\||,.*,|^[^:]{2,6}:|(?:19|20)\d\d\s?[-/.年]\s?\d|\d/\d{1,2}/(?:19|20)\d\d|^[^\u4e00-\u9fff]+$|:$"
)
# The title that the path to it names stands no further below the path.
_PATH_REACH = 40
_PARTS = re.compile(r"\s*(?:>+|›|»|→|::)\s*|\s[/|-]\s")
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
    filled = verdicts.filled
    bounds = np.searchsorted(lines.document[filled], np.arange(len(batch) + 1)).tolist()
    finder = _TitleFinder(folded, verdicts, filled)
    bylines = _first_of_each(_heads_of_pages(verdicts, lines), lines)
    posts = _first_of_each(np.flatnonzero(verdicts.by(_HEADS_OF_POSTS)).tolist(), lines)
    for document, row in posts.items():
        # A post's head says who wrote the post; comments follow an article with a source.
        if document in bylines and not (bylines[document] < row and names_source(verdicts.bylines[bylines[document]])):
            del bylines[document]
    crumbs = np.flatnonzero(verdicts.by(_PATHS))
    breadcrumbs = _first_of_each(crumbs.tolist(), lines)
    names = (row for row, byline in sorted(verdicts.bylines.items()) if byline.sure and "author" in byline.keys)
    signed = {document: row for document, row in _first_of_each(names, lines).items() if document not in posts}
    titles: dict[int, Title] = {}
    for document in range(len(batch)):
        first, last = bounds[document], bounds[document + 1]
        title = (
            finder.labelled(first, last)
            or (finder.named_by_path(breadcrumbs[document], last) if document in breadcrumbs else None)
            or finder.near_byline(bylines.get(document), breadcrumbs.get(document), first, last)
            or (finder.last_crumb(breadcrumbs[document]) if document in posts and document in breadcrumbs else None)
            or (finder.behind_breadcrumb(breadcrumbs[document], last) if document in breadcrumbs else None)
            or finder.in_front_of_tools(first, last)
            or (None if document in posts else finder.below_menu(first, last))
            or (finder.above_byline(signed[document], first) if document in signed else None)
            or finder.first_line(first, last)
        )
        if title is not None:
            titles[document] = title
    return titles


def mark_crumbs(folded: str, lines: Lines, verdicts: Verdicts, titles: dict[int, Title], breadcrumb: int) -> None:
    """Note the paths right above titles that no rule knows, on pages where a rule is sure of another line.

    They have nothing but blanks between their parts, home page first and title last, or three parts without home page.
    """
    filled = verdicts.filled
    sure = set(lines.document[verdicts.strength == SURE].tolist())
    for document, title in titles.items():
        place = int(np.searchsorted(filled, title.line))
        name = folded[title.start : title.end]
        for row in filled[max(place - 2, 0) : place].tolist() or [title.line]:
            if verdicts.strength[row] != NONE or lines.document[row] != document:
                continue
            text = folded[int(verdicts.first[row]) : int(verdicts.last[row])]
            path = row < title.line and document in sure and _PATH.fullmatch(text) is not None
            if path or (text.startswith("首页 ") and text.endswith(f" {name}")):
                verdicts.strength[row], verdicts.family[row] = SURE, _NAVIGATION
                verdicts.rule[row] = breadcrumb
                verdicts.goes[row] = True


def mark_site_names(folded: str, lines: Lines, verdicts: Verdicts, titles: dict[int, Title], rule: int) -> None:
    """Note the names of sites that are the first line of their page, right above its title."""
    filled = verdicts.filled
    document = lines.document[filled]
    for page, title in titles.items():
        first = int(np.searchsorted(document, page))
        row = int(filled[first])
        named = _SITE_NAME.fullmatch(folded, int(verdicts.first[row]), int(verdicts.last[row]))
        if named and filled[first + 1 : first + 2].tolist() == [title.line] and verdicts.strength[row] == NONE:
            verdicts.strength[row], verdicts.family[row], verdicts.rule[row] = SURE, _NAVIGATION, rule
            verdicts.goes[row] = True


def title_lines(folded: TextBatch, lines: Lines, verdicts: Verdicts, titles: dict[int, Title]) -> Positions:
    """Give the lines that are titles, with the lines that say the same again."""
    start, length = np.zeros(len(folded), dtype=np.int64), np.full(len(folded), -1, dtype=np.int64)
    for document, title in titles.items():
        start[document], length[document] = title.start, title.end - title.start
    rows: Positions = np.flatnonzero(verdicts.size == length[lines.document])
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
        if _heads_a_page(byline) and not (_is_moment(byline) and moments[int(lines.document[row])] >= _LEAST_MOMENTS):
            yield row


def _is_moment(byline: Byline) -> bool:
    return len(byline.facts) == 1 and byline.facts[0].key == "date" and byline.facts[0].start == 0


def rule_number(verdicts: Verdicts, rule: str) -> int:
    """Give the number that a rule has in some verdicts; for one that is off, a number that no line has."""
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

    def named_by_path(self, row: int, last: int) -> Title | None:
        """Take the line below a path that says the same as its last part."""
        crumb = _PARTS.split(self._text(row))[-1].strip()
        place = int(np.searchsorted(self._filled, row))
        if len(crumb) < _SHORTEST_FIRST_LINE:
            return None
        for below in self._filled[place + 1 : min(place + _PATH_REACH, last)].tolist():
            if self._verdicts.strength[below] == NONE and self._text(below) == crumb:
                return self._as_title(below)
        return None

    def near_byline(self, row: int | None, breadcrumb: int | None, first: int, last: int) -> Title | None:
        """Take the line above the byline, but for the name of whoever asks or writes below a title behind a path."""
        above = None if row is None else self.above_byline(row, first)
        if above is None or breadcrumb is None or above.end - above.start > _LONGEST_NAME:
            return above
        behind = self.behind_breadcrumb(breadcrumb, last)
        longer = behind is not None and behind.end - behind.start >= 2 * (above.end - above.start)
        return behind if behind is not None and longer and behind.line < above.line else above

    def above_byline(self, row: int, first: int) -> Title | None:
        place = int(np.searchsorted(self._filled, row))
        reach = self._filled[max(first, place - _TITLE_REACH) : place]
        marked = [row for row in reach.tolist() if self._text(row) == _ORIGINAL]
        # What stands below the mark of an original article is its author and the account.
        for above in reach[reach < marked[0]][::-1].tolist() if marked else reach[::-1].tolist():
            if self._verdicts.strength[above] == NONE and above not in self._verdicts.bylines:
                return None if self._is_below_text(above, first) else self._as_title(above)
            if is_breadcrumb(self._verdicts, above):
                return None
        return None

    def _is_below_text(self, row: int, first: int) -> bool:
        """Say whether sentences, more than a teaser has, stand above a line of a document."""
        above = self._filled[first : int(np.searchsorted(self._filled, row))]
        text = above[(self._verdicts.stops[above] > 0) & (self._verdicts.strength[above] == NONE)].tolist()
        return sum(len(sentence) for row in text if "。" in (sentence := self._text(row))) > _MOST_ABOVE

    def labelled(self, first: int, last: int) -> Title | None:
        """Take what one of the first lines calls the title."""
        for row in self._filled[first : min(last, first + _LABELLED_LINES)].tolist():
            if self._verdicts.strength[row] == NONE and _OWN_LABEL.match(self._text(row)):
                return self._as_title(row)
        return None

    def behind_breadcrumb(self, row: int, last: int) -> Title | None:
        place = int(np.searchsorted(self._filled, row))
        words = passed = 0
        for below in self._filled[place + 1 : min(place + _CRUMB_REACH, last)].tolist():
            if self._verdicts.strength[below] == NONE and not _is_row_of_words(self._text(below)):
                return self._as_title(below)
            figures = self._verdicts.strength[below] == WEAK and self._verdicts.word[below] < 0
            words += self._is_menu_word(below) and not figures
            passed += not figures
            if words > 1 or passed > _MOST_BETWEEN:
                return None
        return None

    def first_line(self, first: int, last: int) -> Title | None:
        """Take the first line, or the one behind the buttons of a document site, if prose follows soon."""
        rows = self._filled[first : min(last, first + 28)].tolist()
        for place, row in enumerate(rows[:4]):
            text = self._text(row)
            if self._verdicts.strength[row] != NONE or _PATH.fullmatch(text):
                continue
            if place == 0 and _SITE_NAME.fullmatch(text) and len(rows) > 1 and self._names_page(rows[1], first, last):
                continue
            behind = rows[place + 1 : place + 24]
            if behind and self._is_menu_word(behind[0]):
                return None
            if self._verdicts.last[row] - self._verdicts.first[row] < _SHORTEST_FIRST_LINE:
                return None
            prose = any(self._verdicts.stops[b] > 0 and self._verdicts.strength[b] == NONE for b in behind)
            return self._as_title(row) if prose else None
        return None

    def below_menu(self, first: int, last: int) -> Title | None:
        """Take the last longer line above the text with a tool, a fact or a menu word behind it, on a page with a menu.

        What stands first on such a page is the name of the site, if it is short.
        """
        rows = self._filled[first : min(last, first + _MENU_REACH)].tolist()
        strength = self._verdicts.strength[rows]
        if np.count_nonzero(strength != NONE) < _LEAST_MENU:
            return None
        text = next((n for n, row in enumerate(rows) if strength[n] == NONE and "。" in self._text(row)), 0)
        if not text or (strength[0] == NONE and self._size(rows[0]) > _LONGEST_SITE_NAME and self._heads(rows[0])):
            return None
        for place in range(text - 2, max(text - _MOST_TO_TEXT, 0), -1):
            row = rows[place]
            told = strength[place + 1] != NONE or _DAY.match(self._text(rows[place + 1]))
            named = strength[place] == NONE and told and self._size(row) > _LONGEST_NAME
            if named and sum(strength[:place] != NONE) >= _LEAST_MENU and self._heads(row):
                return self._as_title(row)
        return None

    def _heads(self, row: int) -> bool:
        text = self._text(row)
        words = text.split()
        row_of_links = len(words) > 1 and any(word in _words() for word in words)
        return row not in self._verdicts.bylines and not row_of_links and not _NO_HEADLINE.search(text)

    def _size(self, row: int) -> int:
        return int(self._verdicts.last[row] - self._verdicts.first[row])

    def _names_page(self, row: int, first: int, last: int) -> bool:
        """Say whether a line may be the title of a document that has a text of sentences."""
        rows = self._filled[first:last]
        text = (self._verdicts.stops[rows] > 0) & (self._verdicts.strength[rows] == NONE)
        enough = int(self._verdicts.size[rows][text].sum()) >= _LEAST_TEXT
        return enough and "。" not in self._text(row) and self._as_title(row) is not None

    def in_front_of_tools(self, first: int, last: int) -> Title | None:
        """Take the first short line with the tools of an entry, or the head of a post, right behind it."""
        rows = self._filled[first : min(last, first + _HEAD_LINES)]
        if (self._verdicts.rule[rows] < 0).all():
            return None
        for row, behind in pairwise(rows.tolist()):
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
        told = _TITLE_END.search(text) or _LABELS.search(text) or _NO_TITLE.match(text) or _is_row_of_words(text)
        told = told or not any(character.isalpha() for character in text)
        return None if told else Title(row, start, end)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(menu_words())


def _is_row_of_words(text: str) -> bool:
    words = text.split()
    return len(words) >= _LEAST_WORDS and all(1 < len(word) <= _LONGEST_WORD and word.isalpha() for word in words)


def is_breadcrumb(verdicts: Verdicts, row: int) -> bool:
    """Say whether a line is the path to its page."""
    return bool(verdicts.rule[row] >= 0) and verdicts.rules[verdicts.rule[row]] == "boilerplate.breadcrumb"
