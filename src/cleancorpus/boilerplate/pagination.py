"""Page numbers that ran into the text, and the sentences that page breaks cut.

Document sites put the number of the page in front of each page's text (``2、``), and the break may fall in
the middle of a sentence.  An author's own numbering looks the same; the sequence tells them apart: page
numbers run on without restarting, over long texts, most of which end where no sentence ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import is_one_of
from cleancorpus.boilerplate.stretches import in_a_row
from cleancorpus.boilerplate.verdicts import Verdicts
from cleancorpus.rules import Rule
from cleancorpus.text import Codepoints, Lines, Positions, TextBatch

RUNNING_NUMBER = Rule(
    id="boilerplate.running-page-number",
    why="The number of a page in front of its text; a sentence that the page break cut is joined again.",
    family="pagination",
)
NUMBER_LINE = Rule(
    id="boilerplate.page-number-line",
    why="The number of a page on a line of its own; a sentence that the page break cut is joined again.",
    family="pagination",
)
PAGE_OF_PAGES = Rule(
    id="boilerplate.page-of-pages-inside",
    why="A page mark of the printed document (page 7 of 7) inside a paragraph.",
    family="pagination",
    hits=("不断注入新的活力。 第7页 共7页", "特此报告。第 3 页 共 12 页", "要坚持以人为 第 2 页 共 5 页 本的原则。"),
    misses=("本书第7页共7页提到这件事。", "请把第1页和共用页分开。", "见第3页，共7页的附录里也有。"),
)
FLATTENED = Rule(
    id="boilerplate.flattened-paragraphs",
    why="A blank where a site flattened the break in front of a numbered heading; a line break is put there.",
    safety="unsafe",
    family="pagination",
    hits=("打好了基础。 一、突出重点", "做了三件事。 二是改进方法。"),
    misses=("一、二、三，齐步走", "他说好。 然后走了"),
)
PAGINATION_RULES = (RUNNING_NUMBER, NUMBER_LINE, PAGE_OF_PAGES, FLATTENED)

# Marks with which a paragraph ends: sentence ends, colons and what closes a quotation.
_ENDS = re.compile(r"[。!?;:…！？；：.)\]】》”’」』\"']\s*$")
_NUMBERED = re.compile(r"(?P<number>\d{1,4})\s?[、.．](?!\d)\s?")
_NUMBER_MARKS = "、.．"
_LONE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s?)?(?P<number>\d{1,4})(?:\s?页)?(?:\s?/\s?(?:共\s?)?\d{1,4}\s?页?)?[-—–·\s]*"
)
_PAGE_MARK = re.compile(r"(?:[-—–]\s*)?第\s?\d{1,4}\s?页\s?[/,(]?\s?共\s?\d{1,4}\s?页\)?(?:\s*[-—–])?")
_HEADING = re.compile(
    r"(?<=[。!?;:”』」…])[ \u3000\xa0]+(?=(?:[一二三四五六七八九十]{1,3}、"
    r"|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]{1,3}[章节条,，、]"
    r"|[一二三四五六七八九]是|\d{1,2}[、.](?!\d)))"
)
# Fewer pages give no evidence.  A page of text is longer than a list's item; most pages end in a sentence.
_LEAST_PAGES = 3
_LEAST_PAGE_SIZE = 80
_LEAST_SHORT_PAGE = 25
_LEAST_CUT = 0.5


class Join(NamedTuple):
    """A span of a batch that goes, the rule that knows it, and what is put there."""

    start: int
    end: int
    rule: str
    after: str = ""


class _Numbered(NamedTuple):
    line: int
    number: int
    text: int  # where the text behind the number begins


def page_numbers(batch: TextBatch, lines: Lines, verdicts: Verdicts, goes: NDArray[np.bool_]) -> list[Join]:
    """Find running page numbers of both kinds, with the breaks that they caused."""
    found: list[Join] = []
    kept: Positions = np.flatnonzero((verdicts.size > 0) & ~goes)
    if len(kept):
        found.extend(_in_front(batch, lines, verdicts, kept))
    found.extend(_on_their_own(batch, lines, verdicts, goes))
    return found


def _in_front(batch: TextBatch, lines: Lines, verdicts: Verdicts, kept: Positions) -> Iterator[Join]:
    """Find ``1、 2、 3、`` in front of consecutive kept lines."""
    long = verdicts.size[kept] >= _LEAST_SHORT_PAGE
    figured = _opens_with_figure(batch.codepoints, verdicts.first[kept])
    numbered = in_a_row(figured & (long | np.roll(long, 1)), _LEAST_PAGES)
    if not numbered.any():
        return
    numbered[numbered] = _marked_as_number(batch.codepoints, verdicts.first[kept[numbered]])
    run: list[_Numbered] = []
    for place in np.flatnonzero(in_a_row(numbered, _LEAST_PAGES)).tolist():
        line = int(kept[place])
        entry = _numbered(batch, verdicts, line)
        if entry is None:
            continue
        follows = (
            bool(run)
            and entry.number == run[-1].number + 1
            and lines.document[line] == lines.document[run[-1].line]
            and int(kept[place - 1]) == run[-1].line
        )
        if not follows:
            yield from _joins(batch, verdicts, run)
            run = []
        run.append(entry)
    yield from _joins(batch, verdicts, run)


def _opens_with_figure(points: Codepoints, first: Positions) -> NDArray[np.bool_]:
    letter = points[first]
    return ((letter >= 0x30) & (letter <= 0x39)) | ((letter >= 0xFF10) & (letter <= 0xFF19))


def _marked_as_number(points: Codepoints, first: Positions) -> NDArray[np.bool_]:
    """Say which lines have a mark, as numbers have, where at most four figures and a blank can be in front of it."""
    marked = np.zeros(len(first), dtype=bool)
    for step in range(1, 6):
        marked |= is_one_of(points[np.minimum(first + step, len(points) - 1)], _NUMBER_MARKS)
    return marked


def _numbered(batch: TextBatch, verdicts: Verdicts, line: int) -> _Numbered | None:
    start = int(verdicts.first[line])
    found = _NUMBERED.match(batch.substring(start, min(start + 10, int(verdicts.last[line]))))
    return _Numbered(line, int(found.group("number")), start + found.end()) if found else None


def _joins(batch: TextBatch, verdicts: Verdicts, run: list[_Numbered]) -> Iterator[Join]:
    if len(run) < _LEAST_PAGES or run[0].number > 2:
        return
    sizes = [int(verdicts.last[entry.line]) - entry.text for entry in run]
    cut = [not _complete(batch, int(verdicts.last[entry.line])) for entry in run[:-1]]
    if sum(cut) < _LEAST_CUT * len(cut) or min(sizes[:-1]) < _LEAST_SHORT_PAGE:
        return
    # Short pages must hold whole sentences and broken ones, as items of a list do not.
    short = [entry for entry, size in zip(run[:-1], sizes[:-1], strict=True) if size < _LEAST_PAGE_SIZE]
    if not all(_holds_a_sentence_end(batch, entry.text, int(verdicts.last[entry.line])) for entry in short):
        return
    yield Join(int(verdicts.first[run[0].line]), run[0].text, RUNNING_NUMBER.id)
    for before, entry in pairwise(run):
        yield Join(int(verdicts.last[before.line]), entry.text, RUNNING_NUMBER.id)


def _holds_a_sentence_end(batch: TextBatch, start: int, end: int) -> bool:
    return any(mark in batch.substring(start, end - 1) for mark in "。；;!?！？")


def _complete(batch: TextBatch, end: int) -> bool:
    """Say whether the text in front of ``end`` closes a sentence."""
    return _ENDS.search(batch.substring(max(0, end - 3), end)) is not None


def _on_their_own(batch: TextBatch, lines: Lines, verdicts: Verdicts, goes: NDArray[np.bool_]) -> Iterator[Join]:
    """Find page numbers on lines of their own between long lines of text."""
    filled = verdicts.filled
    size = verdicts.size
    small = size[filled] <= 16
    first = batch.codepoints[verdicts.first[filled]]
    likely = small & (((first >= 0x30) & (first <= 0x39)) | is_one_of(first, "第-—–·"))
    if np.count_nonzero(likely) < _LEAST_PAGES:
        return
    text = (size[filled] >= _LEAST_PAGE_SIZE) & ~goes[filled]
    likely[1:-1] &= text[:-2] & text[2:] & (lines.document[filled[:-2]] == lines.document[filled[2:]])
    likely[:1] = likely[-1:] = False
    run: list[tuple[int, int]] = []
    for place in np.flatnonzero(likely).tolist():
        line = int(filled[place])
        found = _LONE_NUMBER.fullmatch(batch.substring(int(verdicts.first[line]), int(verdicts.last[line])))
        if not found:
            continue
        number = int(found.group("number"))
        if run and (lines.document[run[-1][0]] != lines.document[line] or number != run[-1][1] + 1):
            yield from _closed(batch, lines, verdicts, filled, run)
            run = []
        run.append((line, number))
    yield from _closed(batch, lines, verdicts, filled, run)


def _closed(
    batch: TextBatch, lines: Lines, verdicts: Verdicts, filled: Positions, run: list[tuple[int, int]]
) -> Iterator[Join]:
    if len(run) < _LEAST_PAGES:
        return
    for line, _ in run:
        place = int(np.searchsorted(filled, line))
        above, below = int(filled[place - 1]), int(filled[place + 1])
        if _complete(batch, int(verdicts.last[above])):
            yield Join(int(lines.start[line]), int(lines.stop[line]), NUMBER_LINE.id)
        else:
            yield Join(int(verdicts.last[above]), int(verdicts.first[below]), NUMBER_LINE.id)


def page_marks(folded: TextBatch, lines: Lines) -> Iterator[Join]:
    """Find ``第 7页 共 7页`` at the end of a paragraph or, between blanks, in the middle of one."""
    points = folded.codepoints
    # 页, with 共 within the next four characters.
    at: Positions = np.flatnonzero(points == 0x9875)
    if not len(at):
        return
    near = np.zeros(len(at), dtype=bool)
    for step in range(1, 5):
        near |= points[np.minimum(at + step, len(points) - 1)] == 0x5171
    done = -1
    for place in at[near].tolist():
        line = int(np.searchsorted(lines.start, place, side="right")) - 1
        first = max(int(lines.start[line]), place - 12)
        last = min(int(lines.end[line]), place + 24)
        text = folded.substring(first, last)
        found = _PAGE_MARK.search(text)
        if not found or first + found.start() < done:
            continue
        start, end = first + found.start(), first + found.end()
        while start > lines.start[line] and points[start - 1] in (0x20, 0x3000, 0xA0, 0x09):
            start -= 1
        closes = not folded.substring(end, int(lines.end[line])).strip()
        open_left = start < first + found.start()
        open_right = end < lines.end[line] and points[end] in (0x20, 0x3000, 0xA0, 0x09)
        if start == lines.start[line]:
            continue
        complete = _ENDS.search(folded.substring(max(0, start - 3), start)) is not None
        if closes and (open_left or complete):
            yield Join(start, int(lines.end[line]), PAGE_OF_PAGES.id)
        elif open_left and open_right:
            yield Join(start, end + 1, PAGE_OF_PAGES.id)
        done = end


def flattened_paragraphs(folded: TextBatch) -> Iterator[Join]:
    """Find blanks in front of numbered headings inside a paragraph; each becomes a line break."""
    for document in range(len(folded)):
        origin = int(folded.offsets[document])
        for found in _HEADING.finditer(folded.text(document)):
            yield Join(origin + found.start(), origin + found.end(), FLATTENED.id, "\n")
