"""What a line of a page looks like, as numbers: array passes over a whole batch, no loop over lines.

Only lines that show something are described.  Counts of character classes come from one table lookup a
character and one sum a line.  What follows from these (means over neighbours, sums above a line) is worked
out when a model asks for it by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import is_one_of, trimmed
from cleancorpus.boilerplate.cues import find_cues, load_cues
from cleancorpus.boilerplate.page_features import density_measures, page_measures
from cleancorpus.boilerplate.pages import ALL, Column, Pages, Sums, running
from cleancorpus.boilerplate.pieces import LONGEST, Hashes, Pieces
from cleancorpus.boilerplate.rule_features import rule_measures
from cleancorpus.boilerplate.stretches import openings
from cleancorpus.boilerplate.verdicts import Verdicts
from cleancorpus.text import Codepoints, Lines, Positions, TextBatch, encode_codepoints, flat_ranges

Counts = NDArray[np.int64]
# Whether a feature is asked for on threads alone, and the first and the last of the lines of which it is a mean.
_Window = tuple[bool, int, int]
Scalar = TypeVar("Scalar", bound=np.generic)

# Classes of characters.  Function characters carry grammar; a title, menu or list has few of them, so they
# tell prose from names.
CLASSES = ("other", "blank", "han", "function", "stop", "comma", "digit", "latin", "separator", "bracket")
_OTHER, _BLANK, _HAN, _FUNCTION, _STOP, _COMMA, _DIGIT, _LATIN, _SEPARATOR, _BRACKET = range(len(CLASSES))
_FUNCTION_CHARACTERS = (
    "的了是在和有不也这我就而与及以对他她它们你很都但被把从将为着过到说要会能可没那还其此因所并或于之乎者矣焉哉呢吗吧啊个来"
    "這個們與說會沒還為從將過著於對來"
)
_STOPS = "。！？!?；;…"
_COMMAS = "，、,：:"
_SEPARATORS = "|｜/／>＞»›<＜«‹·•∙・_＿-－–—―~～=＝*＊#＃+＋←→↑↓◆◇■□●○★☆▲△▼▽※§│┃├└"
_BRACKETS = "()（）[]【】「」『』《》〈〉“”‘’\"'〔〕{}"
_BULLETS = "•·*-●■◆○□◇▪‣"
_NUMERALS = "〇一二三四五六七八九十日"
_CALENDAR = "年月日:-/.："
_RANGES = (
    (_HAN, ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x30000))),
    (_DIGIT, ((0x30, 0x3A), (0xFF10, 0xFF1A))),
    (_LATIN, ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))),
    (_BLANK, ((0, 0x21), (0x7F, 0xA1), (0xAD, 0xAE), (0x1680, 0x1681), (0x2000, 0x2010), (0x2028, 0x2030))),
    (_BLANK, ((0x205F, 0x2070), (0x3000, 0x3001), (0xFEFF, 0xFF00))),
)
_SIZES = (2, 4, 8, 16, 30, 50)
# Headings of what surrounds a main text: short lines that hold a cue of one of these groups.
_HEADINGS = ("byline", "ending", "related", "comment", "forum", "crumb", "wiki")
_REFERENCE = 12
_FLAGS = frozenset((*_HEADINGS, "rule.title", "rule.related", "rule.footer"))
_COUNTED = tuple(name for name in range(len(CLASSES)) if name != _BLANK)
# Nine counts share one sum of 64 bits, each as wide as the longest piece needs.
_LANE = LONGEST.bit_length()
_WINDOW = re.compile(r"(.+)\[([+-]\d+)(?:,([+-]\d+))?\]")


class LineFeatures:
    """The described lines of a batch, whose features are asked for by name.

    ``line`` (``int64[M]``) are indices into the batch's lines, ``document`` and ``size`` (``int64[M]``) the
    document of each and its characters other than blanks, ``first`` and ``last`` (``int64[M]``) enclose
    what it shows.  Beside the measures of a line itself there are, for a measure ``x``: ``x[+2]`` two lines
    below; ``x[-4,-1]`` its mean over the four lines above (for ``mass`` the logarithm of the sum, for headings
    whether there is one); ``x.any`` whether it is more than zero; ``x.once`` whether it was above, ``x.passed``
    how often, up to four times, and ``x.ahead`` whether it is below; ``thread:x`` what it is on a page that
    is a thread of posts.
    """

    def __init__(
        self, line: Positions, document: Positions, size: Positions, first: Positions, last: Positions
    ) -> None:
        self.line, self.document, self.size = line, document, size
        self.first, self.last = first, last
        self.page = Pages(document)
        self._columns: dict[str, NDArray[np.float32]] = {}
        self._sums: dict[str, Sums] = {}

    def extended(self, columns: Mapping[str, Column]) -> LineFeatures:
        """Give the same lines with further measures."""
        other = LineFeatures(self.line, self.document, self.size, self.first, self.last)
        other._columns = self._columns.copy()
        other.add(columns)
        return other

    def add(self, columns: Mapping[str, Column]) -> None:
        """Note further measures of the lines."""
        self._columns.update((name, np.asarray(column, dtype=np.float32)) for name, column in columns.items())

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of what has been measured so far, in order."""
        return tuple(self._columns)

    def column(self, name: str) -> NDArray[np.float32]:
        """Give one feature of all described lines; raises ``KeyError`` for a name that means nothing."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = np.asarray(self._derived(name), dtype=np.float32)
        return found

    def weighted(self, names: Sequence[str], weights: Sequence[float]) -> NDArray[np.float64]:
        """Sum features, each times its weight, ``float64[M]``.

        Means over the same neighbours are taken once, of the weighted sum of their measures.
        """
        scratch = np.empty(len(self.line), dtype=np.float32)
        groups: dict[_Window, NDArray[np.float32]] = {}
        for window, terms in _terms(tuple(names), tuple(weights)).items():
            part = groups[window] = np.zeros(len(self.line), dtype=np.float32)
            for measure, weight in terms:
                part += np.multiply(self.column(measure), weight, out=scratch)
        total = np.zeros(len(self.line), dtype=np.float64)
        for (thread, low, high), part in groups.items():
            mean = part if low == high == 0 else self.page.window(part, low, high) / (high - low + 1)
            total += self.column("thread") * mean if thread else mean
        return total

    def matrix(self, names: Sequence[str]) -> NDArray[np.float32]:
        """Give features side by side, ``float32[M, len(names)]``."""
        return np.stack([self.column(name) for name in names], axis=1).astype(np.float32)

    def _derived(self, name: str) -> Column:
        if name.startswith("thread:"):
            return self.column("thread") * self.column(name.removeprefix("thread:"))
        window = _WINDOW.fullmatch(name)
        if window is not None:
            low, high = int(window[2]), int(window[3] or window[2])
            total = self.page.between(self._running(window[1]), low, high)
            if window[1] == "mass":
                return np.log1p(total) / 8
            return np.minimum(total, 1) if window[1] in _FLAGS else total / (high - low + 1)
        measure, _, kind = name.rpartition(".")
        if kind == "any":
            return self.column(measure) > 0
        if kind == "once":
            return self.page.between(self._running(measure), -ALL, -1) > 0
        if kind == "passed":
            return np.minimum(self.page.between(self._running(measure), -ALL, -1), 4) / 4
        if kind == "ahead":
            return self.page.between(self._running(measure), 1, ALL) > 0
        raise KeyError(f"there is no feature {name!r}")

    def _running(self, measure: str) -> Sums:
        """Give the running sum of a measure, which several windows need."""
        if measure not in self._sums:
            self._sums[measure] = running(self.column(measure))
        return self._sums[measure]


@lru_cache(maxsize=4)
def _terms(names: tuple[str, ...], weights: tuple[float, ...]) -> dict[_Window, list[tuple[str, np.float32]]]:
    """Give the measures and weights of features by the neighbours over which they are means."""
    groups: dict[_Window, list[tuple[str, np.float32]]] = {}
    for name, weight in zip(names, weights, strict=True):
        measure, low, high = _plain_window(name.removeprefix("thread:"))
        groups.setdefault((name.startswith("thread:"), low, high), []).append((measure, np.float32(weight)))
    return groups


def _plain_window(name: str) -> tuple[str, int, int]:
    """Cut ``x[-4,-1]`` into its measure and its bounds where the feature is a mean; else leave the name whole."""
    window = _WINDOW.fullmatch(name)
    if window is None or window[1] == "mass" or window[1] in _FLAGS:
        return name, 0, 0
    return window[1], int(window[2]), int(window[3] or window[2])


def line_features(
    batch: TextBatch, lines: Lines, folded: TextBatch | None = None, verdicts: Verdicts | None = None
) -> LineFeatures:
    """Describe the lines of a batch that show something.

    ``folded`` is the same batch, code point for code point, in one script, width and case, in which the
    cue words are looked for.  Cost is linear in the number of code points.
    """
    points = batch.codepoints
    first, last = trimmed(points, _blank_table(), lines)
    line: Positions = np.flatnonzero(last > first)
    first, last = first[line], last[line]
    pieces = Pieces(first, last)
    lanes, contents, shapes = pieces.sums(points, (_lane_table(), _number_table(), _shape_table()))
    counts = pieces.joined(_unpacked(lanes))
    found = LineFeatures(line, lines.document[line], counts.sum(axis=0), first, last)
    if len(line):
        found.add(_own_measures(found, points, lines, counts))
        found.add(_cue_measures(found, batch if folded is None else folded))
        found.add(rule_measures(found.line, verdicts))
        again, alike = (_times_on_page(found, pieces.joined(part)) for part in (contents, shapes))
        found.add(_kinds(found, points, counts, again, alike))
        found.add(page_measures(found))
        found.add(density_measures(found))
    return found


def _unpacked(lanes: Hashes) -> Counts:
    """Give the counts that share one sum, ``int64[len(CLASSES), len(lanes)]``; those of blanks are left out."""
    counts = np.zeros((len(CLASSES), len(lanes)), dtype=np.int64)
    places = np.arange(0, _LANE * len(_COUNTED), _LANE, dtype=np.uint64)
    counts[list(_COUNTED)] = (lanes >> places[:, None]) & np.uint64(LONGEST)
    return counts


@lru_cache(maxsize=1)
def _lane_table() -> NDArray[np.uint64]:
    """Give for each code point below 0x30000 a one in the lane of its class; blanks have none."""
    lanes = np.zeros(len(CLASSES), dtype=np.uint64)
    for place, name in enumerate(_COUNTED):
        lanes[name] = 1 << (_LANE * place)
    return _frozen(lanes[_class_table()])


@lru_cache(maxsize=1)
def _class_table() -> NDArray[np.uint8]:
    """Give the class of each code point below 0x30000; what lies above is ``other``."""
    table = np.zeros(0x30001, dtype=np.uint8)
    for name, ranges in _RANGES:
        for start, end in ranges:
            table[start:end] = name
    for characters, name in (
        (_FUNCTION_CHARACTERS, _FUNCTION),
        (_STOPS, _STOP),
        (_COMMAS, _COMMA),
        (_SEPARATORS, _SEPARATOR),
        (_BRACKETS, _BRACKET),
    ):
        table[encode_codepoints(characters)] = name
    return _frozen(table)


@lru_cache(maxsize=1)
def _blank_table() -> NDArray[np.bool_]:
    return _frozen(_class_table() == _BLANK)


def _frozen(table: NDArray[Scalar]) -> NDArray[Scalar]:
    table.flags.writeable = False
    return table


def _own_measures(found: LineFeatures, points: Codepoints, lines: Lines, counts: Counts) -> dict[str, Column]:
    """Measure size, punctuation, make-up, opening, indent and the blank lines around."""
    first, last, line = found.first, found.last, found.line
    n = found.size.astype(np.float32)
    share = counts.astype(np.float32) / n
    stops, commas = counts[_STOP], counts[_COMMA]
    opens, closes = (_class_table().take(points[place], mode="clip") for place in (first, last - 1))
    ends = (closes == _STOP) | _closed_sentences(found, points, closes)
    prose = ((stops + commas >= 2) & (stops >= 1) & (n >= 12)) | ((stops >= 1) & (n >= 25)) | ((commas >= 1) & ends)
    gap = np.diff(line, prepend=-2) > 1
    gap[found.page.begins] = True
    opening, margin = points[first], lines.start[line]
    columns: dict[str, Column] = {
        "size": np.minimum(np.log1p(n) / 6, 1),
        "short": n <= 12,
        "stops": np.minimum(stops, 3) / 3,
        "commas": np.minimum(commas, 4) / 4,
        "ends.stop": ends,
        "ends.colon": closes == _COMMA,
        "prose": prose,
        "mass": prose * n,
        "function": np.minimum(share[_FUNCTION] * 5, 1),
        "han": share[_HAN] + share[_FUNCTION],
        "digit": share[_DIGIT],
        "latin": share[_LATIN],
        "separator": np.minimum(share[_SEPARATOR] * 4, 1),
        "bracket": np.minimum(share[_BRACKET] * 4, 1),
        "blanks": np.minimum((last - first - n) / n * 3, 1),
        "bullet": is_one_of(opening, _BULLETS),
        "opens.digit": opens == _DIGIT,
        "opens.bracket": opens == _BRACKET,
        "indent": np.minimum(first - margin, 8) / 8,
        "indent.wide": (points[margin] == 0x3000) & (first > margin),
        "blank.before": gap,
        "blank.after": np.append(gap[1:], True),
    }
    for low, high in zip((0, *_SIZES), _SIZES, strict=False):
        columns[f"size.{low + 1}-{high}"] = (n > low) & (n <= high)
    return columns


def _closed_sentences(found: LineFeatures, points: Codepoints, closes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say which lines close with a bracket or a reference such as [12] behind their last stop."""
    closed: NDArray[np.bool_] = closes == _BRACKET
    rows: Positions = np.flatnonzero(closed)
    if len(rows):
        last = found.last[rows]
        size = np.minimum(last - found.first[rows], _REFERENCE)
        stops = _class_table().take(points[flat_ranges(last - size, size)], mode="clip") == _STOP
        closed[rows] = np.logical_or.reduceat(stops, np.cumsum(size) - size)
    return closed


