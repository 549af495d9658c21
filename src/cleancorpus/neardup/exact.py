"""Exact duplicates: texts, passages or lines that are equal character by character."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.comparison import compare_texts
from cleancorpus.neardup.findings import Items, Passage
from cleancorpus.neardup.search import read_items

EXACT_UNITS = ("document", "passage", "line")
_LINE = re.compile(r"[^\r\n]+")


def exact_duplicates(items: Iterable[Any], unit: str = "document") -> tuple[tuple[Passage, ...], ...]:
    """Give the groups of texts, passages or lines (``unit``) that are equal, each in the order of the input.

    ``items`` are as for ``near_duplicates``.  Nothing is folded, and the strings themselves are compared, through
    one dictionary.  Lines of blanks alone are passed over; the first of each group is the one that came first.
    Raises ``SettingsError`` for another unit.

    >>> exact_duplicates([("a", "春眠不覺曉\\n處處聞啼鳥"), ("b", "處處聞啼鳥")], "line")
    ((Passage(id='a', span=(6, 11), original=(6, 11)), Passage(id='b', span=(0, 5), original=(0, 5))),)
    """
    if unit not in EXACT_UNITS:
        raise SettingsError(f"unit is one of {', '.join(EXACT_UNITS)}, not {unit!r}")
    known = read_items(items)
    first: dict[str, tuple[int, int, int]] = {}
    groups: dict[tuple[int, int, int], list[tuple[int, int, int]]] = {}
    for text, place in _parts(known, unit):
        earliest = first.setdefault(text, place)
        if earliest != place:
            groups.setdefault(earliest, [earliest]).append(place)
    return tuple(tuple(_passage(known, *place) for place in groups[earliest]) for earliest in sorted(groups))


def _parts(known: Items, unit: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Give each text that is compared with the number of its item and its span."""
    if unit == "document":
        for item, text in enumerate(known.texts):
            yield text, (item, 0, len(text))
    elif unit == "line":
        for item, text in enumerate(known.texts):
            for line in _LINE.finditer(text):
                if not line[0].isspace():
                    yield line[0], (item, *line.span())
    else:
        for piece in compare_texts(known.texts):
            columns = piece.document.tolist(), piece.start.tolist(), piece.end.tolist()
            for item, start, end in zip(*columns, strict=True):
                yield known.texts[item][start:end], (item, start, end)


def _passage(known: Items, item: int, start: int, end: int) -> Passage:
    return Passage(known.ids[item], (start, end), known.original_span(item, start, end))
