"""What a line of a page looks like, as numbers: array passes over a whole batch, no loop over lines.

Only lines that show something are described.  Counts of character classes come from one table lookup a
character and one sum a line; cue words are found by a trie that is walked for all positions at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.verdicts import FAMILIES, Verdicts
from cleancorpus.text import Lines, TextBatch, encode_codepoints

Column = NDArray[np.floating[Any]]
Index = NDArray[np.int64]

# Classes of characters.  Function characters carry grammar and nearly no title, menu or list has many
# of them: they are what tells prose from names.
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

# Beyond this the lane of a packed count could overflow, so longer lines are counted in pieces.
_PIECE = 1 << 15
_LANE = 16
_LANES = 4


@dataclass(frozen=True)
class LineFeatures:
    """The described lines of a batch: ``line`` (``int64[M]``, indices into its lines) and ``values``.

    ``values`` is ``float32[M, F]``, one column for each of ``names``; ``document`` (``int64[M]``) is the
    document of each described line, ``size`` (``int64[M]``) its characters other than blanks.
    """

    line: Index
    document: Index
    size: Index
    values: NDArray[np.float32]
    names: tuple[str, ...]
    first: Index
    last: Index

    def column(self, name: str) -> NDArray[np.float32]:
        """Give one feature of all described lines."""
        return self.values[:, self.names.index(name)]


def _no_verdicts(count: int) -> Verdicts:
    """Give the verdicts of no rules at all."""
    none, never = np.zeros(count, np.int8), np.zeros(count, bool)
    at = np.zeros(count, np.int64)
    return Verdicts(none, none - 1, none.astype(np.int32) - 1, at, at, at, never, never, never, ())


@lru_cache(maxsize=1)
def _class_table() -> NDArray[np.uint8]:
    """Give the class of each code point below 0x30000; what lies above is ``other``."""
    table = np.zeros(0x30000, dtype=np.uint8)
    for start, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x30000)):
        table[start:end] = _HAN
    for start, end in ((0x30, 0x3A), (0xFF10, 0xFF1A)):
        table[start:end] = _DIGIT
    for start, end in ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B)):
        table[start:end] = _LATIN
    for characters, name in (
        (_FUNCTION_CHARACTERS, _FUNCTION),
        (_STOPS, _STOP),
        (_COMMAS, _COMMA),
        (_SEPARATORS, _SEPARATOR),
        (_BRACKETS, _BRACKET),
    ):
        table[encode_codepoints(characters)] = name
    blank = [
        *range(0x21),
        *range(0x7F, 0xA1),
        0xAD,
        0x1680,
        *range(0x2000, 0x2010),
        *range(0x2028, 0x2030),
        0x205F,
        *range(0x2060, 0x2070),
        0x3000,
        0xFEFF,
    ]
    table[blank] = _BLANK
    table.flags.writeable = False
    return table


@dataclass(frozen=True)
class _Cues:
    """A trie of cue words over classes of characters: ``first`` two characters by one table, then by keys."""

    groups: tuple[str, ...]
    character: NDArray[np.uint16]
    width: int
    pair: NDArray[np.int32]
    key: Index
    child: NDArray[np.int32]
    group: NDArray[np.uint32]


@lru_cache(maxsize=1)
def cues() -> _Cues:
    """Load the table of cue words as a trie; each word says what it stands for by its group."""
    text = (files("cleancorpus") / "data/boilerplate/model_cues.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    groups = tuple(dict.fromkeys(group for group, _ in rows))
    alphabet = sorted({c for _, word in rows for c in word})
    character = np.zeros(0x30000, dtype=np.uint16)
    character[encode_codepoints("".join(alphabet))] = np.arange(1, len(alphabet) + 1)
    width = len(alphabet) + 1
    rank = {c: i for i, c in enumerate(alphabet, 1)}
    states: dict[str, int] = {}
    meaning = [0]
    for group, word in rows:
        for end in range(2, len(word) + 1):
            if word[:end] not in states:
                states[word[:end]] = len(meaning)
                meaning.append(0)
        meaning[states[word]] |= 1 << groups.index(group)
    pair = np.zeros(width * width, dtype=np.int32)
    deeper: dict[int, int] = {}
    for prefix, state in states.items():
        if len(prefix) == 2:
            pair[rank[prefix[0]] * width + rank[prefix[1]]] = state
        else:
            deeper[states[prefix[:-1]] * width + rank[prefix[-1]]] = state
    key = np.array(sorted(deeper), dtype=np.int64)
    child = np.array([deeper[k] for k in key.tolist()], dtype=np.int32)
    return _Cues(groups, character, width, pair, key, child, np.array(meaning, dtype=np.uint32))


def find_cues(points: NDArray[np.uint32]) -> tuple[Index, Index, NDArray[np.uint32]]:
    """Find all cue words: their start, their length, and the groups they belong to, as bits."""
    table = cues()
    letters = table.character[np.minimum(points, len(table.character) - 1)]
    starts = np.flatnonzero((letters[:-1] > 0) & (letters[1:] > 0)) if len(letters) > 1 else np.zeros(0, np.int64)
    state = table.pair[letters[starts].astype(np.int64) * table.width + letters[starts + 1]]
    found: list[tuple[Index, int, NDArray[np.int32]]] = []
    length = 2
    while True:
        starts, state = starts[state > 0], state[state > 0]
        if not len(starts):
            break
        ends = table.group[state] > 0
        found.append((starts[ends], length, state[ends]))
        inside = starts + length < len(letters)
        starts, state = starts[inside], state[inside]
        key = state.astype(np.int64) * table.width + letters[starts + length]
        slot = np.minimum(np.searchsorted(table.key, key), len(table.key) - 1)
        state = np.where(table.key[slot] == key, table.child[slot], 0)
        length += 1
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32)
    where = np.concatenate([s for s, _, _ in found])
    size = np.concatenate([np.full(len(s), n, dtype=np.int64) for s, n, _ in found])
    groups = np.concatenate([table.group[t] for _, _, t in found])
    return where, size, groups


def count_classes(classes: NDArray[np.uint8], start: Index, end: Index) -> NDArray[np.int64]:
    """Count the characters of each class in each span: ``int64[len(start), len(CLASSES)]``.

    Spans are sorted, disjoint and not empty.  Four counts at a time share one 64-bit sum.
    """
    pieces = (end - start + _PIECE - 1) // _PIECE
    owner = np.repeat(np.arange(len(start)), pieces)
    ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = start[owner] + ordinal * _PIECE
    finish = np.minimum(begin + _PIECE, end[owner])
    bounds = np.stack([begin, finish], axis=1).ravel()
    counts = np.zeros((len(owner), len(CLASSES)), dtype=np.int64)
    padded = np.append(classes, np.uint8(0))
    for block in range(0, len(CLASSES), _LANES):
        names = range(block, min(block + _LANES, len(CLASSES)))
        lane = np.zeros(len(CLASSES), dtype=np.uint64)
        for place, name in enumerate(names):
            lane[name] = np.uint64(1 << (_LANE * place))
        sums = np.add.reduceat(lane[padded], bounds)[::2] if len(bounds) else np.zeros(0, np.uint64)
        for place, name in enumerate(names):
            counts[:, name] = (sums >> np.uint64(_LANE * place)) & np.uint64((1 << _LANE) - 1)
    if len(owner) == len(start):
        return counts
    return np.add.reduceat(counts, np.cumsum(pieces) - pieces, axis=0)


class Pages:
    """The described lines page by page: sums over windows and shifts that never reach into another page."""

    def __init__(self, document: Index) -> None:
        count = len(document)
        self.begins = np.flatnonzero(np.diff(document, prepend=-1)).astype(np.int64)
        sizes = np.diff(np.append(self.begins, count))
        self.number = np.repeat(np.arange(len(self.begins)), sizes)
        self.first = np.repeat(self.begins, sizes)
        self.past = np.repeat(self.begins + sizes, sizes)
        self._here = np.arange(count, dtype=np.int64)

    def window(self, column: Column, low: int, high: int) -> Column:
        """Sum a column over the lines ``[i + low, i + high]`` of the same page."""
        total = np.zeros(len(column) + 1, dtype=np.float64)
        np.cumsum(column, out=total[1:])
        begin = np.clip(self._here + low, self.first, self.past)
        end = np.clip(self._here + high + 1, self.first, self.past)
        return (total[end] - total[begin]).astype(np.float32)

    def before(self, column: Column) -> Column:
        """Sum a column over the lines of the page above each line."""
        total = np.zeros(len(column) + 1, dtype=np.float64)
        np.cumsum(column, out=total[1:])
        return (total[self._here] - total[self.first]).astype(np.float32)

    def total(self, column: Column) -> Column:
        """Sum a column over the whole page, for each of its lines."""
        total = np.zeros(len(column) + 1, dtype=np.float64)
        np.cumsum(column, out=total[1:])
        return (total[self.past] - total[self.first]).astype(np.float32)

    def blocks(self, going: Column) -> Index:
        """Number the runs of lines that go and of lines that stay."""
        change = np.diff(going, prepend=-1) != 0
        change[self.begins] = True
        return np.cumsum(change) - 1

    def clusters(self, mass: Column, gap: int) -> Column:
        """Give the mass of the cluster a line lies in: lines with mass, at most ``gap`` lines apart."""
        heavy = np.flatnonzero(mass > 0)
        out = np.zeros(len(mass), dtype=np.float32)
        if not len(heavy):
            return out
        breaks = (np.diff(heavy) > gap) | (self.first[heavy[1:]] != self.first[heavy[:-1]])
        cluster = np.concatenate([[0], np.cumsum(breaks)])
        weight = np.bincount(cluster, weights=mass[heavy])
        begin = heavy[np.flatnonzero(np.concatenate([[True], breaks]))]
        end = heavy[np.flatnonzero(np.concatenate([breaks, [True]]))]
        which = np.searchsorted(begin, self._here, side="right") - 1
        inside = (which >= 0) & (self._here <= end[np.maximum(which, 0)])
        out[inside] = weight[which[inside]]
        return out


_SIZES = (2, 4, 8, 16, 30, 50, 90)


_RULE_FAMILIES = {
    "menu": ("menu", "navigation", "breadcrumb"),
    "byline": ("byline",),
    "share": ("share", "wechat"),
    "footer": ("footer", "disclaimer"),
    "related": ("related", "teaser"),
    "forum": ("forum",),
}


def line_features(
    batch: TextBatch, lines: Lines, folded: TextBatch | None = None, verdicts: Verdicts | None = None
) -> LineFeatures:
    """Describe the lines of a batch that show something.

    ``folded`` is the same batch, code point for code point, in one script, width and case, in which the
    cue words are looked for.  Cost is linear in the number of code points.
    """
    points = batch.codepoints
    table = _class_table()
    classes = table[np.minimum(points, len(table) - 1)]
    shown = np.append(np.flatnonzero(classes != _BLANK), len(points)).astype(np.int64)
    low = np.searchsorted(shown, lines.start)
    high = np.searchsorted(shown, lines.end)
    line = np.flatnonzero(high > low).astype(np.int64)
    first, last = shown[low[line]], shown[high[line] - 1] + 1
    document = lines.document[line]
    columns: dict[str, Column] = {}
    if not len(line):
        empty = np.zeros((0, 0), dtype=np.float32)
        return LineFeatures(line, document, first, empty, (), first, last)

    counts = count_classes(classes, first, last)
    size = counts.sum(axis=1) - counts[:, _BLANK]
    n = size.astype(np.float32)
    share = counts.astype(np.float32) / n[:, None]
    page = Pages(document)

    columns["size.log"] = np.log1p(n)
    for a, b in zip((0, *_SIZES), (*_SIZES, 1 << 60), strict=True):
        columns[f"size.{a + 1}-{b if b < 1 << 60 else ''}"] = ((n > a) & (n <= b)).astype(np.float32)
    stops, commas = counts[:, _STOP], counts[:, _COMMA]
    closing = classes[last - 1]
    beyond = classes[np.maximum(last - 2, first)]
    ends = (closing == _STOP) | ((closing == _BRACKET) & (beyond == _STOP))
    prose = ((stops + commas >= 2) & (stops >= 1) & (n >= 12)) | ((stops >= 1) & (n >= 25)) | ((commas >= 1) & ends)
    columns["ends.stop"] = ends.astype(np.float32)
    columns["ends.colon"] = (closing == _COMMA).astype(np.float32)
    columns["stops"] = np.minimum(stops, 3).astype(np.float32) / 3
    columns["commas"] = np.minimum(commas, 4).astype(np.float32) / 4
    columns["prose"] = prose.astype(np.float32)
    columns["function"] = np.minimum(share[:, _FUNCTION] * 5, 1)
    columns["han"] = share[:, _HAN] + share[:, _FUNCTION]
    columns["digit"] = share[:, _DIGIT]
    columns["latin"] = share[:, _LATIN]
    columns["separator"] = np.minimum(share[:, _SEPARATOR] * 4, 1)
    columns["bracket"] = np.minimum(share[:, _BRACKET] * 4, 1)
    columns["blanks"] = np.minimum(share[:, _BLANK] * 3, 1)
    opening = points[first]
    columns["bullet"] = np.isin(opening, encode_codepoints(_BULLETS)).astype(np.float32)
    columns["opens.digit"] = (classes[first] == _DIGIT).astype(np.float32)
    columns["opens.bracket"] = (classes[first] == _BRACKET).astype(np.float32)
    tabs = np.flatnonzero(points == 0x09)
    columns["tab"] = (np.searchsorted(tabs, last) > np.searchsorted(tabs, first)).astype(np.float32)
    columns["indent"] = np.minimum(first - lines.start[line], 8).astype(np.float32) / 8
    wide = points[np.minimum(lines.start[line], len(points) - 1)] == 0x3000
    columns["indent.wide"] = (wide & (first > lines.start[line])).astype(np.float32)
    gap = np.diff(line, prepend=-2) > 1
    gap[page.first == np.arange(len(line))] = True
    columns["blank.before"] = gap.astype(np.float32)
    columns["blank.after"] = np.append(gap[1:], True).astype(np.float32)

    # Cue words.
    cue_points = points if folded is None else folded.codepoints
    where, length, groups = find_cues(cue_points)
    owner = np.searchsorted(first, where, side="right") - 1
    inside = (owner >= 0) & (where + length <= last[np.maximum(owner, 0)])
    where, length, groups, owner = where[inside], length[inside], groups[inside], owner[inside]
    names = cues().groups
    cue: dict[str, Column] = {}
    for bit, name in enumerate(names):
        mine = (groups >> np.uint32(bit)) & np.uint32(1) > 0
        covered = np.bincount(owner[mine], weights=length[mine], minlength=len(line))
        cue[name] = np.minimum(covered / n, 1).astype(np.float32)
        columns[f"cue.{name}"] = cue[name]
        columns[f"cue.{name}.any"] = (covered > 0).astype(np.float32)
    covered = np.minimum(np.bincount(owner, weights=length, minlength=len(line)) / n, 1).astype(np.float32)
    columns["cue"] = covered

    # The same line again on the page.
    mixed = (points.astype(np.uint64) + np.uint64(0x9E3779B9)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    bounds = np.stack([first, last], axis=1).ravel()
    key = np.add.reduceat(np.append(mixed, np.uint64(0)), bounds)[::2] + document.astype(np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )
    _, inverse, times = np.unique(key, return_inverse=True, return_counts=True)
    columns["repeated"] = (times[inverse] > 1).astype(np.float32)

    # Dates and times: many digits with their marks in a short line.
    calendar = np.flatnonzero(np.isin(points, encode_codepoints("年月日:-/.：")))
    has_mark = np.searchsorted(calendar, last) - np.searchsorted(calendar, first) >= 2
    digits = counts[:, _DIGIT]
    dated = (digits >= 6) & (digits <= 20) & has_mark & (n <= 60) & (stops == 0)
    dated |= (n <= 24) & (cue["ago"] > 0)
    dated = dated.astype(np.float32)
    columns["date"] = dated
    symbols = counts[:, _BRACKET] + counts[:, _SEPARATOR] + stops
    code = ((counts[:, _LATIN] + digits + symbols > 0.75 * n) & (symbols >= 2) & (n >= 8)).astype(np.float32)
    columns["code"] = code

    # What the rules say.
    ruled = verdicts if verdicts is not None else _no_verdicts(len(lines))
    sure = (ruled.strength[line] == 2).astype(np.float32)
    going = ruled.goes[line].astype(np.float32)
    columns["rule.sure"] = sure
    columns["rule.weak"] = (ruled.strength[line] == 1).astype(np.float32)
    columns["rule.goes"] = going
    columns["rule.title"] = ruled.title[line].astype(np.float32)
    by_family = {}
    for name, members in _RULE_FAMILIES.items():
        numbers = [FAMILIES.index(member) for member in members]
        by_family[name] = np.isin(ruled.family[line], numbers).astype(np.float32)
        columns[f"rule.{name}"] = by_family[name]

    # Neighbours.
    mass = np.where(prose, n, 0).astype(np.float32)
    short = (n <= 12).astype(np.float32)
    marks = {
        "prose": prose.astype(np.float32),
        "cue": covered,
        "short": short,
        "bullet": columns["bullet"],
        "size": np.minimum(columns["size.log"] / 6, 1),
        "date": dated,
        "code": code,
        "goes": going,
    }
    for name, column in marks.items():
        for offset in (-2, -1, 1, 2):
            columns[f"{name}[{offset:+d}]"] = page.window(column, offset, offset)
    for a, b in ((-4, -1), (1, 4), (-12, -1), (1, 12)):
        for name in ("prose", "cue", "short", "date", "code", "goes"):
            columns[f"{name}[{a:+d},{b:+d}]"] = page.window(marks[name], a, b) / (b - a + 1)
        columns[f"mass[{a:+d},{b:+d}]"] = np.log1p(page.window(mass, a, b)) / 8
    is_short = n <= 40
    for name in (
        "byline",
        "ending",
        "related",
        "comment",
        "forum",
        "crumb",
        "wiki",
        "title",
        "rule.related",
        "rule.footer",
    ):
        if name.startswith("rule."):
            flag = by_family[name[5:]]
        elif name == "title":
            flag = columns["rule.title"]
        else:
            flag = (is_short & (cue[name] > 0.15)).astype(np.float32)
        columns[f"{name}[-3,-1]"] = np.minimum(page.window(flag, -3, -1), 1)
        columns[f"{name}[-12,-1]"] = np.minimum(page.window(flag, -12, -1), 1)
        columns[f"{name}[+1,+3]"] = np.minimum(page.window(flag, 1, 3), 1)
        if name in ("ending", "related", "comment", "title", "rule.related", "rule.footer"):
            columns[f"{name}.passed"] = np.minimum(page.before(flag), 4) / 4
        if name in ("byline", "ending"):
            columns[f"{name}.ahead"] = np.minimum(page.window(flag, 1, 1 << 40), 1)

    turns = is_short & (
        (cue["forum"] > 0.15) | ((times[inverse] >= 3) & ((cue["comment"] > 0.3) | (cue["ending"] > 0.3)))
    )
    turns = turns.astype(np.float32)
    columns["page.forum"] = np.minimum(page.total(turns) / page.total(np.ones_like(n)) * 5, 1)

    # What follows the first headings of a page's tail, once there has been prose.
    above = page.before(mass)
    tail = np.zeros_like(n)
    for name in ("ending", "related", "comment"):
        tail = np.maximum(tail, ((n <= 30) & (cue[name] > 0.2)).astype(np.float32))
    tail = np.maximum(tail, by_family["related"])
    tail *= (above >= 50).astype(np.float32)
    passed = page.before(tail)
    columns["tail"] = tail
    columns["tail.passed"] = (passed > 0).astype(np.float32)
    columns["tail.passed.more"] = np.minimum(passed, 5) / 5
    columns["tail.passed.forum"] = (passed > 0) * columns["page.forum"]
    columns["tail.ahead"] = np.minimum(page.window(tail, 1, 1 << 40), 1)
    columns["page.dates"] = np.minimum(page.total(dated) / page.total(np.ones_like(n)) * 10, 1)
    dated_above = page.before(dated)
    columns["date.passed"] = (dated_above > 0).astype(np.float32)
    columns["mass.since.date"] = np.log1p(page.window(mass, -30, -1)) / 8

    # Where on the page.
    everything, lines_before = page.total(n), page.before(np.ones_like(n))
    masses = page.total(mass)
    columns["above.text"] = page.before(n) / everything
    columns["above.lines"] = lines_before / page.total(np.ones_like(n))
    columns["above.prose"] = page.before(mass) / np.maximum(masses, 1)
    columns["above.none"] = (page.before(mass) == 0).astype(np.float32)
    columns["below.none"] = (page.window(mass, 1, 1 << 40) == 0).astype(np.float32)
    columns["page.prose"] = masses / everything
    columns["page.mass"] = np.log1p(masses) / 10
    for reach in (3, 10):
        cluster = page.clusters(mass, reach)
        columns[f"cluster.{reach}"] = cluster / np.maximum(masses, 1)
        columns[f"cluster.{reach}.log"] = np.log1p(cluster) / 10
        heavy = (cluster >= 80).astype(np.float32)
        begins = heavy * (page.window(heavy, -1, -1) == 0)
        rank = page.before(begins) + begins
        columns[f"cluster.{reach}.first"] = heavy * (rank == 1)
        columns[f"cluster.{reach}.second"] = heavy * (rank == 2)
        columns[f"cluster.{reach}.later"] = heavy * (rank >= 3)
    # Blocks: lines with nothing between them that the rules take away.
    block = page.blocks(going)
    weight = np.bincount(block, weights=mass)[block].astype(np.float32)
    columns["block.mass"] = np.log1p(weight) / 10
    columns["block.share"] = weight / np.maximum(masses, 1)
    largest = np.maximum.reduceat(weight, page.begins)[page.number]
    columns["block.largest"] = ((weight == largest) & (weight > 0)).astype(np.float32)
    kept = n * (1 - going)
    columns["block.text"] = np.log1p(np.bincount(block, weights=kept)[block].astype(np.float32)) / 10

    # A thread of posts is read by other rules than an article.
    gate = columns["page.forum"]
    columns["thread"] = gate
    plain = ((covered == 0) & (dated == 0)).astype(np.float32)
    columns["plain"] = plain
    for name in (
        "plain",
        "size.1-2",
        "size.3-4",
        "size.5-8",
        "size.9-16",
        "size.17-30",
        "size.31-50",
        "stops",
        "commas",
        "prose",
        "function",
        "ends.stop",
        "digit",
        "latin",
        "bullet",
        "blank.before",
        "blank.after",
        "repeated",
        "cue",
        "cue.forum",
        "cue.comment",
        "cue.footer",
        "cue.ending",
        "cue.related",
        "date",
        "date[-1]",
        "date[-2]",
        "date[+1]",
        "date[+2]",
        "cue[-1]",
        "cue[+1]",
        "cue[-2]",
        "cue[+2]",
        "short[-1]",
        "short[+1]",
        "rule.goes",
        "rule.sure",
        "goes[-1]",
        "goes[+1]",
        "goes[-4,-1]",
        "goes[+1,+4]",
        "block.mass",
        "block.text",
        "prose[-1]",
        "prose[+1]",
        "tail.passed",
        "related[-12,-1]",
        "above.lines",
        "date[-4,-1]",
        "date[+1,+4]",
        "date[-12,-1]",
        "date[+1,+12]",
        "forum[-3,-1]",
        "forum[+1,+3]",
        "forum[-12,-1]",
    ):
        columns[f"thread:{name}"] = gate * columns[name]
    names_all = tuple(columns)
    values = np.stack([columns[name] for name in names_all], axis=1).astype(np.float32)
    return LineFeatures(line, document, size, values, names_all, first, last)