def _cue_measures(found: LineFeatures, folded: TextBatch) -> dict[str, Column]:
    """Measure how much of a line is covered by the cue words of each group, and find headings by them."""
    where, length, groups = find_cues(folded.codepoints)
    owner = np.searchsorted(found.first, where, side="right") - 1
    inside = (owner >= 0) & (where + length <= found.last[np.maximum(owner, 0)])
    owner, length, groups = owner[inside], length[inside], groups[inside]
    lines = len(found.line)
    columns: dict[str, Column] = {"cue": np.minimum(np.bincount(owner, length, lines) / found.size, 1)}
    names = load_cues().groups
    cue, group = np.nonzero(groups[:, None] >> np.arange(len(names), dtype=np.uint32) & np.uint32(1))
    covered = np.bincount(group * lines + owner[cue], length[cue], len(names) * lines).reshape(-1, lines)
    columns |= zip((f"cue.{name}" for name in names), np.minimum(covered / found.size, 1), strict=True)
    for name in _HEADINGS:
        columns[name] = (found.size <= 40) & (columns[f"cue.{name}"] > 0.15)
    return columns


def _kinds(found: LineFeatures, points: Codepoints, counts: Counts, again: Counts, alike: Counts) -> dict[str, Column]:
    """Tell dates, program code, lines that recur on the page, and the turns of a thread.

    ``again`` says how often the page has lines of the same characters, in any order, and ``alike`` how often
    it has lines that differ in figures and blanks alone.
    """
    n, stops, digits = found.size, counts[_STOP], counts[_DIGIT]
    date = (digits >= 6) & (digits <= 20) & (n <= 60) & (stops == 0)
    date[date] = _calendar_marks(points, found.first[date], found.last[date]) >= 2
    date |= (n <= 24) & (found.column("cue.ago") > 0)
    symbols = counts[_BRACKET] + counts[_SEPARATOR] + stops
    turn = (found.column("forum") > 0) | (found.column("rule.forum") > 0)
    turn |= (n <= 40) & (again >= 3) & ((found.column("cue.comment") > 0.3) | (found.column("cue.ending") > 0.3))
    return {
        "date": date,
        "code": (counts[_LATIN] + digits + symbols > 0.75 * n) & (symbols >= 2) & (n >= 8),
        "alike": np.minimum(np.log2(alike), 4) / 4,
        "thread": np.minimum(found.page.total(turn) / found.page.total(np.ones_like(n)) * 5, 1),
        "plain": ~date & (found.column("cue") == 0),
    }


