"""The search out of core: a corpus larger than memory, in steps that survive a crash.

The texts are folded, cut and signed once, a few million characters at a time (``reading``).  What is compared lies
in flat files, all else in DuckDB (``workspace``).  Then each band is read alone, its candidates are written down,
and these are verified in slices (``pairing``).  In memory are 100 bytes or so for each passage (its rank, its
equals, one band's keys), 50 for each pair, and DuckDB's own limit.  The result (``outcome``) is the one that
``near_duplicates`` gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleancorpus.neardup.items import Entry
from cleancorpus.neardup.outcome import count_outcome, write_outcome
from cleancorpus.neardup.pairing import find_pairs
from cleancorpus.neardup.ranking import Ranking
from cleancorpus.neardup.reading import Report, read_corpus
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.statistics import DuplicateStatistics
from cleancorpus.neardup.workspace import Workspace


@dataclass(frozen=True)
class CorpusDuplicates:
    """What an out-of-core search found, as files in its folder.

    ``pairs.parquet`` has every verified pair (``left``, ``right``: ids; ``left_start``, ``left_end``,
    ``right_start``, ``right_end``: spans in the texts; ``left_original_start`` and so on: those in the originals;
    ``jaccard``, ``containment``, ``kind``; ``decisive``: the right one goes because of the left one), the better
    kept passages first.  ``drops.parquet`` has every passage that is not kept, in the order of the input
    (``document``: the number of the item; ``id``, ``start``, ``end``, ``original_start``, ``original_end``), with the
    one that is kept for it (``kept_id``, ``kept_start``, ``kept_end``), how alike they are, the kind, and in ``whole``
    whether the item keeps no passage at all.  ``statistics`` counts them.
    """

    folder: Path
    items: int
    passages: int
    pairs: int
    dropped: int
    statistics: DuplicateStatistics

    @property
    def pairs_file(self) -> Path:
        """The Parquet file of pairs."""
        return self.folder / "pairs.parquet"

    @property
    def drops_file(self) -> Path:
        """The Parquet file of dropped passages."""
        return self.folder / "drops.parquet"


def dedup(
    items: Iterable[Entry],
    folder: str | Path,
    search: Search | None = None,
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    progress: Report | None = None,
) -> CorpusDuplicates:
    """Find the near-duplicates of a corpus that does not fit into memory, resuming where an earlier run ended.

    ``items`` are as for ``near_duplicates``, with strings for ids; to resume, the same items are given again in
    the same order, and those already read are passed over.  ``folder`` keeps the state and the result.
    ``memory_limit`` is DuckDB's; ``progress`` is called with a stage, how much of it is done, and how much there
    is, if that is known.  Raises ``InputError`` where the folder holds another search.
    """
    search = search or Search()
    report = progress or (lambda _stage, _done, _total: None)
    with Workspace(Path(folder), _settings(search), memory_limit, threads) as work:
        if not work.done("result"):
            read_corpus(work, items, search, report)
            ranking = Ranking.of(work, search)
            write_outcome(work, ranking, find_pairs(work, ranking, search, report), report)
        counts = {name: work.done(name) for name in ("items", "passages", "pairs", "dropped")}
        return CorpusDuplicates(Path(folder), **counts, statistics=count_outcome(work))


def _settings(search: Search) -> dict[str, Any]:
    """Give what must be the same for a search to be resumed; of a function, its name is all that can be known."""
    return {
        "signer": search.signer.name,
        "bands": [search.bands.bands, search.bands.rows],
        "threshold": search.threshold,
        "containment": search.containment,
        "unit": search.unit,
        "keep": search.keep if isinstance(search.keep, str) else getattr(search.keep, "__qualname__", "function"),
        "fold": sorted(search.fold),
    }
