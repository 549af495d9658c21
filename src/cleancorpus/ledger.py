"""The record of a batch as columns: every edit of every document, with its place in the original."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.engine import Settled
from cleancorpus.text import Positions, TextBatch


@dataclass(frozen=True)
class Ledger:
    """All edits of a batch, ordered by document and, within one, as they were made.

    ``document`` (``int64[M]``) numbers the batch's documents; ``step`` (``int32[M]``) counts a document's
    layers from 0; ``stage`` and ``rule`` (``int32[M]``) are indices into ``stages`` and ``rules``.
    ``start`` and ``end`` (``int64[M]``) count from the start of the text as the layer before left it,
    ``original_start`` and ``original_end`` from the start of the original.  ``before`` and ``after`` are
    batches of M texts.
    """

    document: Positions
    step: NDArray[np.int32]
    stage: NDArray[np.int32]
    stages: tuple[str, ...]
    rule: NDArray[np.int32]
    rules: tuple[str, ...]
    start: Positions
    end: Positions
    original_start: Positions
    original_end: Positions
    before: TextBatch
    after: TextBatch

    def __len__(self) -> int:
        return len(self.document)


def ledger_of(settled: Settled) -> Ledger:
    """Give the record of a batch, without a loop over documents or edits."""
    steps = settled.steps
    stages = tuple(dict.fromkeys(step.stage for step in steps))
    rules = tuple(dict.fromkeys(rule for step in steps for rule in step.edits.rules))
    layers = np.zeros(len(settled), dtype=np.int32)
    columns: list[tuple[Positions, ...]] = []
    for depth, step in enumerate(steps):
        counts = np.diff(step.bounds)
        own = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        document = step.documents[own]
        start, end = step.edits.start - step.offsets[own], step.edits.end - step.offsets[own]
        first, last = start, end
        for earlier in reversed(steps[:depth]):
            first, last = earlier.spans_to_old(document, first, last)
        numbers = np.array([rules.index(rule) for rule in step.edits.rules], dtype=np.int64)
        stage = np.full(len(own), stages.index(step.stage), dtype=np.int64)
        layer = layers[document].astype(np.int64)
        columns.append((document, layer, stage, numbers[step.edits.rule], start, end, first, last))
        layers[step.documents[counts > 0]] += 1
    if not columns:
        columns.append(tuple(np.zeros(0, dtype=np.int64) for _ in range(8)))
    joined = [np.concatenate(parts) for parts in zip(*columns, strict=True)]
    order = np.lexsort((np.arange(len(joined[0])), joined[0]))
    document, layer, stage, rule, start, end, first, last = (column[order] for column in joined)
    return Ledger(
        document,
        layer.astype(np.int32),
        stage.astype(np.int32),
        stages,
        rule.astype(np.int32),
        rules,
        start,
        end,
        first,
        last,
        TextBatch.concatenate([step.before for step in steps]).take(order),
        TextBatch.concatenate([step.edits.after for step in steps]).take(order),
    )
