"""What a line of a page looks like, as numbers: array passes over a whole batch, no loop over lines.

Only lines that show something are described.  Counts of character classes come from one table lookup a
character and one sum a line.  What follows from these (means over neighbours, sums above a line) is worked
out when a model asks for it by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import trimmed
from cleancorpus.boilerplate.cues import find_cues, load_cues
from cleancorpus.boilerplate.pages import ALL, Column, Pages
from cleancorpus.boilerplate.verdicts import FAMILIES, SURE, WEAK, Verdicts
from cleancorpus.text import Lines, Positions, TextBatch, encode_codepoints

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
_SIZES = (2, 4, 8, 16, 30, 50, 90)
_RULE_FAMILIES = {
    "menu": ("menu", "navigation", "breadcrumb"),
    "byline": ("byline",),
    "share": ("share", "wechat", "account"),
    "footer": ("footer", "disclaimer"),
    "related": ("related", "teaser"),
    "forum": ("forum", "thread", "answer"),
    "facts": ("shop", "goods", "encyclopaedia", "entry"),
}
# Headings of what surrounds a main text: short lines that hold a cue of one of these groups.
_HEADINGS = ("byline", "ending", "related", "comment", "forum", "crumb", "wiki")
_REFERENCE = 12
# Lines of one shape that stand on a page four times or more part its posts: log2(4) / 4, as "alike" counts.
_OFTEN = 0.5
_FLAGS = frozenset((*_HEADINGS, "rule.title", "rule.related", "rule.footer"))
# Nine counts share one sum of 64 bits; a line longer than a piece would overflow its lane.
_PIECE, _LANE = 127, 7
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
        self._columns: dict[str, Column] = {}

    def extended(self, columns: Mapping[str, Column]) -> LineFeatures:
        """Give the same lines with further measures."""
        other = LineFeatures(self.line, self.document, self.size, self.first, self.last)
        other._columns = {**self._columns, **columns}
        return other

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of what has been measured so far, in order."""
        return tuple(self._columns)

    def column(self, name: str) -> Column:
        """Give one feature of all described lines; raises ``KeyError`` for a name that means nothing."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = np.asarray(self._derived(name), dtype=np.float32)
        return found

    def weighted(self, names: Sequence[str], weights: Sequence[float]) -> NDArray[np.float64]:
        """Sum features, each times its weight, ``float64[M]``.

        Means over the same neighbours are taken once, of the weighted sum of their measures.
        """
        groups: dict[tuple[bool, int, int], NDArray[np.float64]] = {}
        for name, weight in zip(names, weights, strict=True):
            inner = name.removeprefix("thread:")
            measure, low, high = _plain_window(inner)
            key = (inner != name, low, high)
            if key not in groups:
                groups[key] = np.zeros(len(self.line), dtype=np.float64)
            groups[key] += weight * self.column(measure)
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
            total = self.page.window(self.column(window[1]), low, high)
            if window[1] == "mass":
                return np.log1p(total) / 8
            return np.minimum(total, 1) if window[1] in _FLAGS else total / (high - low + 1)
        measure, _, kind = name.rpartition(".")
        if kind == "any":
            return self.column(measure) > 0
        if kind == "once":
            return self.page.before(self.column(measure)) > 0
        if kind == "passed":
            return np.minimum(self.page.before(self.column(measure)), 4) / 4
        if kind == "ahead":
            return self.page.window(self.column(measure), 1, ALL) > 0
        raise KeyError(f"there is no feature {name!r}")


@lru_cache(maxsize=1024)
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
    classes = _class_table().take(points, mode="clip")
    first, last = trimmed(classes == _BLANK, lines)
    line: Positions = np.flatnonzero(last > first)
    first, last = first[line], last[line]
    counts = count_classes(classes, first, last)
    found = LineFeatures(line, lines.document[line], last - first - counts[:, _BLANK], first, last)
    if len(line):
        columns = found._columns
        columns.update(_own_measures(found, batch, lines, classes, counts))
        columns.update(_cue_measures(found, batch if folded is None else folded))
        columns.update(_rule_measures(found, verdicts))
        columns.update(_kinds(found, points, counts))
        columns.update(_page_measures(found))
    return found


def count_classes(classes: NDArray[np.uint8], start: Positions, end: Positions) -> NDArray[np.int64]:
    """Count the characters of each class in each span: ``int64[len(start), len(CLASSES)]``.

    Spans are sorted, disjoint and not empty.  The counts share one 64-bit sum; the first follows from them.
    """
    pieces = (end - start + _PIECE - 1) // _PIECE
    owner = np.repeat(np.arange(len(start)), pieces)
    ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = start[owner] + ordinal * _PIECE
    bounds = np.stack([begin, np.minimum(begin + _PIECE, end[owner])], axis=1).ravel()
    lanes = np.array([0, *(1 << (_LANE * place) for place in range(len(CLASSES) - 1))], dtype=np.uint64)
    laned = lanes.take(np.append(classes, np.uint8(0)))
    sums = np.add.reduceat(laned, bounds)[::2] if len(bounds) else np.zeros(0, np.uint64)
    counts = np.zeros((len(owner), len(CLASSES)), dtype=np.int64)
    for name in range(1, len(CLASSES)):
        counts[:, name] = (sums >> np.uint64(_LANE * (name - 1))) & np.uint64(_PIECE)
    if len(owner) > len(start):
        counts = np.add.reduceat(counts, np.cumsum(pieces) - pieces, axis=0)
    counts[:, 0] = end - start - counts.sum(axis=1)
    return counts


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
    table.flags.writeable = False
    return table


def _own_measures(
    found: LineFeatures, batch: TextBatch, lines: Lines, classes: NDArray[np.uint8], counts: NDArray[np.int64]
) -> dict[str, Column]:
    """Measure size, punctuation, make-up, opening, indent and the blank lines around."""
    first, last, line = found.first, found.last, found.line
    n = found.size.astype(np.float32)
    share = counts.astype(np.float32) / n[:, None]
    stops, commas = counts[:, _STOP], counts[:, _COMMA]
    closing = classes[last - 1]
    # A closing mark, or a reference such as [12], may stand behind the last stop.
    marks = np.concatenate([[-1], np.flatnonzero(classes == _STOP)])
    stop = marks[np.searchsorted(marks, last) - 1]
    ends = (closing == _STOP) | ((closing == _BRACKET) & (stop >= np.maximum(first, last - _REFERENCE)))
    prose = ((stops + commas >= 2) & (stops >= 1) & (n >= 12)) | ((stops >= 1) & (n >= 25)) | ((commas >= 1) & ends)
    gap = np.diff(line, prepend=-2) > 1
    gap[found.page.begins] = True
    opening, margin = batch.codepoints[first], lines.start[line]
    columns: dict[str, Column] = {
        "size": np.minimum(np.log1p(n) / 6, 1),
        "short": n <= 12,
        "stops": np.minimum(stops, 3) / 3,
        "commas": np.minimum(commas, 4) / 4,
        "ends.stop": ends,
        "ends.colon": closing == _COMMA,
        "prose": prose,
        "mass": prose * n,
        "function": np.minimum(share[:, _FUNCTION] * 5, 1),
        "han": share[:, _HAN] + share[:, _FUNCTION],
        "digit": share[:, _DIGIT],
        "latin": share[:, _LATIN],
        "separator": np.minimum(share[:, _SEPARATOR] * 4, 1),
        "bracket": np.minimum(share[:, _BRACKET] * 4, 1),
        "blanks": np.minimum((last - first - n) / n * 3, 1),
        "bullet": np.isin(opening, encode_codepoints(_BULLETS)),
        "opens.digit": classes[first] == _DIGIT,
        "opens.bracket": classes[first] == _BRACKET,
        "indent": np.minimum(first - margin, 8) / 8,
        "indent.wide": (batch.codepoints[margin] == 0x3000) & (first > margin),
        "blank.before": gap,
        "blank.after": np.append(gap[1:], True),
    }
    for low, high in zip((0, *_SIZES), (*_SIZES, ALL), strict=True):
        columns[f"size.{low + 1}-{high if high < ALL else ''}"] = (n > low) & (n <= high)
    return columns


def _cue_measures(found: LineFeatures, folded: TextBatch) -> dict[str, Column]:
    """Measure how much of a line is covered by the cue words of each group, and find headings by them."""
    where, length, groups = find_cues(folded.codepoints)
    owner = np.searchsorted(found.first, where, side="right") - 1
    inside = (owner >= 0) & (where + length <= found.last[np.maximum(owner, 0)])
    owner, length, groups = owner[inside], length[inside], groups[inside]
    lines = len(found.line)
    columns: dict[str, Column] = {"cue": np.minimum(np.bincount(owner, length, lines) / found.size, 1)}
    for bit, name in enumerate(load_cues().groups):
        mine = np.flatnonzero(groups & np.uint32(1 << bit))
        columns[f"cue.{name}"] = np.minimum(np.bincount(owner[mine], length[mine], lines) / found.size, 1)
    for name in _HEADINGS:
        columns[name] = (found.size <= 40) & (columns[f"cue.{name}"] > 0.15)
    return columns


def _kinds(found: LineFeatures, points: NDArray[np.uint32], counts: NDArray[np.int64]) -> dict[str, Column]:
    """Tell dates, program code, lines that stand on the page more than once, and the turns of a thread."""
    n, stops, digits = found.size, counts[:, _STOP], counts[:, _DIGIT]
    marks = np.flatnonzero(np.isin(points, encode_codepoints(_CALENDAR)))
    marked = np.searchsorted(marks, found.last) - np.searchsorted(marks, found.first) >= 2
    date = (digits >= 6) & (digits <= 20) & marked & (n <= 60) & (stops == 0)
    date |= (n <= 24) & (found.column("cue.ago") > 0)
    symbols = counts[:, _BRACKET] + counts[:, _SEPARATOR] + stops
    again = _times(_fingerprints(found, points))
    alike = _times(_fingerprints(found, np.where(_numeral_table().take(points, mode="clip"), np.uint32(0), points)))
    turn = (found.column("forum") > 0) | (found.column("rule.forum") > 0)
    turn |= (n <= 40) & (again >= 3) & ((found.column("cue.comment") > 0.3) | (found.column("cue.ending") > 0.3))
    return {
        "date": date,
        "code": (counts[:, _LATIN] + digits + symbols > 0.75 * n) & (symbols >= 2) & (n >= 8),
        "repeated": again > 1,
        "alike": np.minimum(np.log2(alike), 4) / 4,
        "thread": np.minimum(found.page.total(turn) / found.page.total(np.ones_like(n)) * 5, 1),
        "plain": ~date & (found.column("cue") == 0),
    }


def _times(fingerprints: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Say how often each of the fingerprints occurs."""
    _, which, times = np.unique(fingerprints, return_inverse=True, return_counts=True)
    return np.asarray(times[which])


