"""Marks of characters that are lost: nothing is left to repair, so they are flagged with their kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.questions import in_question
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Flags
from cleancorpus.text import Positions, TextBatch

REPLACEMENT_AS_GBK = "mojibake.replacement-as-gbk"
MEMORY_FILL = "mojibake.memory-fill"
REPLACEMENT_CHARACTER = "mojibake.replacement-character"
LOST_CHARACTERS = "mojibake.lost-characters"
LOST_CHARACTER = "mojibake.lost-character"

RULES = (
    Rule(
        id=REPLACEMENT_AS_GBK,
        family="mojibake",
        safety="flag",
        why="The bytes of U+FFFD were read as GBK or Big5: the characters had been lost before.",
        hits=("锟斤拷锟斤拷一个", "前文锟斤拷后文", "嚙踝蕭嚙踝蕭"),
        misses=("斤拷", "锟铻"),
    ),
    Rule(
        id=MEMORY_FILL,
        family="mojibake",
        safety="flag",
        why="Uninitialised memory (bytes CC or CD) was read as GBK.",
        hits=("烫烫烫烫烫烫", "屯屯屯屯"),
        misses=("水很烫，烫手", "屯里的屯垦"),
    ),
    Rule(
        id=REPLACEMENT_CHARACTER,
        family="mojibake",
        safety="flag",
        why="U+FFFD stands where a decoder met bytes that it could not read.",
        hits=("中\ufffd文", "\ufffd\ufffd\ufffd"),
    ),
    Rule(
        id=LOST_CHARACTERS,
        family="mojibake",
        safety="flag",
        why="A run of question marks or boxes stands where characters are missing.",
        hits=("第一章 ????????", "由??公司承办", "他叫□□□，是本地人", "掌柜笑着说?? 今天不卖。", "第 31??34 条"),
        misses=("真的吗??", "为什么??因为我们不知道。", "what???", "你去过没有?? 我没去过。", "x = a ?? 5  # 默认"),
    ),
    Rule(
        id=LOST_CHARACTER,
        family="mojibake",
        safety="flag",
        why="A question mark stands where a clause begins or inside a word: a character was lost there.",
        hits=(
            "刚才作了交流,?河镇怎样建强用好",
            "“?得玄德面如土色”，他说。",
            "朱?基总理，今天到访。",
            "老人的權益?S護要加強",
        ),
        misses=("你去过吗?我没有。", "他问：“去吗？”我说不去。", "(?)", "a?b:c", "怎样才算好?这要看，谁来用。"),
    ),
)

_QUESTION, _REPLACEMENT, _BOX = 0x3F, 0xFFFD, 0x25A1
# A question mark never follows these: a clause or a quotation has just begun.
_OPENING = frozenset(map(ord, "，,、。；;：:“‘「『《〈（([【\u3000\n\r"))
# Marks with which a clause, a quotation or a bracket ends, also behind a question.
_CLOSING = frozenset(map(ord, "，,、。.；;：:！!？?…—~～”’」』》〉）)】]〕}>\"'"))
_BRACKETS = tuple(map(ord, "”’」』》〉）)】]〕"))
_COMMAS, _PERCENT = tuple(map(ord, "，、（《〈")), tuple(map(ord, "％%"))
_BLANKS, _BREAKS = (0x20, 0x09, 0x3000), (0x0A, 0x0D, 0x00)
_FULL_WIDTH = (0xFF01, 0xFF5E)
_FIRST_HANZI, _RARE = 0x3400, -16.0  # private-use characters among them; bits from which on one is rare
_DOUBLED = 3  # from so many marks on nobody asks
_AHEAD = 24  # blanks behind a run that are looked at

# 锟斤拷, and the same bytes as Big5 reads them; CC, CD as GBK reads them.
_AS_GBK = {ord("锟"): "锟斤拷", ord("嚙"): "嚙踝蕭"}
_FILL = frozenset(map(ord, "烫屯"))
NOMINATED = frozenset(_AS_GBK) | _FILL


@dataclass(frozen=True)
class _Runs:
    """Runs of one mark as columns: their texts' bounds, the character before, and two behind (0 beyond the text)."""

    start: Positions
    end: Positions
    floor: Positions
    point: NDArray[np.uint32]
    before: NDArray[np.uint32]
    behind: NDArray[np.uint32]
    next: NDArray[np.uint32]

    @property
    def length(self) -> Positions:
        """How many marks a run has."""
        return self.end - self.start

    def taken(self, chosen: NDArray[np.bool_]) -> _Runs:
        """Give some of the runs."""
        start, end, floor = self.start[chosen], self.end[chosen], self.floor[chosen]
        return _Runs(start, end, floor, self.point[chosen], self.before[chosen], self.behind[chosen], self.next[chosen])


