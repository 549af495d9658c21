"""Metadata that stands in page chrome: title, date, source, author, editor, site and more, with spans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cleancorpus.boilerplate.byline import Byline, Fact, read_byline, read_signed_head
from cleancorpus.boilerplate.verdicts import FAMILIES, NONE, SURE, WEAK, Verdicts
from cleancorpus.stage import Field
from cleancorpus.text import Lines, Positions, TextBatch, flat_ranges

_BYLINE, _NAVIGATION, _FOOTER, _DOCUMENT = (
    FAMILIES.index(name) for name in ("byline", "navigation", "footer", "document")
)
# Families whose lines say who wrote what stands below, and when.
_FORUM = FAMILIES.index("forum")
_SIGNED = [FAMILIES.index(name) for name in ("forum", "wechat")]
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
_BOARD_AUTHOR = re.compile(r"作者\s+(?P<author>[a-z0-9]{2,12}\s*\([^()]{0,30}\))")
_BOARD_TIME = re.compile(r"时间\s+[a-z]{3}\s+(?P<month>[a-z]{3})\s+(?P<day>\d{1,2})\s+[\d:]{8}\s+(?P<year>\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORIGINAL = "原创"
_SHORTEST_CRUMB = 6
# So many lines that are a day and a time belong to the entries of a list.
_LEAST_MOMENTS = 5
_FILE_NAME = re.compile(r"(?P<name>.{4,120}?)\.(?:docx?|pdf|pptx?|xlsx?|txt|wps|rtf)$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"^\s*\d{1,3}\s*[、.．]\s*")
_SPACED_LABEL = re.compile(r"^【\s*(?P<label>[^【】]{2,12}?)\s*】\s*(?P<value>\S.{0,120})$")
_SITE = (
    re.compile(
        r"欢迎(?:您|你)?(?:访问|光临|来到)\s*(?P<site>[^\s!。,]{2,16}(?:网|网站|论坛|平台|社区|门户|频道|图书馆))"
    ),
    re.compile(r"(?P<site>(?!\d+\s*版)[^\s©:,。|]{2,16}?)\s*版权所有"),
    re.compile(
        r"版权所有\s*[::©]?\s*(?P<site>[^\s©:,。|\d][^\s©:,。|]{1,16}?(?:网|网站|报社|社|台|公司|日报|频道|平台|政府|局|委员会))"
    ),
    re.compile(
        r"(?:copyright|©)[^a-z]{0,24}(?P<site>(?:www\.)?[a-z0-9-]{2,30}\.(?:com|cn|net|org|tw|hk)(?:\.[a-z]{2})?)"
    ),
)
_SITE_CUE = re.compile("欢迎|版权所有|copyright|©")
_CRUMBS = re.compile(r"\s*(?:>+|›|»|→)\s*")
_CRUMB_LEAD = re.compile(r"^.{0,14}?(?:位置|所在|正在浏览|您在|你在)[^::>›»]{0,4}[::]?\s*")


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
    heads = [_number(verdicts, f"boilerplate.{name}") for name in ("post-line", "post-head", "answer-head")]
    posts = _first_of_each(np.flatnonzero(np.isin(verdicts.rule, heads)).tolist(), lines)
    for document, row in posts.items():
        # A post's head says who wrote the post; comments follow an article with a source.
        if document in bylines and not (bylines[document] < row and names_source(verdicts.bylines[bylines[document]])):
            del bylines[document]
    crumbs = np.flatnonzero(verdicts.rule == _number(verdicts, "boilerplate.breadcrumb"))
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


def names_source(byline: Byline) -> bool:
    """Say whether a byline names the medium from which a page comes, as those of articles do."""
    return byline.sure and "source" in byline.keys


def _number(verdicts: Verdicts, rule: str) -> int:
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
            if _is_breadcrumb(self._verdicts, above):
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


def _is_breadcrumb(verdicts: Verdicts, row: int) -> bool:
    return bool(verdicts.rule[row] >= 0) and verdicts.rules[verdicts.rule[row]] == "boilerplate.breadcrumb"


def fields(
    batch: TextBatch, lines: Lines, folded: str, verdicts: Verdicts, titles: dict[int, Title]
) -> Iterator[Field]:
    """Give the metadata of a batch, of each document and key the first value, titles first."""
    for document, title in titles.items():
        yield from _title_fields(batch, lines, verdicts, document, title)
    told = [{"title"} if document in titles else set() for document in range(len(batch))]
    rows = np.array(sorted({*verdicts.bylines, *_telling_rows(folded, verdicts)}), dtype=np.int64)
    crumbs = _number(verdicts, "boilerplate.breadcrumb")
    for row, document, rule in zip(
        rows.tolist(), lines.document[rows].tolist(), verdicts.rule[rows].tolist(), strict=True
    ):
        known, byline = told[document], verdicts.bylines.get(row)
        if byline is not None and byline.keys <= known and rule != crumbs:
            continue
        for field in _row_fields(batch, folded, document, verdicts, row, known):
            known.add(field.key)
            yield field


def _telling_rows(folded: str, verdicts: Verdicts) -> list[int]:
    """Give the sure lines that may say something of their page; most links and prompts cannot."""
    sure = verdicts.strength == SURE
    telling = np.isin(verdicts.family, [_DOCUMENT, *_SIGNED])
    telling |= verdicts.rule == _number(verdicts, "boilerplate.breadcrumb")
    others: Positions = np.flatnonzero(sure & ~telling & np.isin(verdicts.family, [_NAVIGATION, _FOOTER]))
    bounds = zip(others.tolist(), verdicts.first[others].tolist(), verdicts.last[others].tolist(), strict=True)
    of_sites = [row for row, start, end in bounds if _SITE_CUE.search(folded, start, end)]
    return [*np.flatnonzero(sure & telling).tolist(), *of_sites]


def _row_fields(
    batch: TextBatch, folded: str, document: int, verdicts: Verdicts, row: int, told: set[str]
) -> Iterator[Field]:
    """Give what a line says of its page, but for what was ``told`` of the document by an earlier line."""
    start, end = int(verdicts.first[row]), int(verdicts.last[row])
    text = folded[start:end]
    if _is_breadcrumb(verdicts, row):
        if "breadcrumb" not in told:
            yield from _breadcrumb(batch, document, text, start)
        return
    byline = verdicts.bylines.get(row)
    if byline is None and verdicts.family[row] in (_DOCUMENT, *_SIGNED):
        byline = read_byline(text) or read_signed_head(text)
    if byline is not None:
        for fact in byline.facts:
            if fact.key not in told:
                yield from _fact_fields(batch, document, fact, start)
    elif verdicts.family[row] == _FORUM:
        yield from _board_fields(batch, document, text, start, told)
    elif verdicts.family[row] in (_FOOTER, _NAVIGATION) and "site" not in told:
        yield from _site(batch, document, text, start)


def _fact_fields(batch: TextBatch, document: int, fact: Fact, origin: int) -> Iterator[Field]:
    start, end = origin + fact.start, origin + fact.end
    original = batch.substring(start, end).strip()
    if fact.key == "date":
        yield Field(document, "date", fact.value, start, end)
        yield Field(document, "date_as_printed", original, start, end)
    else:
        yield Field(document, fact.key, original, start, end)


def _breadcrumb(batch: TextBatch, document: int, text: str, start: int) -> Iterator[Field]:
    lead = _CRUMB_LEAD.match(text)
    begin = lead.end() if lead else 0
    crumbs = [crumb for crumb in _CRUMBS.split(batch.substring(start + begin, start + len(text)).strip()) if crumb]
    if crumbs:
        yield Field(document, "breadcrumb", " > ".join(crumbs), start + begin, start + len(text))


def _board_fields(batch: TextBatch, document: int, text: str, origin: int, told: set[str]) -> Iterator[Field]:
    """Give the author and the day from the head that a bulletin board puts above an article."""
    author, time = _BOARD_AUTHOR.match(text), _BOARD_TIME.match(text)
    if author and "author" not in told:
        first, last = author.span("author")
        yield Field(document, "author", batch.substring(origin + first, origin + last), origin + first, origin + last)
    if time and time["month"] in _MONTHS and "date" not in told:
        printed = time.start("month"), time.end()
        date = f"{time['year']}-{_MONTHS.index(time['month']) + 1:02}-{int(time['day']):02}"
        yield from _fact_fields(batch, document, Fact("date", date, *printed), origin)


def _site(batch: TextBatch, document: int, text: str, start: int) -> Iterator[Field]:
    for pattern in _SITE:
        found = pattern.search(text)
        if found:
            first, last = found.span("site")
            yield Field(document, "site", batch.substring(start + first, start + last), start + first, start + last)
            return


def _title_fields(batch: TextBatch, lines: Lines, verdicts: Verdicts, document: int, title: Title) -> Iterator[Field]:
    text = batch.substring(title.start, title.end)
    name = _FILE_NAME.match(text)
    if name:
        own = _opening_that_ends(name.group("name"), batch, lines, verdicts, document, title.line)
        begin = name.end("name") - len(own)
        text, end = own, title.start + name.end("name")
        yield Field(document, "title", text, title.start + begin, end)
    else:
        yield Field(document, "title", text, title.start, title.end)


def _opening_that_ends(name: str, batch: TextBatch, lines: Lines, verdicts: Verdicts, document: int, line: int) -> str:
    """Give the part of a file's name with which the body opens: sites put years and counts in front of it."""
    stop = int(np.searchsorted(lines.document, document, side="right"))
    for row in range(line + 1, stop):
        start, end = int(verdicts.first[row]), int(verdicts.last[row])
        if verdicts.strength[row] in (SURE, WEAK) or end - start < 8:
            continue
        opening = _PAGE_NUMBER.sub("", batch.substring(start, min(end, start + 160)))
        for cut in range(len(name) - 7):
            if opening.startswith(name[cut:]):
                return name[cut:]
    return name