@lru_cache(maxsize=1)
def _numeral_table() -> NDArray[np.bool_]:
    """Say of each code point below 0x10000 whether it is left out of the shape of a line: figures and blanks."""
    table: NDArray[np.bool_] = np.isin(_class_table()[:0x10001], (_DIGIT, _BLANK))
    table[encode_codepoints(_NUMERALS)] = True
    table[-1] = False
    table.flags.writeable = False
    return table


def _fingerprints(found: LineFeatures, points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Give a number for what each line holds on its page, whatever the order of its characters."""
    mixed = (points.astype(np.uint64) + np.uint64(0x9E3779B9)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    mixed[points == 0] = 0
    bounds = np.stack([found.first, found.last], axis=1).ravel()
    sums = np.add.reduceat(np.append(mixed, np.uint64(0)), bounds)[::2]
    return np.asarray(sums + found.document.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))


def _rule_measures(found: LineFeatures, verdicts: Verdicts | None) -> dict[str, Column]:
    """Say what the rules make of each line; without verdicts, that they know nothing."""
    nothing = np.zeros(len(found.line), dtype=bool)
    if verdicts is None:
        names = ("goes", "rule.sure", "rule.weak", "rule.title", *(f"rule.{name}" for name in _RULE_FAMILIES))
        return dict.fromkeys(names, nothing)
    strength, family = verdicts.strength[found.line], verdicts.family[found.line]
    columns: dict[str, Column] = {
        "goes": verdicts.goes[found.line],
        "rule.sure": strength == SURE,
        "rule.weak": strength == WEAK,
        "rule.title": verdicts.title[found.line],
    }
    for name, members in _RULE_FAMILIES.items():
        columns[f"rule.{name}"] = np.isin(family, [at for at, known in enumerate(FAMILIES) if known in members])
    return columns


def _page_measures(found: LineFeatures) -> dict[str, Column]:
    """Measure where a line stands on its page: by text, by prose, by clusters of prose, by runs of chrome."""
    page, n, mass = found.page, found.size, found.column("mass")
    one = np.ones_like(n)
    text, masses, above = page.total(n), page.total(mass), page.before(mass)
    tail = found.column("rule.related") > 0
    for name in ("ending", "related", "comment"):
        tail |= (n <= 30) & (found.column(f"cue.{name}") > 0.2)
    tail &= above >= 50
    parted = (found.column("goes") > 0) | (found.column("alike") >= _OFTEN) | (found.column("date") > 0)
    post = page.runs(parted)
    run = page.runs(np.asarray(found.column("goes") > 0))
    run_mass = np.bincount(run, mass)
    columns: dict[str, Column] = {
        "tail": tail,
        "above.text": page.before(n) / text,
        "above.lines": page.before(one) / page.total(one),
        "above.prose": above / np.maximum(masses, 1),
        "above.none": above == 0,
        "below.none": page.window(mass, 1, ALL) == 0,
        "page.prose": masses / text,
        "page.mass": np.log1p(masses) / 10,
        "page.dates": np.minimum(page.total(found.column("date")) / page.total(one) * 10, 1),
        "parted": parted,
        "post.mass": np.log1p(np.bincount(post, mass))[post] / 10,
        "post.text": np.log1p(np.bincount(post, n * ~parted))[post] / 10,
        "post.lines": np.log1p(np.bincount(post, ~parted))[post] / 5,
        "block.mass": np.log1p(run_mass)[run] / 10,
        "block.share": run_mass[run] / np.maximum(masses, 1),
        "block.text": np.log1p(np.bincount(run, n * (found.column("goes") == 0)))[run] / 10,
    }
    for reach in (3, 10):
        cluster = page.clusters(mass, reach)
        heavy = cluster >= 80
        begins = heavy & ((page.window(heavy, -1, -1) == 0) | page.opening)
        rank = page.before(begins) + begins
        columns[f"cluster.{reach}"] = cluster / np.maximum(masses, 1)
        columns[f"cluster.{reach}.log"] = np.log1p(cluster) / 10
        columns[f"cluster.{reach}.first"] = heavy & (rank == 1)
        columns[f"cluster.{reach}.second"] = heavy & (rank == 2)
        columns[f"cluster.{reach}.later"] = heavy & (rank >= 3)
    return columns
