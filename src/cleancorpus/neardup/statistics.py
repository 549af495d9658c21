"""Corpus statistics: how much of a corpus is duplicate, where, and in clusters of what size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.provenance import provenance
from cleancorpus.text import Positions

if TYPE_CHECKING:
    from cleancorpus.document import Document
    from cleancorpus.neardup.findings import DuplicateReport


NO_RULE = "none"
LARGEST = 20


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
class LargeCluster:
    """A passage that stands in many places: of which item (number and id), its span there, and its copies.

    ``size`` counts it and its copies, ``items`` and ``sites`` in how many of them they stand.
    """

    item: int
    id: Any
    span: tuple[int, int]
    size: int
    items: int
    sites: int


@dataclass(frozen=True)
class DuplicateStatistics:
    """Counts of one report.

    ``by_kind`` counts the drops by what made them (``same``, ``folded``, ``near``, ``contained``), ``by_site``
    gives the share dropped for every host (of Documents with an url), ``by_rule`` for the passages that each
    cleaning rule edited or flagged (of Documents that were cleaned; under ``NO_RULE`` those that none did), and
    ``cluster_sizes`` the number of clusters of each size, the kept passage included; ``largest`` are the ``LARGEST``
    clusters with most copies.
    """

    items: int
    pairs: int
    whole: Share
    by_kind: Mapping[str, int]
    by_site: Mapping[str, Share]
    by_rule: Mapping[str, Share]
    cluster_sizes: Mapping[int, int]
    largest: tuple[LargeCluster, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the statistics as plain JSON data."""
        return {
            "items": self.items,
            "pairs": self.pairs,
            **_share_to_dict(self.whole),
            "by_kind": dict(self.by_kind),
            "by_site": {site: _share_to_dict(share) for site, share in self.by_site.items()},
            "by_rule": {rule: _share_to_dict(share) for rule, share in self.by_rule.items()},
            "cluster_sizes": {str(size): count for size, count in self.cluster_sizes.items()},
            "largest": [{**vars(cluster), "span": list(cluster.span)} for cluster in self.largest],
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
    site_names, site = np.unique(sites_of(report.items.documents), return_inverse=True)
    origin = provenance(report.items.documents, columns.item, columns.start, columns.end)
    sizes, counts = np.unique(np.bincount(report.kept_for[gone], minlength=1), return_counts=True)
    everything = np.arange(count)
    by_site = _shares(gone, length, everything, site[columns.item] if count else everything, site_names.tolist())
    by_rule = _shares(gone, length, origin.passage, origin.rule, origin.rules)
    if by_rule:
        rest = np.setdiff1d(everything, origin.passage)
        by_rule |= _shares(gone, length, rest, np.zeros_like(rest), [NO_RULE])
    return DuplicateStatistics(
        items=len(report.items.ids),
        pairs=len(report.pair_columns),
        whole=_share(gone, length, everything),
        by_kind={name: int(kinds[index]) for index, name in enumerate(KINDS)},
        by_site={name: share for name, share in sorted(by_site.items()) if name},
        by_rule=dict(sorted(by_rule.items())),
        cluster_sizes={int(size) + 1: int(n) for size, n in zip(sizes, counts, strict=True) if size},
        largest=tuple(_largest(report, site_names[site])),
    )


def _largest(report: DuplicateReport, sites: NDArray[np.str_]) -> Iterator[LargeCluster]:
    """Give the largest clusters; ``sites`` has the site of each item."""
    columns, kept_for = report.passage_columns, report.kept_for
    sizes = np.bincount(kept_for)
    for kept in np.argsort(-sizes, kind="stable")[:LARGEST].tolist():
        if sizes[kept] < 2:
            return
        items = np.unique(columns.item[kept_for == kept])
        item, span = int(columns.item[kept]), (int(columns.start[kept]), int(columns.end[kept]))
        known = np.unique(sites[items])
        yield LargeCluster(item, report.items.ids[item], span, int(sizes[kept]), len(items), int((known != "").sum()))


def _shares(
    gone: NDArray[np.bool_], length: Positions, passage: Positions, label: Positions, names: Sequence[str]
) -> dict[str, Share]:
    """Give the share for each name; ``label`` says which name each of the passages counts for."""
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(len(names) + 1))
    parts = (passage[order[bounds[code] : bounds[code + 1]]] for code in range(len(names)))
    return {name: _share(gone, length, part) for name, part in zip(names, parts, strict=True) if len(part)}


def _share(gone: NDArray[np.bool_], length: Positions, passage: Positions) -> Share:
    lost = passage[gone[passage]]
    return Share(len(passage), len(lost), int(length[passage].sum()), int(length[lost].sum()))


def sites_of(documents: Sequence[Document | None]) -> list[str]:
    """Give the site of each document, empty where it is not known; what is no text in UTF-8 is replaced."""
    return ["" if document is None else document.site.encode("utf-8", "replace").decode() for document in documents]
