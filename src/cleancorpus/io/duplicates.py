"""Near-duplicates of a run: found among the clean texts, told with their places in the originals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from cleancorpus.document import Document, Flag
from cleancorpus.errors import SettingsError
from cleancorpus.io.record import Recorded
from cleancorpus.neardup import DuplicateReport, near_duplicates
from cleancorpus.neardup.findings import Passage
from cleancorpus.rules import Rule

Policy = Literal["mark", "drop", "ignore"]
POLICIES: tuple[Policy, ...] = ("mark", "drop", "ignore")

SEEN_ELSEWHERE = "neardup.seen-elsewhere"
RULES = (
    Rule(
        id=SEEN_ELSEWHERE,
        why="The passage, or nearly the same one, stands in another place too, and that copy is the one to keep.",
        safety="flag",
        family="near-duplicates",
    ),
)

# Each changed character changes five shingles of five: a passage with 5 % of its characters changed shares about
# .95 ** 5 of them with its copy, which is a Jaccard similarity of .63; the copy is to be found with some to spare.
THRESHOLD = 0.5

_Place = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True)
class DuplicateSearch:
    """What a run does about near-duplicates.

    ``policy`` is ``mark`` (flag them), ``drop`` (leave out documents that have nothing of their own) or
    ``ignore``; ``threshold`` and ``unit`` are those of ``near_duplicates``.  Raises ``SettingsError``.
    """

    policy: Policy = "mark"
    threshold: float = THRESHOLD
    unit: str = "passage"

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise SettingsError(f"duplicates is {self.policy!r}; it may be {', '.join(POLICIES)}")

    def find(self, documents: Iterable[Document]) -> DuplicateReport:
        """Search clean documents, whose ids are all different."""
        return near_duplicates(documents, threshold=self.threshold, unit=self.unit)


@dataclass(frozen=True)
class Duplicates:
    """The findings of a search, by id: ``flags`` for what is a copy, ``dropped`` with the reason, and all pairs."""

    pairs: tuple[dict[str, Any], ...] = ()
    flags: Mapping[str, tuple[Flag, ...]] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)
    statistics: Mapping[str, Any] = field(default_factory=dict)


def told_in_originals(report: DuplicateReport, records: Iterable[tuple[str, Recorded]], policy: Policy) -> Duplicates:
    """Give the findings with places in the originals; ``records`` are those of all documents, by id."""
    places = _original_places(report, records)

    def original(passage: Passage) -> tuple[int, int]:
        return places[(passage.id, *passage.span)]

    flags: dict[str, list[Flag]] = {}
    reasons: dict[str, str] = {}
    decisive = set()
    for drop in report.drops:
        id = drop.passage.id
        flags.setdefault(id, []).append(Flag(*original(drop.passage), SEEN_ELSEWHERE, drop.reason, drop.jaccard))
        reasons.setdefault(id, drop.reason)
        decisive.add((_place(drop.kept), _place(drop.passage)))
    kept = set(report.keep)
    pairs = []
    for pair in report.pairs:
        left, right = (pair.left, *pair.left_span), (pair.right, *pair.right_span)
        pairs.append(
            {
                "left": pair.left,
                "right": pair.right,
                "jaccard": pair.jaccard,
                "containment": pair.containment,
                "kind": pair.kind,
                "decisive": (left, right) in decisive,
                "left_span": list(pair.left_span),
                "right_span": list(pair.right_span),
                "left_original": list(places[left]),
                "right_original": list(places[right]),
            }
        )
    return Duplicates(
        tuple(pairs),
        {id: tuple(sorted(found)) for id, found in flags.items()},
        {id: reasons[id] for id in reasons if id not in kept} if policy == "drop" else {},
        report.statistics.to_dict(),
    )


def _place(passage: Passage) -> _Place:
    return (passage.id, *passage.span)


def _original_places(report: DuplicateReport, records: Iterable[tuple[str, Recorded]]) -> dict[_Place, tuple[int, int]]:
    """Map every passage that was found to its original; one pass over the records."""
    wanted: dict[str, set[tuple[int, int]]] = {}
    for id, span in _passages(report):
        wanted.setdefault(id, set()).add(span)
    places: dict[_Place, tuple[int, int]] = {}
    if not wanted:
        return places
    for id, record in records:
        spans = sorted(wanted.get(id, ()))
        if spans:
            start, end = (np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1))
            first, last = record.spans_to_original(start, end)
            found = zip(first.tolist(), last.tolist(), strict=True)
            places.update({(id, *span): place for span, place in zip(spans, found, strict=True)})
    return places


def _passages(report: DuplicateReport) -> Iterator[tuple[str, tuple[int, int]]]:
    for pair in report.pairs:
        yield pair.left, pair.left_span
        yield pair.right, pair.right_span
