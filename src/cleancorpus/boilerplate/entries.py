"""The table of contents inside the entries of encyclopaedias.

On other pages it would be a part of the text, so it is looked for only in documents with several lines that
nobody but an encyclopaedia prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cleancorpus.boilerplate.pagination import Join
from cleancorpus.boilerplate.verdicts import FAMILIES, SURE, Verdicts
from cleancorpus.rules import Rule
from cleancorpus.text import Lines

_FRAME = "词条标签：地理 行政区划\n词条图册 更多图册\n"
ENTRY_CONTENTS = Rule(
    id="boilerplate.entry-contents",
    why="The table of contents of an encyclopaedia's entry, all of whose lines stand again as headings.",
    family="encyclopaedia",
    hits=(
        _FRAME + "目录\n1 历史沿革\n2 经济\n历史沿革\n这里古时是一个驿站。\n经济\n以温泉疗养为主。",
        _FRAME + "目錄\n1 歷史沿革\n2 經濟\n歷史沿革[編輯]\n這裡古時是一個驛站。\n經濟[編輯]\n以溫泉療養為主。",
    ),
    misses=(
        "目录\n1 历史沿革\n2 经济\n历史沿革\n这里古时是一个驿站。\n经济\n以温泉疗养为主。",
        _FRAME + "目录\n1 历史沿革\n2 经济\n这里古时是一个驿站。",
        _FRAME + "目录\n1 历史沿革\n2 经济\n历史沿革如何编辑\n这里古时是一个驿站。",
    ),
)
ENTRY_RULES = (ENTRY_CONTENTS,)

_FAMILY = FAMILIES.index("encyclopaedia")
_LEAST_LINES, _LEAST_ENTRIES = 2, 2
_HEAD = frozenset({"目录", "目 录", "本页目录", "快速导航"})
# The link to edit a part stands right behind its heading.
_HEADING_TOOLS = re.compile(r"\s?(?:\[\s?编辑.{0,12}\]|(?:播报\s?)?编辑)$")
_ENTRY = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.、]?\s*|[▪•·]\s*)?(?P<name>\S.{0,40}?)\s*")


def entry_spans(text: str, lines: Lines, verdicts: Verdicts) -> Iterator[Join]:
    """Find the contents of the entries among the documents of a folded text."""
    own = lines.document[(verdicts.strength == SURE) & (verdicts.family == _FAMILY)]
    for document in np.flatnonzero(np.bincount(own) >= _LEAST_LINES).tolist() if len(own) else ():
        first, last = np.searchsorted(lines.document, [document, document + 1]).tolist()
        shown = [text[verdicts.first[row] : verdicts.last[row]] for row in range(first, last)]
        for row in _contents(shown):
            yield Join(int(lines.start[first + row]), int(lines.stop[first + row]), ENTRY_CONTENTS.id)


def _contents(shown: list[str]) -> list[int]:
    """Give the rows of the first table of contents whose entries all stand again below it."""
    filled = [row for row, line in enumerate(shown) if line]
    last_place = {_HEADING_TOOLS.sub("", shown[row]): row for row in filled}
    entries: list[int] = []
    head = -1
    for row in filled:
        found = _ENTRY.fullmatch(shown[row]) if head >= 0 else None
        if found is not None and last_place.get(found["name"], row) > row:
            entries.append(row)
        elif len(entries) >= _LEAST_ENTRIES:
            break
        else:
            head, entries = (row if shown[row] in _HEAD else -1), []
    return [head, *entries] if len(entries) >= _LEAST_ENTRIES else []