def _runs(batch: TextBatch, marks: Positions) -> _Runs:
    points = batch.codepoints
    document = batch.document_of(marks)
    joins = (np.diff(marks) == 1) & (points[marks[1:]] == points[marks[:-1]]) & (np.diff(document) == 0)
    first = np.flatnonzero(np.concatenate([[True], ~joins]))
    last = np.concatenate([first[1:] - 1, [len(marks) - 1]])
    start, end, number = marks[first], marks[last] + 1, document[first]
    floor, ceiling = batch.offsets[number], batch.offsets[number + 1]
    before = np.where(start > floor, points[np.maximum(start - 1, 0)], 0)
    ahead = [np.where(end + step < ceiling, points[np.minimum(end + step, len(points) - 1)], 0) for step in (0, 1)]
    return _Runs(
        start, end, floor, points[marks[first]], before.astype(np.uint32), *(a.astype(np.uint32) for a in ahead)
    )


def find_marks(batch: TextBatch, marks: Positions, covered: tuple[Positions, Positions], ruleset: RuleSet) -> Flags:
    """Flag the marks (``?``, U+FFFD, ``□`` at ascending positions) that stand for lost characters.

    ``covered`` are the starts and ends of spans that the search for slips has spoken of already.
    """
    if not len(marks):
        return Flags.empty()
    runs = _runs(batch, marks)
    question, box = runs.point == _QUESTION, runs.point == _BOX
    replaced = runs.point == _REPLACEMENT
    hanzi_before, hanzi_behind = is_hanzi(runs.before), is_hanzi(runs.behind)
    several = box & ((runs.length > 1) & (hanzi_before | hanzi_behind) | (hanzi_before & hanzi_behind))
    alone = np.zeros(len(several), dtype=np.bool_)
    asked = runs.taken(question)
    telling = np.flatnonzero(is_hanzi(asked.before) | (asked.length > 1))  # where a clause matters
    asks = np.zeros(len(asked.start), dtype=np.bool_)
    asks[telling] = in_question(batch.codepoints, asked.start[telling], asked.floor[telling])
    several[question], alone[question] = _several(batch, asked) & ~asks, _alone(batch, asked, asks)
    kinds = ((replaced, REPLACEMENT_CHARACTER, 1.0), (several, LOST_CHARACTERS, 0.9), (alone, LOST_CHARACTER, 0.7))
    free = _uncovered(runs, covered)
    rows = []
    for chosen, rule, score in kinds:
        if rule in ruleset:
            for at in np.flatnonzero(chosen & free).tolist():
                start, end = int(runs.start[at]), int(runs.end[at])
                rows.append((start, end, rule, f"{end - start} × U+{int(runs.point[at]):04X}", score))
    return Flags.of(rows)


def _several(batch: TextBatch, runs: _Runs) -> NDArray[np.bool_]:
    """Say which runs of question marks stand where no clause ends, unless it asks."""
    behind, few = runs.behind, runs.length <= _DOUBLED
    within = is_hanzi(runs.before) | np.isin(runs.before, _BRACKETS) | np.isin(runs.before, _COMMAS)
    numbers = (_digit(runs.before) | np.isin(runs.before, _PERCENT)) & _digit(behind)
    several = runs.length > 1
    within &= several & few
    within[within] = _has_more(batch, runs.end[within])
    lost = is_hanzi(behind) | np.where(few, within, ~_word(runs.before))
    return np.asarray(several & (lost | _in_chinese(batch, runs, numbers)))


