"""Exact duplicates: texts, passages or lines that are equal character by character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.candidates import runs_of_equals
from cleancorpus.neardup.comparison import batches_of
from cleancorpus.neardup.findings import Passage
from cleancorpus.neardup.items import Entry, Items, read_items
from cleancorpus.neardup.passages import cut_passages
from cleancorpus.neardup.shingles import Hashes64, sampled_hashes
from cleancorpus.neardup.view import base_view
from cleancorpus.text import Positions, TextBatch, flat_ranges

EXACT_UNITS = ("document", "passage", "line")


def exact_duplicates(items: Iterable[Entry], unit: str = "document") -> tuple[tuple[Passage, ...], ...]:
    """Give the groups of texts, passages or lines (``unit``) that are equal, each in the order of the input.

    ``items`` are as for ``near_duplicates``.  Nothing is folded, and the strings themselves are compared, through
    one dictionary; of passages and lines, those that agree with another in length and in a few characters.  Lines
    of blanks alone are passed over; the first of each group is the one that came first.
    Raises ``SettingsError`` for another unit.

    >>> exact_duplicates([("a", "春眠不覺曉\\n處處聞啼鳥"), ("b", "處處聞啼鳥")], "line")
    ((Passage(id='a', span=(6, 11), original=(6, 11)), Passage(id='b', span=(0, 5), original=(0, 5))),)
    """
    if unit not in EXACT_UNITS:
        raise SettingsError(f"unit is one of {', '.join(EXACT_UNITS)}, not {unit!r}")
    known = read_items(items)
    groups: dict[str, list[tuple[int, int, int]]] = {}
    for item, start, end in _likely(known, unit):
        text = known.texts[item][start:end]
        if unit != "line" or not text.isspace():
            groups.setdefault(text, []).append((item, start, end))
    return tuple(_passages(known, places) for places in groups.values() if len(places) > 1)


def _likely(known: Items, unit: str) -> Iterator[tuple[int, int, int]]:
    """Give item and span of the texts that can be equal to another, in order."""
    if unit == "document":
        yield from ((item, 0, len(text)) for item, text in enumerate(known.texts))
        return
    columns: list[tuple[Positions, Positions, Positions, Hashes64]] = []
    for first, batch in batches_of(known.texts):
        document, start, end = _parts(batch, unit)
        begin = batch.offsets[document]
        samples = sampled_hashes(batch.codepoints, start, end - start)
        columns.append((document + first, start - begin, end - begin, samples))
    if not columns:
        return
    item, start, end, samples = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.argsort(samples)
    likely = np.sort(order[flat_ranges(*runs_of_equals(samples[order]))])
    yield from zip(item[likely].tolist(), start[likely].tolist(), end[likely].tolist(), strict=True)


def _parts(batch: TextBatch, unit: str) -> tuple[Positions, Positions, Positions]:
    """Give the text and the span in the batch of everything that is compared."""
    if unit == "passage":
        passages = cut_passages(batch, base_view(batch))
        return passages.document, passages.start, passages.end
    lines = batch.lines()
    filled = np.flatnonzero(lines.end > lines.start)
    return lines.document[filled], lines.start[filled], lines.end[filled]


def _passages(known: Items, places: list[tuple[int, int, int]]) -> tuple[Passage, ...]:
    ids, documents = known.ids, known.documents
    passages = []
    for item, start, end in places:
        span = start, end
        original = span if documents[item] is None else known.original_span(item, start, end)
        passages.append(Passage(ids[item], span, original))
    return tuple(passages)