def _calendar_marks(points: Codepoints, first: Positions, last: Positions) -> Counts:
    """Count the characters that stand between the figures of dates and times in each of some spans."""
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    size = last - first
    marks = is_one_of(points[flat_ranges(first, size)], _CALENDAR)
    return np.add.reduceat(marks, np.cumsum(size) - size, dtype=np.int64)


def _times_on_page(found: LineFeatures, sums: Hashes) -> Counts:
    """Say how often each line's sum occurs on its page."""
    key = sums + found.document.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    order = np.argsort(key)
    opens = openings(key[order])
    times = np.diff(np.append(opens, len(key)))
    times_of = np.empty(len(key), dtype=np.int64)
    times_of[order] = np.repeat(times, times)
    return times_of


@lru_cache(maxsize=1)
def _number_table() -> Hashes:
    """Give a number without any pattern for each code point below 0x30000, and one for all above."""
    mixed = (np.arange(0x30001, dtype=np.uint64) + np.uint64(0x9E3779B9)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    mixed[0] = 0
    return _frozen(mixed)


@lru_cache(maxsize=1)
def _shape_table() -> Hashes:
    """Give the numbers of ``_number_table``, 0 for what is left out of the shape of a line: figures and blanks."""
    numbers = _number_table().copy()
    numbers[np.isin(_class_table(), (_DIGIT, _BLANK))] = 0
    numbers[encode_codepoints(_NUMERALS)] = 0
    return _frozen(numbers)