def _alone(batch: TextBatch, runs: _Runs, asks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which single question marks begin a clause, or stand inside one that does not ask."""
    behind, next_ = runs.behind, runs.next
    single, hanzi_behind = runs.length == 1, is_hanzi(behind)
    opening = _is_opening().take(runs.before, mode="clip") | (runs.before == 0)
    inside = is_hanzi(runs.before) & ~asks & ~opening & single
    strange = inside & _strange(runs)
    plain = np.flatnonzero(inside & ~strange & (hanzi_behind | _is_sign().take(behind, mode="clip")))
    strange[plain] = _wide_around(batch, runs.start[plain], runs.end[plain])
    numbers = _digit(runs.before) & _word(behind) & _digit(next_) & single
    return np.asarray(strange | (hanzi_behind & opening & single) | _in_chinese(batch, runs, numbers))


def _strange(runs: _Runs) -> NDArray[np.bool_]:
    """Say behind which marks no sentence begins: rare characters, a letter before a Chinese one, another mark."""
    behind, next_ = runs.behind, runs.next
    strange = (behind >= _FIRST_HANZI) & (load_model().score_alone(behind) < _RARE)
    between = is_hanzi(behind) | _word(behind) | _digit(behind)
    return np.asarray(strange | (_word(behind) & is_hanzi(next_)) | (between & (next_ == _QUESTION)))


def _in_chinese(batch: TextBatch, runs: _Runs, numbers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which of some runs between numbers stand near Chinese characters, and in no address."""
    found = numbers.copy()
    found[numbers] = _chinese_around(batch, runs.start[numbers], runs.end[numbers])
    return found


def _has_more(batch: TextBatch, end: Positions) -> NDArray[np.bool_]:
    """Say behind which runs the line goes on, and not with a mark that ends something; a row of blanks is a table's."""
    point = np.full(len(end), ord(" "), dtype=np.uint32)
    stop = batch.offsets[batch.document_of(np.maximum(end - 1, 0)) + 1]
    for step in range(_AHEAD):  # while all is blank
        blank = np.flatnonzero(np.isin(point, _BLANKS))
        if not len(blank):
            break
        at = end[blank] + step
        inside = at < stop[blank]
        point[blank] = np.where(inside, batch.codepoints[np.minimum(at, len(batch.codepoints) - 1)], 0)
    return np.asarray(~(_is_closing().take(point, mode="clip") | np.isin(point, _BREAKS)))


def _word(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return (points < 0x80) & (((points | 0x20) >= 0x61) & ((points | 0x20) <= 0x7A))


def _digit(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return (points >= 0x30) & (points <= 0x39)


@lru_cache(maxsize=1)
def _is_closing() -> NDArray[np.bool_]:
    return _table(_CLOSING)


@lru_cache(maxsize=1)
def _is_sign() -> NDArray[np.bool_]:
    """Say what may follow a lost character: letters, digits and signs that end nothing, but blanks and tags."""
    return _table(frozenset(range(0x21, 0x7F)) - _CLOSING - {ord("<"), _QUESTION})


@lru_cache(maxsize=1)
def _is_opening() -> NDArray[np.bool_]:
    return _table(_OPENING)


def _table(points: frozenset[int]) -> NDArray[np.bool_]:
    """Say of each code point of the first plane whether it is among these."""
    table = np.zeros(0x10000, dtype=np.bool_)
    table[list(points)] = True
    return table


_BESIDE, _CHINESE, _ADDRESS = 12, 0x2E80, tuple(map(ord, "/=&"))
_NEAR = 60  # characters on either side of a mark that say how the text writes its marks


def _wide_around(batch: TextBatch, start: Positions, end: Positions) -> NDArray[np.bool_]:
    """Say whether the text near each span has full-width marks, so that it would not ask with a narrow one."""
    if not len(start):
        return np.zeros(0, dtype=np.bool_)
    first = max(int(start[0]) - _NEAR, 0)
    near = batch.codepoints[first : int(end[-1]) + _NEAR]
    wide = first + np.flatnonzero((near >= _FULL_WIDTH[0]) & (near <= _FULL_WIDTH[1]))
    document = batch.document_of(start)
    floor = np.maximum(start - _NEAR, batch.offsets[document])
    ceiling = np.minimum(end + _NEAR, batch.offsets[document + 1])
    return np.asarray(np.searchsorted(wide, ceiling) > np.searchsorted(wide, floor))


def _chinese_around(batch: TextBatch, start: Positions, end: Positions) -> NDArray[np.bool_]:
    """Say whether there are Chinese characters or marks near each span, and no sign of an address."""
    near = np.concatenate([start[:, None] - np.arange(1, _BESIDE + 1), end[:, None] + np.arange(_BESIDE)], axis=1)
    points = batch.codepoints[np.clip(near, 0, len(batch.codepoints) - 1)]
    return np.asarray((points >= _CHINESE).any(axis=1) & ~np.isin(points, _ADDRESS).any(axis=1))


def _uncovered(runs: _Runs, covered: tuple[Positions, Positions]) -> NDArray[np.bool_]:
    start, end = covered
    if not len(start):
        return np.ones(len(runs.start), dtype=bool)
    last = np.searchsorted(start, runs.start, side="right") - 1
    return np.asarray((last < 0) | (runs.start >= end[np.maximum(last, 0)]))


def find_fillers(batch: TextBatch, places: Positions, ruleset: RuleSet) -> Flags:
    """Flag U+FFFD read as GBK or Big5 and memory fill; ``places`` are where characters of ``NOMINATED`` stand."""
    if not len(places):
        return Flags.empty()
    rows = []
    reach = 0
    points = batch.codepoints
    follows = points[np.minimum(places + 1, len(points) - 1)]
    places = places[_goes_on().take(follows, mode="clip")]
    stop = batch.offsets[batch.document_of(places) + 1]
    for place, limit in zip(places.tolist(), stop.tolist(), strict=True):
        if place < reach:
            continue
        point = int(batch.codepoints[place])
        if point in _FILL:
            rule, pattern, least = MEMORY_FILL, chr(point), 3
        else:
            rule, pattern, least = REPLACEMENT_AS_GBK, _AS_GBK[point], 1
        count = _repeats(batch, place, limit, pattern)
        reach = place + count * len(pattern)
        if count >= least and rule in ruleset:
            rows.append((place, reach, rule, f"{count} × {pattern}", 1.0))
    return Flags.of(rows)


@lru_cache(maxsize=1)
def _goes_on() -> NDArray[np.bool_]:
    """Say which characters come second in what fillers are read as."""
    return _table(frozenset(ord(text[1]) for text in _AS_GBK.values()) | _FILL)


def _repeats(batch: TextBatch, place: int, limit: int, pattern: str) -> int:
    """Count how often ``pattern`` stands behind one another from ``place`` on, in time linear in that."""
    size, width = 64, len(pattern)
    while True:
        text = batch.substring(place, min(place + size * width, limit))
        count = 0
        while text.startswith(pattern, count * width):
            count += 1
        if count < size or place + size * width >= limit:
            return count
        size *= 4
