"""Counts over a corpus: documents, rules, flags, encodings, scripts and sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cleancorpus.document import Document


@dataclass
class RuleCount:
    """What one rule did: edits made or flags raised, in how many documents, characters taken and put in."""

    why: str = ""
    edits: int = 0
    flags: int = 0
    documents: int = 0
    removed: int = 0
    added: int = 0


@dataclass
class SiteCount:
    """What came from one site and what was taken away, in documents and characters."""

    documents: int = 0
    characters: int = 0
    removed: int = 0

    @property
    def rate(self) -> float:
        """The share of the characters that was taken away, from 0 to 1."""
        return self.removed / self.characters if self.characters else 0.0


class Summary:
    """Counts what is added, one document after the other; memory grows with rules, sites and failures only."""

    def __init__(self, duplicates: Mapping[str, Any] | None = None) -> None:
        self.outcomes: Counter[str] = Counter()
        self.encodings: Counter[str] = Counter()
        self.scripts: Counter[str] = Counter()
        self.files: dict[str, Counter[str]] = {}
        self.rules: dict[str, RuleCount] = {}
        self.sites: dict[str, SiteCount] = {}
        self.failures: list[dict[str, Any]] = []
        self.dropped: list[dict[str, Any]] = []
        self.characters_in = self.characters_out = self.edits = self.flags = 0
        self._duplicates = dict(duplicates or {})

    @property
    def documents(self) -> int:
        """How many documents were added."""
        return self.outcomes.total()

    def add(self, document: Document, *, file: str, place: int | None, outcome: str, reason: str) -> None:
        """Count a document; ``outcome`` is ``kept``, ``dropped`` or ``failed``."""
        self.outcomes[outcome] += 1
        self.files.setdefault(file, Counter())[outcome] += 1
        told = {"id": document.id, "file": file, "place": place}
        if outcome == "failed":
            failure = document.failure
            self.failures.append({**told, **({} if failure is None else vars(failure))})
            return
        if outcome == "dropped":
            self.dropped.append({**told, "reason": reason})
        self.characters_in += len(document.original)
        self.characters_out += len(document.text) if outcome == "kept" else 0
        self.encodings[document.decoding.encoding if document.decoding else "text"] += 1
        self.scripts[document.script or "none"] += 1
        removed = self._count_edits(document)
        self._count_flags(document)
        self._count_site(document, removed)

    def _count_edits(self, document: Document) -> int:
        seen: set[str] = set()
        removed = 0
        for layer in document.history:
            edits = layer.edits
            self.edits += len(edits)
            size = len(edits.rules)
            counts = np.bincount(edits.rule, minlength=size)
            taken = np.bincount(edits.rule, weights=edits.end - edits.start, minlength=size)
            added = np.bincount(edits.rule, weights=edits.after.lengths, minlength=size)
            for code in np.flatnonzero(counts).tolist():
                rule = self._rule(edits.rules[code], document, seen)
                rule.edits += int(counts[code])
                rule.removed += int(taken[code])
                rule.added += int(added[code])
                removed += max(0, int(taken[code]) - int(added[code]))
        return removed

    def _count_flags(self, document: Document) -> None:
        seen: set[str] = set()
        for flag in document.flags:
            self._rule(flag.rule, document, seen).flags += 1
            self.flags += 1

    def _rule(self, id: str, document: Document, seen: set[str]) -> RuleCount:
        rule = self.rules.setdefault(id, RuleCount(document.reasons.get(id, "")))
        if id not in seen:
            seen.add(id)
            rule.documents += 1
        return rule

    def _count_site(self, document: Document, removed: int) -> None:
        host = document.site
        if host:
            site = self.sites.setdefault(host, SiteCount())
            site.documents += 1
            site.characters += len(document.original)
            site.removed += removed

    def of_file(self, name: str) -> dict[str, int]:
        """Give how many documents of one input were kept, dropped and failed."""
        counts = self.files.get(name, Counter())
        return {outcome: counts[outcome] for outcome in ("kept", "dropped", "failed")}

    def to_dict(self) -> dict[str, Any]:
        """Give all counts as JSON data, in an order that does not depend on that of the documents."""
        by_count = sorted(self.rules.items(), key=lambda item: (-item[1].edits, -item[1].flags, item[0]))
        by_size = sorted(self.sites.items(), key=lambda item: (-item[1].characters, item[0]))
        return {
            "counts": {
                "in": self.documents,
                **{outcome: self.outcomes[outcome] for outcome in ("kept", "dropped", "failed")},
                "characters_in": self.characters_in,
                "characters_out": self.characters_out,
                "edits": self.edits,
                "flags": self.flags,
            },
            "rules": {id: vars(rule) for id, rule in by_count},
            "encodings": _ordered(self.encodings),
            "scripts": _ordered(self.scripts),
            "sites": {host: {**vars(site), "rate": site.rate} for host, site in by_size},
            "duplicates": self._duplicates,
            "dropped": self.dropped,
            "failures": self.failures,
        }


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
