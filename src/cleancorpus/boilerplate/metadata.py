"""Metadata that stands in page chrome: title, date, source, author, editor, site and more, with spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from cleancorpus.boilerplate.byline import read_byline, read_signed_head
from cleancorpus.boilerplate.facts import Fact
from cleancorpus.boilerplate.families import menu_words
from cleancorpus.boilerplate.titles import Title, is_breadcrumb, rule_number
from cleancorpus.boilerplate.verdicts import FAMILIES, SURE, WEAK, Verdicts
from cleancorpus.stage import Field
from cleancorpus.text import Lines, Positions, TextBatch

_NAVIGATION, _FOOTER, _DOCUMENT = (FAMILIES.index(name) for name in ("navigation", "footer", "document"))
# Families whose lines say who wrote what stands below, and when.
_FORUM = FAMILIES.index("forum")
_SIGNED = [FAMILIES.index(name) for name in ("forum", "wechat")]
_PATHS = ("boilerplate.breadcrumb",)
_BOARD_AUTHOR = re.compile(r"作者\s*(?P<author>[a-z0-9]{2,12}\s*\([^()]{0,30}\))")
_BOARD_TIME = re.compile(r"时间\s*[a-z]{3}\s+(?P<month>[a-z]{3})\s+(?P<day>\d{1,2})\s+[\d:]{8}\s+(?P<year>\d{4})")
# Names are told from buttons; what a writer is stands in front of the name, in either script.
_NAMED = frozenset({"author", "editor"})
_FLOOR = re.compile(r"第?\s?\d{1,6}\s?[楼#f]|楼主")
_ROLE = re.compile(
    r"(?:本报|本報|本网|本網|本刊|特约|特約|实习|實習|见习|見習)*(?:记者|記者|通讯员|通訊員)\s*[:：]?\s*(?=\S{2})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
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


def fields(
    batch: TextBatch, lines: Lines, folded: str, verdicts: Verdicts, titles: dict[int, Title]
) -> Iterator[Field]:
    """Give the metadata of a batch, of each document and key the first value, titles first."""
    for document, title in titles.items():
        yield from _title_fields(batch, lines, verdicts, document, title)
    told = [{"title"} if document in titles else set() for document in range(len(batch))]
    rows = np.array(sorted({*verdicts.bylines, *_telling_rows(folded, verdicts)}), dtype=np.int64)
    crumbs = rule_number(verdicts, "boilerplate.breadcrumb")
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
    if not sure.any():
        return []
    telling = verdicts.of(("document", "forum", "wechat"))
    telling |= verdicts.by(_PATHS)
    others: Positions = np.flatnonzero(sure & ~telling & verdicts.of(("navigation", "footer")))
    bounds = zip(others.tolist(), verdicts.first[others].tolist(), verdicts.last[others].tolist(), strict=True)
    of_sites = [row for row, start, end in bounds if _SITE_CUE.search(folded, start, end)]
    return [*np.flatnonzero(sure & telling).tolist(), *of_sites]


def _row_fields(
    batch: TextBatch, folded: str, document: int, verdicts: Verdicts, row: int, told: set[str]
) -> Iterator[Field]:
    """Give what a line says of its page, but for what was ``told`` of the document by an earlier line."""
    start, end = int(verdicts.first[row]), int(verdicts.last[row])
    text = folded[start:end]
    if is_breadcrumb(verdicts, row):
        if "breadcrumb" not in told:
            yield from _breadcrumb(batch, document, text, start)
        return
    byline = verdicts.bylines.get(row)
    if byline is None and verdicts.family[row] in (_DOCUMENT, *_SIGNED):
        byline = read_byline(text) or read_signed_head(text)
    if byline is not None:
        for fact in byline.facts:
            if fact.key not in told and not _is_no_name(fact):
                yield from _fact_fields(batch, document, fact, start)
    elif verdicts.family[row] == _FORUM:
        yield from _board_fields(batch, document, text, start, told)
    elif verdicts.family[row] in (_FOOTER, _NAVIGATION) and "site" not in told:
        yield from _site(batch, document, text, start)


def _is_no_name(fact: Fact) -> bool:
    """Say whether what was taken for whoever wrote a page is a button or the number of a floor."""
    return fact.key in _NAMED and (fact.value in _words() or _FLOOR.fullmatch(fact.value) is not None)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(menu_words())


def _fact_fields(batch: TextBatch, document: int, fact: Fact, origin: int) -> Iterator[Field]:
    start, end = origin + fact.start, origin + fact.end
    original = batch.substring(start, end).strip()
    if fact.key == "date":
        yield Field(document, "date", fact.value, start, end)
        yield Field(document, "date_as_printed", original, start, end)
    else:
        role = _ROLE.match(original) if fact.key == "author" else None
        lead = role.end() if role else 0
        yield Field(document, fact.key, original[lead:], start + lead, end)


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
