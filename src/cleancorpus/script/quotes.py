"""Quotation marks: the ones of the text's script, with the nesting right, and flags for those that never close."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cleancorpus.script.identify import identify
from cleancorpus.text import TextBatch

Marks = tuple[tuple[str, str], tuple[str, str]]  # the outer and the inner pair

CURLY: Marks = (("“", "”"), ("‘", "’"))
CORNER: Marks = (("「", "」"), ("『", "』"))
OTHER_MARKS, UNCLOSED = "script.other-quotation-marks", "script.unclosed-quotation"

_OPENING = {pair[0] for pair in (*CURLY, *CORNER)}
_CLOSING = {pair[1] for pair in (*CURLY, *CORNER)}
_MATE = {closing: opening for opening, closing in (*CURLY, *CORNER)}
_POINTS = np.array(sorted(map(ord, _OPENING | _CLOSING)), dtype=np.uint32)


def quoted_lines(batch: TextBatch) -> Iterator[tuple[int, str, str]]:
    """Give the lines that hold a quotation mark: where each starts, its text, and the next line's beginning."""
    places = np.flatnonzero(np.isin(batch.codepoints, _POINTS))
    if not len(places):
        return
    lines = batch.lines()
    holds = np.searchsorted(places, lines.end) > np.searchsorted(places, lines.start)
    for number in np.flatnonzero(holds).tolist():
        following = ""
        if number + 1 < len(lines) and lines.document[number + 1] == lines.document[number]:
            start = int(lines.start[number + 1])
            following = batch.substring(start, min(start + 8, int(lines.end[number + 1])))
        yield (
            int(lines.start[number]),
            batch.substring(int(lines.start[number]), int(lines.end[number])),
            following,
        )


def marks_of(text: str) -> list[tuple[int, str]]:
    """Give a line's quotation marks with their places; an apostrophe in a Latin word is none."""
    found: list[tuple[int, str]] = []
    singles = 0  # single quotations that are open
    for place, mark in enumerate(text):
        if mark not in _OPENING and mark not in _CLOSING:
            continue
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


def unclosed(text: str, following: str) -> Iterator[tuple[int, str]]:
    """Give the opening marks of a line that no mark closes.

    A quotation that goes on in the next paragraph opens again there, and is not closed at the end of this one.
    """
    opened: list[tuple[int, str]] = []
    for place, mark in marks_of(text):
        if mark in _OPENING:
            opened.append((place, mark))
        else:
            mates = [row for row, (_, opening) in enumerate(opened) if opening == _MATE[mark]]
            if mates:
                del opened[mates[-1]]
    goes_on = following.lstrip()[:1]
    for place, mark in opened:
        if mark != goes_on:
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
    for start, text, _ in quoted_lines(batch):
        wanted = own[int(batch.document_of(np.array([start]))[0])]
        if wanted is not None:
            for place, mark in converted_quotes(text, wanted):
                yield start + place, start + place + 1, mark, OTHER_MARKS


def unclosed_flags(batch: TextBatch) -> Iterator[tuple[int, int, str, str, float]]:
    """Give flags for the opening marks that no mark closes, as rows."""
    for start, text, following in quoted_lines(batch):
        for place, mark in unclosed(text, following):
            yield start + place, start + place + 1, UNCLOSED, f"{mark} is not closed in its paragraph", 1.0
