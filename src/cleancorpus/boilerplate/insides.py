"""Chrome inside a paragraph: spans that rules describe, found where their literals stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.literals import required_literals
from cleancorpus.boilerplate.matching import Nominator, compiled
from cleancorpus.boilerplate.pagination import Join
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import Lines, TextBatch, decode_codepoints

EDITOR_NOTE = Rule(
    id="boilerplate.editor-note-inside",
    why="The editor's name in brackets behind the last sentence.",
    family="byline",
    span=(
        r"\s*[(【\[]\s*(?:(?:本文)?(?:责任|网络|实习|值班|本文)?(?:编辑|责编|责编辑)|核稿|编审)\s*[:/]\s*[^()\[\]【】。]{1,30}[)】\]]"
        r"(?:\s?1\d{6})?\s*$"
    ),
    hits=("会议于当天闭幕。（责任编辑：王某某）", "他在本月将去日本。（編輯：陳某某/核稿：林某某）1100714"),
    misses=("（编辑：这里指修改文稿的人）在古代也有。", "会议闭幕。（编辑部）"),
)
INSIDE_RULES = (EDITOR_NOTE,)

# A match lies within so many characters of its literal, so a long line costs no more than its literals.
_REACH = 240
_WHOLE_LINE = 1200


class SpanFinder:
    """All span rules of a rule set, made ready once."""

    def __init__(self, ruleset: RuleSet, trusted: frozenset[str]) -> None:
        rules = [rule for rule in ruleset.active() if rule.span is not None and rule.safety != "flag"]
        self._rules = [(rule.id, compiled(rule, rule.span, trusted=rule.id in trusted)) for rule in rules if rule.span]
        literals = [required_literals(rule.span or "") for rule in rules]
        self._nominator = Nominator(literals)
        self._always = [index for index, own in enumerate(literals) if not own]

    def find(self, folded: TextBatch, lines: Lines, codes: NDArray[np.uint32]) -> Iterator[Join]:
        """Give the spans of a folded batch that the rules describe; ``codes`` are its ``pair_codes``."""
        places, owners = self._nominator.find(folded.codepoints, codes)
        seen: set[tuple[int, int, int]] = set()
        line = np.searchsorted(lines.start, places, side="right") - 1
        for place, row, owner in zip(places.tolist(), line.tolist(), owners.tolist(), strict=True):
            start, end = int(lines.start[row]), int(lines.end[row])
            if end - start > _WHOLE_LINE:
                # Windows stand on a grid, so many literals close together share one.
                origin = start + (place - start) // _REACH * _REACH
                first, last = max(start, origin - _REACH), min(end, origin + 2 * _REACH)
            else:
                first, last = start, end
            if (owner, first, last) not in seen:
                seen.add((owner, first, last))
                yield from self._in_window(folded, owner, first, last, end)
        for owner in self._always:
            for start, end in zip(lines.start.tolist(), lines.end.tolist(), strict=True):
                yield from self._in_window(folded, owner, start, end, end)

    def _in_window(self, folded: TextBatch, owner: int, first: int, last: int, end: int) -> Iterator[Join]:
        rule, pattern = self._rules[owner]
        text = decode_codepoints(folded.codepoints[first:last])
        found: re.Match[str]
        for found in pattern.finditer(text):
            # Where the window was cut, its end is no end of a line.
            if found.end() > found.start() and (last == end or found.end() < len(text)):
                yield Join(first + found.start(), first + found.end(), rule)
