"""Quotation marks: the ones of the text's script, with the nesting right, and flags for those that never close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cleancorpus.script.identify import identify
from cleancorpus.text import Codepoints, Positions, TextBatch

Marks = tuple[tuple[str, str], tuple[str, str]]  # the outer and the inner pair

CURLY: Marks = (("“", "”"), ("‘", "’"))
CORNER: Marks = (("「", "」"), ("『", "』"))
OTHER_MARKS, UNCLOSED = "script.other-quotation-marks", "script.unclosed-quotation"

_PAIRS = (*CURLY, *CORNER)
_SIDES = np.zeros(0x3010 - 0x2018, dtype=np.int64)  # by code point from U+2018: 1 to 4 opens, -1 to -4 closes
for _number, (_open, _close) in enumerate(_PAIRS, 1):
    _SIDES[ord(_open) - 0x2018], _SIDES[ord(_close) - 0x2018] = _number, -_number

LINES_OPEN = 3  # lines further on in which a mark may still be closed: pages break lines inside sentences

_OPENING = {pair[0] for pair in (*CURLY, *CORNER)}
_CLOSING = {pair[1] for pair in (*CURLY, *CORNER)}
_MATE = {closing: opening for opening, closing in (*CURLY, *CORNER)}
_MARK = re.compile("[“”‘’「」『』]")


class QuotedLine(NamedTuple):
    """A line that holds a quotation mark: its number and its document's, where it starts, and its text."""

    number: int
    document: int
    start: int
    text: str


def quoted_lines(batch: TextBatch, *, unbalanced: bool = False) -> Iterator[QuotedLine]:
    """Give the lines of a batch that hold a quotation mark, in order.

    With ``unbalanced`` only those with more marks of one side than of the other, and the quoted lines close behind
    one of these, in which the missing mark may stand.
    """
    places, side, kind = _found_marks(batch.codepoints)
    if not len(places):
        return
    lines = batch.lines()
    line = np.searchsorted(lines.start, places, side="right") - 1
    # The line of an empty text shares its start with the next one, which is the last of the two.
    chosen = np.zeros(len(lines), dtype=bool)
    chosen[line] = True
    if unbalanced:
        surplus = np.bincount(4 * line + kind, weights=side, minlength=4 * len(lines)).reshape(-1, 4)
        uneven = np.flatnonzero(surplus.any(axis=1))
        near = np.zeros(len(lines), dtype=bool)
        for distance in range(LINES_OPEN + 1):
            near[np.minimum(uneven + distance, len(lines) - 1)] = True
        chosen &= near
    for number in np.flatnonzero(chosen).tolist():
        start = int(lines.start[number])
        text = batch.substring(start, int(lines.end[number]))
        yield QuotedLine(number, int(lines.document[number]), start, text)


def _found_marks(points: Codepoints) -> tuple[Positions, Positions, Positions]:
    """Give the places of the marks, their side (1 opens, -1 closes) and their kind (0 to 3)."""
    general = np.flatnonzero((points - np.uint32(0x2018)) < 6)  # ‘’‚‛“”
    corner = np.flatnonzero((points - np.uint32(0x300C)) < 4)  # 「」『』
    places = np.sort(np.concatenate([general, corner]))
    mark = _SIDES.take(points[places] - np.uint32(0x2018))
    known = mark != 0
    places, mark = places[known], mark[known]
    return places, np.sign(mark), np.abs(mark) - 1


def marks_of(text: str) -> list[tuple[int, str]]:
    """Give a line's quotation marks with their places; an apostrophe in a Latin word is none."""
    found: list[tuple[int, str]] = []
    singles = 0  # single quotations that are open
    for match in _MARK.finditer(text):
        place, mark = match.start(), match.group()
        left, right = text[place - 1 : place], text[place + 1 : place + 2]
        if mark in "‘’" and right.isascii() and right.isalpha() and left.isascii() and left.isalpha():
            continue
        if mark == "’" and left.isascii() and left.isalnum() and not singles:
            continue
        singles += (mark == "‘") - (mark == "’")
        found.append((place, mark))
    return found


def converted_quotes(text: str, wanted: Marks) -> Iterator[tuple[int, str]]:
    """Give the marks of a line that are of the other kind, with what is to stand there.

    ``wanted`` has the outer and the inner pair of marks.  The outermost quotation takes the outer pair, one in
    it the inner, and so on by turns, whatever the marks were; a mark without its mate is left.
    """
    opened: list[tuple[int, str]] = []
    pairs: list[tuple[int, int, int]] = []
    for place, mark in marks_of(text):
        if mark in _OPENING:
            opened.append((place, mark))
        elif opened and opened[-1][1] == _MATE[mark]:
            begin, _ = opened.pop()
            pairs.append((begin, place, len(opened)))
        else:
            return  # the marks do not nest: nothing is known of their depth
    own = {mark for pair in wanted for mark in pair}
    if opened or all(text[begin] in own for begin, _, _ in pairs):
        return
    for begin, end, depth in pairs:
        opening, closing = wanted[depth % 2]
        for place, mark in ((begin, opening), (end, closing)):
            if text[place] != mark:
                yield place, mark


def quotation_rows(batch: TextBatch, target: str) -> Iterator[tuple[int, int, str, str]]:
    """Give the edits that write quotations with the marks of the target script, as rows.

    Simplified text has “”‘’, traditional text 「」『』; with the target ``keep`` each document's own script
    decides, and one that is neither is left.
    """
    if target != "keep":
        own: list[Marks | None] = [CURLY if target == "hans" else CORNER] * len(batch)
    else:
        by_script: dict[str, Marks] = {"Hans": CURLY, "Hant": CORNER}
        own = [by_script.get(label) for label in identify(batch).labels()]
    for line in quoted_lines(batch):
        wanted = own[line.document]
        if wanted is not None:
            for place, mark in converted_quotes(line.text, wanted):
                yield line.start + place, line.start + place + 1, mark, OTHER_MARKS


def unclosed_flags(batch: TextBatch) -> Iterator[tuple[int, int, str, str, float]]:
    """Give flags for the opening marks that no mark closes within some lines, as rows.

    A quotation that goes on in the next paragraph opens again at its head, and needs no mark at its end.
    """
    opened: dict[str, list[_Opening]] = {mark: [] for mark in sorted(_OPENING)}
    for line in quoted_lines(batch, unbalanced=True):
        for mark, waiting in opened.items():
            yield from (opening.flag() for opening in waiting if not opening.may_close_in(line))
            opened[mark] = [opening for opening in waiting if opening.may_close_in(line)]
        head = len(line.text) - len(line.text.lstrip())
        for place, mark in marks_of(line.text):
            if mark in _OPENING:
                if place == head:
                    opened[mark].clear()
                opened[mark].append(_Opening(line.start + place, mark, line))
            elif opened[_MATE[mark]]:
                opened[_MATE[mark]].pop()
    yield from (opening.flag() for waiting in opened.values() for opening in waiting)


@dataclass(frozen=True)
class _Opening:
    place: int
    mark: str
    line: QuotedLine

    def may_close_in(self, line: QuotedLine) -> bool:
        return line.document == self.line.document and line.number <= self.line.number + LINES_OPEN

    def flag(self) -> tuple[int, int, str, str, float]:
        reason = f"{self.mark} is not closed in its paragraph"
        return self.place, self.place + 1, UNCLOSED, reason, 1.0
