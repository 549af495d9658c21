"""Characters that nobody sees: zero-width ones, directional controls, control characters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import Positions, TextBatch

ZERO_WIDTH = "mojibake.zero-width"
BIDI_CONTROL = "mojibake.bidi-control"
CONTROL_CHARACTER = "mojibake.control-character"

RULES = (
    Rule(
        id=ZERO_WIDTH,
        family="mojibake",
        why="A character without width between two Chinese ones only breaks words apart; templates put it there.",
        hits=("中国\u200b人民", "石油\ufeff及天然气", "电\u00ad话", "网\u200d站"),
        misses=("👨\u200d👩\u200d👧", "می\u200cخواهم", "auto\u00admatic", "fo\u200bo"),
    ),
    Rule(
        id=BIDI_CONTROL,
        family="mojibake",
        why="A directional control between Chinese characters has nothing to direct.",
        hits=("中国\u200e人民", "\u202a电话\u202c：一二三"),
        misses=("שלום\u200f עולם", "\u202bمرحبا\u202c"),
    ),
    Rule(
        id=CONTROL_CHARACTER,
        family="mojibake",
        why="A control character is no text: converters of documents leave it behind.",
        hits=("标签\x07：冻煮", "第一\x00章"),
        misses=("一\t二\n三\r\n四", "第一页\x0c第二页"),
    ),
)

_ZERO_WIDTH = (0xAD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
_BIDI = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
# Tab, line feed and carriage return are text; vertical tab and form feed end a line or a page.
_CONTROL = (*range(0x09), *range(0x0E, 0x20), 0x7F)
NOMINATED = (*_ZERO_WIDTH, *_BIDI, *_CONTROL)


def find_invisible(batch: TextBatch, places: Positions, ruleset: RuleSet) -> Edits:
    """Propose to delete what nobody sees; ``places`` are the positions of characters of ``NOMINATED``."""
    if not len(places):
        return Edits.empty()
    points = batch.codepoints[places]
    before, behind = _visible_neighbours(batch, places)
    chinese_before, chinese_behind = _is_chinese(before), _is_chinese(behind)
    between = chinese_before & chinese_behind
    beside = (chinese_before | (before == 0)) & (chinese_behind | (behind == 0)) & (chinese_before | chinese_behind)
    kinds = (
        (ZERO_WIDTH, np.isin(points, _ZERO_WIDTH) & between),
        (BIDI_CONTROL, np.isin(points, _BIDI) & beside),
        (CONTROL_CHARACTER, np.isin(points, _CONTROL)),
    )
    parts = [Edits.deletions(places[found], places[found] + 1, rule) for rule, found in kinds if rule in ruleset]
    return Edits.union(parts).merged(batch) if parts else Edits.empty()


def _visible_neighbours(batch: TextBatch, places: Positions) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Give the characters before and behind the run of invisible ones at each place, 0 at the edge of a text."""
    points = batch.codepoints
    joins = np.diff(places) == 1
    first = np.concatenate([[0], np.cumsum(~joins)])
    starts = places[np.concatenate([[True], ~joins])][first]
    ends = places[np.concatenate([~joins, [True]])][first] + 1
    document = batch.document_of(places)
    before = np.where(starts > batch.offsets[document], points[np.maximum(starts - 1, 0)], 0)
    behind = np.where(ends < batch.offsets[document + 1], points[np.minimum(ends, len(points) - 1)], 0)
    return before.astype(np.uint32), behind.astype(np.uint32)


def _is_chinese(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which characters are Chinese ones or Chinese marks."""
    return np.asarray(
        ((points >= 0x3400) & (points <= 0x9FFF))
        | ((points >= 0x3001) & (points <= 0x3011))
        | ((points >= 0xFF01) & (points <= 0xFF5E))
        | ((points >= 0x20000) & (points <= 0x3FFFF))
    )
