"""What a search for near-duplicates gives: pairs, clusters, what is kept, and a reason for all that is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.explain import Explanation, explain
from cleancorpus.neardup.items import Items, Span
from cleancorpus.neardup.keep import REASONS, Keep
from cleancorpus.neardup.statistics import DuplicateStatistics, count_duplicates
from cleancorpus.text import Positions

SAME, FOLDED, NEAR, CONTAINED = range(4)
KINDS = ("same", "folded", "near", "contained")


class Passage(NamedTuple):
    """One text that was compared: the item's id, its span in the item's text and in the original.

    Where whole documents are compared, the span is all of the text.  ``original`` equals ``span`` unless the
    item is a Document that was changed.
    """

    id: Any
    span: Span
    original: Span


class Pair(NamedTuple):
    """Two texts that are alike, verified: ``left`` is the id of the one that would rather be kept.

    ``jaccard`` and ``containment`` (of the smaller text in the larger) are exact, counted over the folded
    shingles.  ``kind`` says what makes them duplicates: ``same`` (character by character), ``folded`` (equal
    but for script, marks, blanks and what else is folded), ``near``, or ``contained``.
    """

    left: Any
    right: Any
    jaccard: float
    containment: float
    kind: str
    left_span: Span
    right_span: Span
    left_original: Span
    right_original: Span


class Drop(NamedTuple):
    """A text that is not kept: which one is kept for it, how alike they are, and the reason in words."""

    passage: Passage
    kept: Passage
    jaccard: float
    containment: float
    kind: str
    reason: str


class Cluster(NamedTuple):
    """A text that is kept and those that go for its sake; each was verified against it."""

    kept: Passage
    drops: tuple[Drop, ...]

    @property
    def ids(self) -> tuple[Any, ...]:
        """The ids of all items in it, the kept one first, each once."""
        return tuple(dict.fromkeys([self.kept.id, *(drop.passage.id for drop in self.drops)]))


@dataclass(frozen=True, eq=False)
class PassageColumns:
    """The passages as columns: the number of the item, and the span in its text (``int64[P]``)."""

    item: Positions
    start: Positions
    end: Positions


@dataclass(frozen=True, eq=False)
class PairColumns:
    """Verified pairs as columns, by number of the passage; ``left`` is the better kept one."""

    left: Positions
    right: Positions
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    kind: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.left)

    def take(self, chosen: Positions) -> PairColumns:
        """Give the chosen pairs, in the order asked for."""
        return PairColumns(
            self.left[chosen],
            self.right[chosen],
            self.jaccard[chosen],
            self.containment[chosen],
            self.kind[chosen],
        )

    @classmethod
    def joined(cls, parts: Sequence[PairColumns]) -> PairColumns:
        """Join several tables of pairs."""
        whole = np.zeros(0, dtype=np.int64)
        share = np.zeros(0, dtype=np.float64)
        return cls(
            np.concatenate([whole, *(part.left for part in parts)]),
            np.concatenate([whole, *(part.right for part in parts)]),
            np.concatenate([share, *(part.jaccard for part in parts)]),
            np.concatenate([share, *(part.containment for part in parts)]),
            np.concatenate([np.zeros(0, dtype=np.int8), *(part.kind for part in parts)]),
        )


@dataclass(frozen=True, eq=False)
class DuplicateReport:
    """The near-duplicates among some items, at one threshold.

    ``pairs``, ``clusters`` and ``drops`` are made when first asked for; ``passage_columns`` and
    ``pair_columns`` hold the same as arrays, and ``kept_for`` (``int64[P]``) gives for each passage the one that
    is kept for it, itself if it is kept.
    """

    items: Items
    threshold: float
    unit: str
    policy: Keep
    fold: frozenset[str]
    passage_columns: PassageColumns
    pair_columns: PairColumns
    kept_for: Positions
    anchor_pair: Positions = field(repr=False)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All verified pairs, those of the best kept passages first, whatever the order of the input."""
        columns = self.pair_columns
        rows = zip(
            self._passages(columns.left),
            self._passages(columns.right),
            columns.jaccard.tolist(),
            columns.containment.tolist(),
            columns.kind.tolist(),
            strict=True,
        )
        return tuple(
            Pair(
                one.id,
                other.id,
                jaccard,
                containment,
                KINDS[kind],
                one.span,
                other.span,
                one.original,
                other.original,
            )
            for one, other, jaccard, containment, kind in rows
        )

    def _passages(self, numbers: Positions) -> Iterator[Passage]:
        columns, items = self.passage_columns, self.items
        item, start, end = (column[numbers].tolist() for column in (columns.item, columns.start, columns.end))
        for number, *span in zip(item, start, end, strict=True):
            yield Passage(items.ids[number], (span[0], span[1]), items.original_span(number, *span))

    @cached_property
    def drops(self) -> tuple[Drop, ...]:
        """Every passage that is not kept, in the order of the input, with the reason."""
        gone = np.flatnonzero(self.kept_for != np.arange(len(self.kept_for)))
        pairs = self.pair_columns.take(self.anchor_pair[gone])
        rows = zip(
            self._passages(gone),
            self._passages(self.kept_for[gone]),
            pairs.jaccard.tolist(),
            pairs.containment.tolist(),
            map(KINDS.__getitem__, pairs.kind.tolist()),
            strict=True,
        )
        return tuple(
            Drop(
                passage,
                kept,
                jaccard,
                containment,
                kind,
                reason_of(kind, jaccard, containment, kept.id, self.policy),
            )
            for passage, kept, jaccard, containment, kind in rows
        )

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The kept passages that others go for, each with those, in the order of the input."""
        gone = np.flatnonzero(self.kept_for != np.arange(len(self.kept_for)))
        kept = self.kept_for[gone]
        order = np.argsort(kept, kind="stable")
        first = np.flatnonzero(np.diff(kept[order], prepend=-1))
        drops = [self.drops[number] for number in order.tolist()]
        bounds = pairwise([*first.tolist(), len(drops)])
        return tuple(Cluster(drops[start].kept, tuple(drops[start:end])) for start, end in bounds)

    @cached_property
    def keep(self) -> tuple[Any, ...]:
        """The ids of the items to keep, in the order of the input: those that lose not all their passages.

        An item without any passage, as a blank text is, is kept: nothing else holds what it holds.
        """
        ids = self.items.ids
        lost = np.ones(len(ids), dtype=bool)
        lost[self.passage_columns.item[self.kept_for == np.arange(len(self.kept_for))]] = False
        lost &= np.bincount(self.passage_columns.item, minlength=len(ids)) > 0
        return tuple(ids[index] for index in np.flatnonzero(~lost).tolist())

    @cached_property
    def statistics(self) -> DuplicateStatistics:
        """Counts and rates: by kind, by site, and the sizes of the clusters."""
        return count_duplicates(self)

    def explain(self, pair: Pair) -> Explanation:
        """Align the two texts of a pair and give their differences, with spans in the items' texts."""
        left, right = self._text_of(pair.left, pair.left_span), self._text_of(pair.right, pair.right_span)
        return explain(left, right, left_start=pair.left_span[0], right_start=pair.right_span[0], fold=self.fold)

    def _text_of(self, wanted: Any, span: Span) -> str:
        return self.items.texts[self._item_of[wanted]][slice(*span)]

    @cached_property
    def _item_of(self) -> dict[Any, int]:
        return {name: number for number, name in enumerate(self.items.ids)}


def reason_of(kind: str, jaccard: float, containment: float, kept: Any, policy: Keep) -> str:
    """Say in words why a text goes for the sake of the one with the id ``kept``; ``kind`` is one of ``KINDS``."""
    why = "the given function prefers it" if callable(policy) else REASONS[policy]
    if policy == "longest" and kind in ("same", "folded"):
        why = "it is the first of equals by id"
    if kind == "same":
        return f"the same text as {kept!r}, which is kept because {why}"
    if kind == "folded":
        return f"the same text but for script, marks, blanks or spinning as {kept!r}, which is kept because {why}"
    if kind == "near":
        return f"{jaccard:.2f} of its shingles and the other's are common to both: {kept!r} is kept because {why}"
    return f"{containment:.2f} of the smaller text stands in the larger: {kept!r} is kept because {why}"
