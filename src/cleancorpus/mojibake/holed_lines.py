"""Whole lines of pairs that a wrong reader lost bytes of: what is known comes back, the rest is flagged.

A reader that cannot make a character of a byte leaves U+FFFD and goes on with the next byte, out of step with the true
pairs.  In the bytes nothing is out of step: there U+FFFD is one byte of unknown value, which leaves one character open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import DoubleByte
from cleancorpus.mojibake.excerpts import LINE_BREAKS, SEPARATOR, Allowance
from cleancorpus.mojibake.late_reading import Guess
from cleancorpus.mojibake.misread_run import LOST, MIN_HOLE_SHARE, STRONG, Points, Run
from cleancorpus.mojibake.readers import HOLE, STOP, Source

# How many lost bytes of a document are ranked: so many, and one more for so many characters; more are only flagged.
_RANKED, _CHARACTERS_A_RANKING = 16, 500
_NEAR = 400  # characters before and behind a place that weigh in
_LEADS = np.arange(0x81, 0xFF)
_WIDE_MARKS = tuple(map(ord, "：；＜＝＞？＠"))


@dataclass(frozen=True)
class _Open:
    """A character with a lost byte: its place among what was read, in the bytes, and what it may be."""

    place: int
    start: int
    end: int
    candidates: Points


def holed_runs(
    text: Points, source_of: Callable[[Points], Source], charset: DoubleByte, rule: str, model: CharacterModel
) -> list[Run]:
    """Read back whole lines that hold U+FFFD; ``source_of`` gives the bytes that a line was read from."""
    lost = np.flatnonzero(text == LOST)
    if not len(lost):
        return []
    edges = np.concatenate([[-1], np.flatnonzero(np.isin(text, (*LINE_BREAKS, SEPARATOR))), [len(text)]])
    runs = []
    allowance = Allowance(text, _RANKED, _CHARACTERS_A_RANKING)
    for number in sorted(set((np.searchsorted(edges, lost) - 1).tolist())):
        start, end = int(edges[number]) + 1, int(edges[number + 1])
        source = source_of(text[start:end])
        if bool((source.data == STOP).any()):
            continue  # a character that this reader cannot have written
        points, opened = _read(source.data.tolist(), charset)
        guesses = []
        for one in opened:
            ranked = _ranked(points, one, model) if allowance.left(start) else []
            allowance.spend(start)
            if ranked and ranked[0][1] >= MIN_HOLE_SHARE:
                points[one.place] = ranked[0][0]
                continue
            span = start + int(source.owner[one.start]), start + int(source.owner[one.end - 1]) + 1
            share = ranked[0][1] if ranked else 0.0
            guesses.append(Guess(*span, "".join(chr(point) for point, _ in ranked[:5]), share))
        after = np.array(points, dtype=np.uint32)
        runs.append(Run(start, end, after, rule, 0.0, 0.0, len(points) >= STRONG, tuple(guesses)))
    return runs


def _read(data: list[int], charset: DoubleByte) -> tuple[list[int], list[_Open]]:
    """Read bytes as pairs; U+FFFD stands where a byte is lost or a pair is none."""
    points: list[int] = []
    opened: list[_Open] = []
    at = 0
    while at < len(data):
        lead = data[at]
        trail = data[at + 1] if at + 1 < len(data) else 0
        if lead < 0x80 and lead != HOLE:
            points.append(lead)
            at += 1
            continue
        pair = 0 if HOLE in (lead, trail) else int(charset.character[lead << 8 | trail])
        width = 2 if trail >= 0x40 or trail == HOLE else 1
        if not pair:
            opened.append(_Open(len(points), at, at + width, _candidates(lead, trail, charset)))
        points.append(pair or LOST)
        at += width
    return points, opened


def _candidates(lead: int, trail: int, charset: DoubleByte) -> Points:
    """Give the characters of which one byte is known."""
    if lead == HOLE and trail >= 0x40:
        codes = _LEADS << 8 | trail
    elif lead != HOLE and trail == HOLE:
        codes = lead << 8 | np.arange(0x40, 0xFF)
    else:
        codes = np.zeros(0, dtype=np.int64)
    known: Points = charset.character[codes]
    # Full-width letters and digits are folded by the model: it would take them for what stands in every text.
    wide = (known >= 0xFF10) & (known <= 0xFF5A) & ~np.isin(known, _WIDE_MARKS)
    return known[(known > 0) & ((known < 0xE000) | (known > 0xF8FF)) & ~wide]


def _ranked(points: list[int], one: _Open, model: CharacterModel) -> list[tuple[int, float]]:
    """Rank what a character can be: (code point, share), best first."""
    before = np.array(points[max(one.place - _NEAR, 0) : one.place], dtype=np.uint32)
    behind = np.array(points[one.place + 1 : one.place + 1 + _NEAR], dtype=np.uint32)
    shares = model.rank(before, one.candidates, behind)
    order = np.argsort(-shares, kind="stable")[:5]
    return [(int(one.candidates[at]), float(np.exp2(shares[at]))) for at in order]
