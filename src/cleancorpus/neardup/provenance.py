"""Where passages of cleaned documents came from: their spans in the originals, and the rules that touched them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleancorpus.document import Document
from cleancorpus.text import Positions, flat_ranges


@dataclass(frozen=True, eq=False)
class Provenance:
    """The origin of passages as columns.

    ``start`` and ``end`` (``int64[P]``) are their spans in the originals.  A rule touched a passage when one of
    its edits or flags lies in, over or at the edge of that span: ``passage`` and ``rule`` (``int64[T]``, an index
    into ``rules``) have a row for each such two, sorted.
    """

    start: Positions
    end: Positions
    passage: Positions
    rule: Positions
    rules: tuple[str, ...]


def provenance(documents: Sequence[Document | None], item: Positions, start: Positions, end: Positions) -> Provenance:
    """Find the origin of the passages ``[start, end)`` of the texts of ``documents``.

    ``item`` gives the document of each passage and rises; what is no Document, or was not changed, is its own
    original, which no rule has touched.
    """
    first, last = start.copy(), end.copy()
    numbers: dict[str, int] = {}
    none = np.zeros(0, dtype=np.int64)
    passages, rules = [none], [none]
    bounds = np.searchsorted(item, np.arange(len(documents) + 1)).tolist()
    for number, document in enumerate(documents):
        low, high = bounds[number], bounds[number + 1]
        if document is None or low == high or not (document.history or document.flags):
            continue
        own_start, own_end = first[low:high], last[low:high]
        for layer in reversed(document.history):
            own_start, own_end = layer.edits.spans_to_old(own_start, own_end)
        first[low:high], last[low:high] = own_start, own_end
        passage, rule = _touched(own_start, own_end, *_rule_spans(document, numbers))
        passages.append(passage + low)
        rules.append(rule)
    passage, rule = np.concatenate(passages), np.concatenate(rules)
    return Provenance(first, last, passage, rule, tuple(numbers))


def _rule_spans(document: Document, numbers: dict[str, int]) -> tuple[Positions, Positions, Positions]:
    """Give start, end and rule of all edits and flags in the original; new rules get the next number."""
    spans = []
    for depth, layer in enumerate(document.history):
        start, end = layer.edits.start, layer.edits.end
        for earlier in reversed(document.history[:depth]):
            start, end = earlier.edits.spans_to_old(start, end)
        codes = np.array([numbers.setdefault(rule, len(numbers)) for rule in layer.edits.rules], dtype=np.int64)
        spans.append((start, end, codes[layer.edits.rule]))
    rows = [(flag.start, flag.end, numbers.setdefault(flag.rule, len(numbers))) for flag in document.flags]
    flags = np.array(rows, dtype=np.int64).reshape(-1, 3)
    spans.append((flags[:, 0], flags[:, 1], flags[:, 2]))
    start, end, rule = (np.concatenate(column) for column in zip(*spans, strict=True))
    return start, end, rule


def _touched(
    start: Positions, end: Positions, span_start: Positions, span_end: Positions, rule: Positions
) -> tuple[Positions, Positions]:
    """Give which passage (``[start, end)``, in order) which rule touched, each two once.

    A span without a character, where something was put in, touches the passages that it lies in or ends.
    """
    empty = span_start == span_end
    low = np.where(empty, np.searchsorted(end, span_start), np.searchsorted(end, span_start, side="right"))
    high = np.where(empty, np.searchsorted(start, span_end, side="right"), np.searchsorted(start, span_end))
    width = np.maximum(high - low, 0)
    both = np.stack([flat_ranges(low, width), np.repeat(rule, width)], axis=1)
    both = np.unique(both, axis=0) if len(both) else both
    return both[:, 0], both[:, 1]
