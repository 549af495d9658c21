"""Injected lists of place names and of key words, told by their structure and by a gazetteer.

Such a list is items of a few characters with bars, low lines or blanks between them, one after the other,
where prose would have commas, verbs and full stops.  Array passes find the runs of items; whether they are
places is then looked up, and whether they are key words of one trade is seen from what they share.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import HAN, SEPARATOR, Classes
from cleancorpus.boilerplate.stretches import in_a_row, stretches
from cleancorpus.rules import Rule
from cleancorpus.text import Lines, Positions, flat_ranges

PLACE_NAMES = Rule(
    id="boilerplate.place-name-list",
    why="A list of place names with bars or blanks between them, put into a page to be found by search engines.",
    family="spam",
    hits=(
        "高州市| 渭源县| 东乡| 大丰市| 通海县| 天柱县| 清水县| 安塞县| 米易县| 曲阜市|",
        "高州市 渭源縣 大豐市 通海縣 天柱縣 清水縣 安塞縣 米易縣 曲阜市 武川縣 舞鋼市 二連浩特市 施甸縣 高唐縣",
        "工作已经完成。高州市| 渭源县| 东乡| 大丰市| 通海县| 天柱县| 清水县| 安塞县| 米易县|",
    ),
    misses=(
        "我们到过高州市、渭源县、东乡、大丰市、通海县、天柱县、清水县、安塞县、米易县、曲阜市。",
        "北京 天津 河北 山西 辽宁 吉林 上海 江苏 浙江 安徽",
        "高州市|渭源县|东乡",
    ),
)
KEY_WORDS = Rule(
    id="boilerplate.key-word-list",
    why="A list of key words of one trade joined by low lines or bars, put into a page to be found by search engines.",
    family="spam",
    hits=("除氟剂厂家_除氟剂价格_除氟剂批发_山东除氟剂_除氟剂供应商_高效除氟剂_除氟剂图片_饮用水除氟剂",),
    misses=("红色|橙色|黄色|绿色", "新闻_财经_体育_娱乐_汽车_房产_教育_健康", "一_二_三_四_五_六_七_八_九"),
)
SPAM_RULES = (PLACE_NAMES, KEY_WORDS)

_ITEM_SPLIT = re.compile(r"[|_\s┊│]+")
# A list shorter than this may be a row of a table.  Blanks alone are a weaker sign than bars.
_LEAST_ITEMS = 8
_LEAST_ITEMS_WITH_BLANKS = 12
_LONGEST_ITEM = 12
_KINDS = ("县", "市", "区", "旗", "州")
_LEAST_PLACES = 0.7
_LEAST_SHARED = 0.6


class Found(NamedTuple):
    """A list found in a batch, ``[start, end)``, and the rule that knows it."""

    start: int
    end: int
    rule: str


@lru_cache(maxsize=1)
def place_names() -> frozenset[str]:
    """Give the names of the divisions of the PRC since 1981, whole and without their last word."""
    text = (files("cleancorpus") / "data" / "boilerplate" / "place_names.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def find_lists(text: str, classes: Classes, lines: Lines, known: NDArray[np.bool_]) -> list[Found]:
    """Find lists of place names and key words in a folded text, whose ``classes`` are known.

    Lines that are ``known`` (``bool``, one for each line) to be chrome are passed over.
    """
    found: list[Found] = []
    for start, end in _runs_of_items(classes, lines, known):
        rule = _kind(text[start:end])
        if rule is not None:
            found.append(Found(start, end, rule))
    return found


def _runs_of_items(classes: Classes, lines: Lines, known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give spans of at least eight items of Han characters with separators between them, within a line."""
    marks: Positions = np.flatnonzero((classes & SEPARATOR) > 0)
    if len(marks) < _LEAST_ITEMS - 1:
        return []
    # Separators this close together, that many times over, may be a list; most are blanks of code and tables.
    gap = np.diff(marks) - 1
    gap[_over_borders(marks, lines)] = _LONGEST_ITEM + 1
    close = in_a_row(gap <= _LONGEST_ITEM, _LEAST_ITEMS - 2)
    near: Positions = np.flatnonzero(close & (gap > 0))
    if not len(near):
        return []
    # Where two separators enclose an item of Han characters, or nothing, the list goes on.
    pure = close & (gap <= 0)
    near = near[(classes[marks[near] + 1] & classes[marks[near + 1] - 1] & HAN) > 0]
    pure[near] = True
    near = near[in_a_row(pure, _LEAST_ITEMS - 2)[near]]
    if not len(near):
        return []
    inner = (classes[flat_ranges(marks[near] + 1, gap[near])] & HAN) > 0
    pure[near] = np.add.reduceat(inner, np.cumsum(gap[near]) - gap[near], dtype=np.int64) == gap[near]
    pure = in_a_row(pure, _LEAST_ITEMS - 2)
    opens, closes = stretches(pure)
    begins, ends = marks[opens], marks[closes]
    items = np.concatenate([[0], np.cumsum(pure & (gap > 0), dtype=np.int64)])
    many = items[closes] - items[opens] >= _LEAST_ITEMS - 2
    begins, ends = begins[many], ends[many]
    rows = np.searchsorted(lines.start, begins, side="right") - 1
    new = ~known[rows]
    spans: list[tuple[int, int]] = []
    for begin, end, line in zip(begins[new].tolist(), ends[new].tolist(), rows[new].tolist(), strict=True):
        first = begin
        while first > lines.start[line] and begin - first < _LONGEST_ITEM and classes[first - 1] & HAN:
            first -= 1
        last = end + 1
        while last < lines.end[line] and last - end <= _LONGEST_ITEM and classes[last] & HAN:
            last += 1
        spans.append((first, last))
    return spans


def _over_borders(marks: Positions, lines: Lines) -> Positions:
    """Give the places of the gaps between marks in which one document ends and another begins."""
    borders = lines.start[1:][np.diff(lines.document) > 0]
    before = np.searchsorted(marks, borders) - 1
    return np.asarray(before[(before >= 0) & (before < len(marks) - 1)])


def _kind(text: str) -> str | None:
    items = [item for item in _ITEM_SPLIT.split(text) if item]
    barred = sum(text.count(bar) for bar in "|_┊│") >= len(items) // 2
    if len(items) < (_LEAST_ITEMS if barred else _LEAST_ITEMS_WITH_BLANKS):
        return None
    places = sum(item in place_names() for item in items)
    # With blanks alone, provinces in a row head a table; counties do not.
    named = sum(item.endswith(_KINDS) for item in items)
    if places >= _LEAST_PLACES * len(items) and (barred or 2 * named >= len(items)):
        return PLACE_NAMES.id
    return KEY_WORDS.id if barred and _share_a_word(items) else None


def _share_a_word(items: list[str]) -> bool:
    """Say whether most items hold one and the same pair of characters, as key words of one trade do."""
    least = math.ceil(_LEAST_SHARED * len(items))
    # Of this many items, one at least holds what so many share.
    some = items[: len(items) - least + 1]
    pairs = {item[at : at + 2] for item in some for at in range(len(item) - 1)}
    text = "\n".join(items)
    return any(text.count(pair) >= least and sum(pair in item for item in items) >= least for pair in pairs)
