"""Near-duplicate passages and documents: found, verified, explained, clustered."""

from __future__ import annotations

from cleancorpus.neardup.corpus import CorpusDuplicates, dedup
from cleancorpus.neardup.exact import exact_duplicates
from cleancorpus.neardup.explain import Difference, Explanation, explain
from cleancorpus.neardup.findings import Cluster, Drop, DuplicateReport, Pair, Passage
from cleancorpus.neardup.index import DuplicateIndex, Match
from cleancorpus.neardup.search import Search, near_duplicates
from cleancorpus.neardup.view import FOLD_PARTS

__all__ = [
    "FOLD_PARTS",
    "Cluster",
    "CorpusDuplicates",
    "Difference",
    "Drop",
    "DuplicateIndex",
    "DuplicateReport",
    "Explanation",
    "Match",
    "Pair",
    "Passage",
    "Search",
    "dedup",
    "exact_duplicates",
    "explain",
    "near_duplicates",
]
