"""Chrome inside a paragraph: spans that rules describe, found where their literals stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.literals import required_literals
from cleancorpus.boilerplate.matching import compiled
from cleancorpus.boilerplate.pagination import Join
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import Lines, Positions

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
        self.literals = [required_literals(rule.span or "") for rule in rules]
        self._always = [index for index, own in enumerate(self.literals) if not own]

    def find(
        self, text: str, lines: Lines, known: NDArray[np.bool_], places: Positions, owners: Positions
    ) -> Iterator[Join]:
        """Give the spans that the rules describe in a folded text of some lines.

        Lines that are ``known`` (``bool``, one for each line) to be chrome are passed over.  ``places`` are where the
        literals of ``self.literals[owner]`` stand, for each of ``owners``.
        """
        if not len(places) and not self._always:
            return
        row = np.searchsorted(lines.start, places, side="right") - 1
        unknown = ~known[row]
        row, places, owners = row[unknown], places[unknown], owners[unknown]
        start, end = lines.start[row], lines.end[row]
        # Windows stand on a grid, so many literals close together share one.
        origin = start + (places - start) // _REACH * _REACH
        long = end - start > _WHOLE_LINE
        first = np.where(long, np.maximum(start, origin - _REACH), start)
        last = np.where(long, np.minimum(end, origin + 2 * _REACH), end)
        windows = zip(owners.tolist(), first.tolist(), last.tolist(), end.tolist(), strict=True)
        for owner, low, high, stop in dict.fromkeys(windows):
            yield from self._in_window(text, owner, low, high, stop)
        for owner in self._always:
            for low, high in zip(lines.start[~known].tolist(), lines.end[~known].tolist(), strict=True):
                yield from self._in_window(text, owner, low, high, high)

    def _in_window(self, text: str, owner: int, first: int, last: int, end: int) -> Iterator[Join]:
        rule, pattern = self._rules[owner]
        window = text[first:last]
        found: re.Match[str]
        for found in pattern.finditer(window):
            # Where the window was cut, its end is no end of a line.
            if found.end() > found.start() and (last == end or found.end() < len(window)):
                yield Join(first + found.start(), first + found.end(), rule)
