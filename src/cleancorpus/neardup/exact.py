"""Exact duplicates: texts, passages or lines that are equal character by character."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.candidates import runs_of_equals
from cleancorpus.neardup.comparison import batches_of
from cleancorpus.neardup.findings import Passage, PassageColumns
from cleancorpus.neardup.items import Entry, Items, read_items, with_own_ids
from cleancorpus.neardup.passages import cut_passages
from cleancorpus.neardup.shingles import sampled_hashes
from cleancorpus.neardup.view import base_view
from cleancorpus.text import Positions, TextBatch, flat_ranges

EXACT_UNITS = ("document", "passage", "line")


def exact_duplicates(items: Iterable[Entry], unit: str = "document") -> tuple[tuple[Passage, ...], ...]:
    """Give the groups of texts, passages or lines (``unit``) that are equal, each in the order of the input.

    ``items`` are as for ``near_duplicates``.  Nothing is folded, and the strings themselves are compared, through
    one dictionary; of passages and lines, those that agree with another in length and in a few characters.  Lines
    of blanks alone are passed over; the first of each group is the one that came first.
    Raises ``SettingsError`` for another unit, and ``InputError`` as ``near_duplicates`` does.

    >>> exact_duplicates([("a", "春眠不覺曉\\n處處聞啼鳥"), ("b", "處處聞啼鳥")], "line")
    ((Passage(id='a', span=(6, 11), original=(6, 11)), Passage(id='b', span=(0, 5), original=(0, 5))),)
    """
    if unit not in EXACT_UNITS:
        raise SettingsError(f"unit is one of {', '.join(EXACT_UNITS)}, not {unit!r}")
    known = with_own_ids(read_items(items))
    if unit == "document":
        parts, texts = _whole_texts(known), known.texts
    else:
        parts = _likely(known, unit)
        rows = zip(parts.item.tolist(), parts.start.tolist(), parts.end.tolist(), strict=True)
        texts = [known.texts[item][start:end] for item, start, end in rows]
    numbers: dict[str, int] = {}
    group = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
    sizes = np.bincount(group)
    if unit == "line":
        sizes[[number for text, number in numbers.items() if text.isspace()]] = 0
    order = np.argsort(group, kind="stable")
    passages = _passages(known, parts, order[sizes[group[order]] > 1])
    bounds = np.cumsum(sizes[sizes > 1]).tolist()
    return tuple(tuple(passages[first:last]) for first, last in pairwise([0, *bounds]))


def _whole_texts(known: Items) -> PassageColumns:
    lengths = np.fromiter(map(len, known.texts), dtype=np.int64, count=len(known))
    return PassageColumns(np.arange(len(known)), np.zeros_like(lengths), lengths)


def _likely(known: Items, unit: str) -> PassageColumns:
    """Give the passages or lines that can be equal to another, in order."""
    none = np.zeros(0, dtype=np.int64)
    columns = [(none, none, none, none.view(np.uint64))]
    for first, batch in batches_of(known.texts):
        document, start, end = _parts(batch, unit)
        begin = batch.offsets[document]
        samples = sampled_hashes(batch.codepoints, start, end - start)
        columns.append((document + first, start - begin, end - begin, samples))
    item, start, end, samples = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.argsort(samples)
    likely = np.sort(order[flat_ranges(*runs_of_equals(samples[order]))])
    return PassageColumns(item[likely], start[likely], end[likely])


def _parts(batch: TextBatch, unit: str) -> tuple[Positions, Positions, Positions]:
    """Give the text and the span in the batch of everything that is compared."""
    if unit == "passage":
        passages = cut_passages(batch, base_view(batch))
        return passages.document, passages.start, passages.end
    lines = batch.lines()
    filled = np.flatnonzero(lines.end > lines.start)
    return lines.document[filled], lines.start[filled], lines.end[filled]


def _passages(known: Items, parts: PassageColumns, chosen: Positions) -> list[Passage]:
    items, starts, ends = (column[chosen].tolist() for column in (parts.item, parts.start, parts.end))
    ids, spans = map(known.ids.__getitem__, items), list(zip(starts, ends, strict=True))
    if all(document is None for document in known.documents):
        return list(map(Passage, ids, spans, spans))
    originals = map(known.original_span, items, starts, ends)
    return list(map(Passage, ids, spans, originals))
