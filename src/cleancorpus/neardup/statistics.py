"""Corpus statistics: how much of a corpus is duplicate, where, and in clusters of what size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

if TYPE_CHECKING:
    from cleancorpus.neardup.findings import DuplicateReport


@dataclass(frozen=True)
class Share:
    """Of ``passages`` with ``characters``, so many were dropped."""

    passages: int
    dropped: int
    characters: int
    dropped_characters: int

    @property
    def rate(self) -> float:
        """The share of the characters that was dropped, from 0 to 1."""
        return self.dropped_characters / self.characters if self.characters else 0.0


@dataclass(frozen=True)
class DuplicateStatistics:
    """Counts of one report.

    ``by_kind`` counts the drops by what made them (``same``, ``folded``, ``near``, ``contained``), ``by_site``
    gives the share dropped for every host (of Documents with an url), ``cluster_sizes`` the number of clusters
    of each size, the kept passage included.
    """

    items: int
    pairs: int
    whole: Share
    by_kind: Mapping[str, int]
    by_site: Mapping[str, Share]
    cluster_sizes: Mapping[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Give the statistics as plain JSON data."""
        return {
            "items": self.items,
            "pairs": self.pairs,
            **_share_to_dict(self.whole),
            "by_kind": dict(self.by_kind),
            "by_site": {site: _share_to_dict(share) for site, share in self.by_site.items()},
            "cluster_sizes": {str(size): count for size, count in self.cluster_sizes.items()},
        }


def _share_to_dict(share: Share) -> dict[str, Any]:
    return {
        "passages": share.passages,
        "dropped": share.dropped,
        "characters": share.characters,
        "dropped_characters": share.dropped_characters,
        "rate": share.rate,
    }


def count_duplicates(report: DuplicateReport) -> DuplicateStatistics:
    """Count what a report holds."""
    from cleancorpus.neardup.findings import KINDS

    columns = report.passage_columns
    count = len(columns.item)
    gone = report.kept_for != np.arange(count)
    length = columns.end - columns.start
    kinds = np.bincount(report.pair_columns.kind[report.anchor_pair[gone]], minlength=len(KINDS))
    sites = [_site(document) for document in report.items.documents]
    names = sorted({site for site in sites if site})
    number = {name: index for index, name in enumerate(names)}
    site = np.array([number.get(name, -1) for name in sites], dtype=np.int64)[columns.item]
    by_site = {name: _share(gone, length, site == index) for index, name in enumerate(names)}
    sizes, counts = np.unique(np.bincount(report.kept_for[gone], minlength=1), return_counts=True)
    return DuplicateStatistics(
        items=len(report.items.ids),
        pairs=len(report.pair_columns),
        whole=_share(gone, length, np.ones(count, dtype=bool)),
        by_kind={name: int(kinds[index]) for index, name in enumerate(KINDS)},
        by_site=by_site,
        cluster_sizes={int(size) + 1: int(n) for size, n in zip(sizes, counts, strict=True) if size},
    )


def _share(gone: Any, length: Any, chosen: Any) -> Share:
    return Share(
        int(chosen.sum()),
        int((gone & chosen).sum()),
        int(length[chosen].sum()),
        int(length[gone & chosen].sum()),
    )


def _site(document: Any) -> str:
    url = getattr(document, "url", None)
    return (urlsplit(url).hostname or "") if url else ""
