"""Blanks that a converter put between Chinese characters, inside numbers and inside quotation marks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import Positions, TextBatch

SPACED_CHARACTERS = "mojibake.spaced-characters"
BLANK_BY_NUMBER = "mojibake.blank-by-number"
BLANK_IN_QUOTES = "mojibake.blank-in-quotes"

RULES = (
    Rule(
        id=SPACED_CHARACTERS,
        family="mojibake",
        why="A blank stands between every two characters, as text taken out of PDF files has it.",
        hits=("本 报 告 由 研 究 所 编 写 完 成", "未 经 书 面 授 权 禁 止 使 用 。"),
        misses=("第 一 章 总 则", "张三 李四 王五 赵六 钱七 孙八 周九 吴十", "春 眠 不 覺 曉"),
    ),
    Rule(
        id=BLANK_BY_NUMBER,
        family="mojibake",
        safety="unsafe",
        why="A converter left a blank between a number and the mark or measure word behind it; some writers want it.",
        hits=("1 、中心工作", "共有6 家单位", "成立95 周年"),
        misses=("iPhone 6s 和其他", "2016 2017 2018"),
    ),
    Rule(
        id=BLANK_IN_QUOTES,
        family="mojibake",
        safety="unsafe",
        why="A converter left a blank inside quotation marks; a quotation has none there.",
        hits=("把“420 ”便民服务", "“ 红新月”的标志"),
        misses=("他说 “好” 。", "“ ”是引号", "“他不是盲人。\n    ”"),
    ),
)

# From so many characters on, each with a blank behind it, spacing is no typographer's choice for a heading.
_LEAST_SPACED = 8
_BLANK, _IDEOGRAPHIC_BLANK = 0x20, 0x3000
_OPENING, _CLOSING = (0x201C, 0x300C, 0x300E, 0x300A), (0x201D, 0x300D, 0x300F, 0x300B)
_MARKS = (0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A)


def find_blanks(batch: TextBatch, blanks: Positions, ruleset: RuleSet) -> Edits:
    """Propose to delete blanks; ``blanks`` are the positions of those to look at."""
    if not len(blanks):
        return Edits.empty()
    points = batch.codepoints
    document = batch.document_of(blanks)
    before = _at(points, blanks - 1, batch.offsets[document], batch.offsets[document + 1])
    behind = _at(points, blanks + 1, batch.offsets[document], batch.offsets[document + 1])
    in_quotes = (np.isin(before, _OPENING) ^ np.isin(behind, _CLOSING)) & _is_text(before) & _is_text(behind)
    rules = (
        (SPACED_CHARACTERS, _spaced(blanks, before, behind)),
        (BLANK_BY_NUMBER, _is_digit(before) & (is_hanzi(behind) | np.isin(behind, _MARKS))),
        (BLANK_IN_QUOTES, in_quotes),
    )
    parts, free = [], np.ones(len(blanks), dtype=bool)
    for rule, found in rules:
        if rule in ruleset:
            parts.append(Edits.deletions(blanks[found & free], blanks[found & free] + 1, rule))
            free &= ~found
    return Edits.union(parts) if parts else Edits.empty()


def _at(points: NDArray[np.uint32], places: Positions, floor: Positions, ceiling: Positions) -> NDArray[np.uint32]:
    inside = (places >= floor) & (places < ceiling)
    return np.where(inside, points[np.clip(places, 0, len(points) - 1)], 0).astype(np.uint32)


def _is_text(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which neighbours are neither blanks, whose run is indentation, nor a border of line or text."""
    return np.asarray((points > _BLANK) & (points != _IDEOGRAPHIC_BLANK))


def _is_digit(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return np.asarray((points >= 0x30) & (points <= 0x39))


def _spaced(blanks: Positions, before: NDArray[np.uint32], behind: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which blanks stand in a long run of single characters with a blank between every two."""
    marks = np.isin(behind, _MARKS)
    single = is_hanzi(before) & (is_hanzi(behind) | marks)
    goes_on = np.concatenate([[False], (np.diff(blanks) == 2) & single[1:] & single[:-1]])
    run = np.cumsum(~goes_on) - 1
    length = np.bincount(run, weights=single)
    return np.asarray(single & (length[run] >= _LEAST_SPACED - 1))
