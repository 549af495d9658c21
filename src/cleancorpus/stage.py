"""What a stage is: it reads a batch and proposes edits, flags and metadata, and never changes text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits
from cleancorpus.rules import Rule
from cleancorpus.text import Positions, TextBatch, flat_ranges


class Flags:
    """Findings that change nothing, as columns: spans of a batch, the rule, a score and the reason.

    ``start`` and ``end`` (``int64[M]``) are code points of the batch, ``rule`` (``int32[M]``) an index into
    ``rules``, ``score`` (``float32[M]``) the rule's own measure, ``reason`` a text for people.
    Flags may overlap; they are kept in the order of their start.
    """

    __slots__ = ("end", "reason", "rule", "rules", "score", "start")

    def __init__(
        self,
        start: Positions,
        end: Positions,
        rule: NDArray[np.int32],
        rules: Sequence[str],
        score: NDArray[np.float32],
        reason: Sequence[str],
    ) -> None:
        order = np.lexsort((end, start))
        self.start: Positions = np.asarray(start, dtype=np.int64)[order]
        self.end: Positions = np.asarray(end, dtype=np.int64)[order]
        self.rule: NDArray[np.int32] = np.asarray(rule, dtype=np.int32)[order]
        self.rules: tuple[str, ...] = tuple(rules)
        self.score: NDArray[np.float32] = np.asarray(score, dtype=np.float32)[order]
        self.reason: tuple[str, ...] = tuple(reason[index] for index in order.tolist())

    @classmethod
    def empty(cls) -> Flags:
        """Give no flags."""
        return _NO_FLAGS

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, str, str, float]]) -> Flags:
        """Make flags from rows ``(start, end, rule id, reason, score)`` in any order."""
        listed = list(rows)
        if not listed:
            return _NO_FLAGS
        rules = tuple(dict.fromkeys(row[2] for row in listed))
        number = {name: index for index, name in enumerate(rules)}
        return cls(
            np.array([row[0] for row in listed], dtype=np.int64),
            np.array([row[1] for row in listed], dtype=np.int64),
            np.array([number[row[2]] for row in listed], dtype=np.int32),
            rules,
            np.array([row[4] for row in listed], dtype=np.float32),
            [row[3] for row in listed],
        )

    @classmethod
    def union(cls, parts: Iterable[Flags]) -> Flags:
        """Join the flags of several stages over one batch."""
        return cls.of(row for part in parts if len(part) for row in part.rows())

    def __len__(self) -> int:
        return len(self.start)

    def rows(self) -> list[tuple[int, int, str, str, float]]:
        """Give rows ``(start, end, rule id, reason, score)``."""
        names = [self.rules[index] for index in self.rule.tolist()]
        return list(zip(self.start.tolist(), self.end.tolist(), names, self.reason, self.score.tolist(), strict=True))


_NOWHERE = np.zeros(0, dtype=np.int64)
_NO_FLAGS = Flags(_NOWHERE, _NOWHERE, np.zeros(0, dtype=np.int32), (), np.zeros(0, dtype=np.float32), ())


class Field(NamedTuple):
    """One piece of metadata found in a batch: its text's number, key and value, and where it stands."""

    document: int
    key: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Hints:
    """What the source of a text knew about its parts: the blocks of an HTML page, as columns.

    ``start`` and ``end`` (``int64[B]``) are code points of the batch, in order; ``link_density``
    (``float32[B]``) is the share of a block's characters that stand in links; ``tag`` (``int32[B]``) is an
    index into ``tags``, the tag paths.  ``around`` (``int32[B, A]``) numbers the elements around a block within
    its text, from the innermost, 0 where there are no more.
    """

    start: Positions
    end: Positions
    link_density: NDArray[np.float32]
    tag: NDArray[np.int32]
    tags: tuple[str, ...]
    around: NDArray[np.int32]

    @classmethod
    def concatenate(cls, parts: Sequence[tuple[Hints, int]]) -> Hints:
        """Join the hints of several texts, each moved to where its text begins."""
        tags = tuple(dict.fromkeys(name for part, _ in parts for name in part.tags))
        number = {name: index for index, name in enumerate(tags)}
        renumbered = [np.array([number[name] for name in part.tags], dtype=np.int32)[part.tag] for part, _ in parts]
        return cls(
            np.concatenate([part.start + origin for part, origin in parts]),
            np.concatenate([part.end + origin for part, origin in parts]),
            np.concatenate([part.link_density for part, _ in parts]),
            np.concatenate(renumbered),
            tags,
            np.concatenate([part.around for part, _ in parts]),
        )

    def through(self, edits: Edits) -> Hints:
        """Give the hints at their places in the edited batch."""
        return replace(self, start=edits.to_new(self.start), end=edits.to_new(self.end))

    def take(self, batch: TextBatch, documents: Positions) -> Hints:
        """Give the hints of the chosen texts, at their places in ``batch.take(documents)``."""
        first = np.searchsorted(self.start, batch.offsets[documents], side="left")
        last = np.searchsorted(self.start, batch.offsets[documents + 1], side="left")
        chosen = flat_ranges(first, last - first)
        length = batch.lengths[documents]
        shift = np.repeat(np.cumsum(length) - length - batch.offsets[documents], last - first)
        return Hints(
            self.start[chosen] + shift,
            self.end[chosen] + shift,
            self.link_density[chosen],
            self.tag[chosen],
            self.tags,
            self.around[chosen],
        )


@dataclass(frozen=True)
class Context:
    """What is known about the texts of a batch beside their characters.

    ``hints`` are the blocks of HTML pages; ``hosts`` names each text's site, for learned templates.
    """

    hints: Hints | None = None
    hosts: tuple[str | None, ...] | None = None

    def through(self, edits: Edits) -> Context:
        """Give the context of the edited batch."""
        return self if self.hints is None else replace(self, hints=self.hints.through(edits))

    def take(self, batch: TextBatch, documents: Positions) -> Context:
        """Give the context of ``batch.take(documents)``."""
        hints = None if self.hints is None else self.hints.take(batch, documents)
        hosts = None if self.hosts is None else tuple(self.hosts[index] for index in documents.tolist())
        return Context(hints, hosts)


@dataclass(frozen=True)
class Proposal:
    """What a stage asks for: edits to make, flags to raise, metadata to note."""

    edits: Edits = field(default_factory=Edits.empty)
    flags: Flags = field(default_factory=Flags.empty)
    fields: tuple[Field, ...] = ()


class Stage(Protocol):
    """One step of the cleaning: reads a batch, proposes, and never changes text."""

    @property
    def name(self) -> str:
        """The stage's name, as it stands in records."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules that the stage may name in a proposal."""

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        """Give what this stage would do to ``batch``; equal batches get equal proposals."""
