"""The search out of core: a corpus larger than memory, in steps that survive a crash.

The texts are folded, cut and signed once, a few million characters at a time.  What is compared lies in a
flat file, the band keys as signed 64-bit columns in DuckDB.  Then each band is read alone, its candidates are
written down, and these are verified in slices.  In memory are 100 bytes or so for each passage (its rank, its
equals, one band's keys) and DuckDB's own limit.  The result is the one that ``near_duplicates`` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.document import Document
from cleancorpus.errors import CleancorpusError, InputError, SettingsError
from cleancorpus.neardup.candidates import CROWD, key_runs, pairs_in_runs
from cleancorpus.neardup.clusters import anchors
from cleancorpus.neardup.comparison import band_keys, compare_texts, join
from cleancorpus.neardup.findings import FOLDED, KINDS, NEAR, SAME, PairColumns
from cleancorpus.neardup.keep import keep_order
from cleancorpus.neardup.search import ROUNDS, Search, first_of_equals, read_items, with_equals
from cleancorpus.neardup.shingles import fingerprints, sorted_distinct
from cleancorpus.neardup.verify import likeness
from cleancorpus.neardup.workspace import Workspace
from cleancorpus.text import Positions, TextBatch

_BATCH_ITEMS = 20_000
_BATCH_CHARACTERS = 4_000_000
_SLICE = 50_000  # candidates verified in one step, at most
_SLICE_CHARACTERS = 32_000_000  # and characters of their texts
_BAND_PART = 16_000_000  # keys of a band sorted at a time

Report = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class CorpusDuplicates:
    """What an out-of-core search found, as files in its folder.

    ``pairs.parquet`` has every verified pair (``left``, ``right``: ids; ``left_start``, ``left_end``,
    ``right_start``, ``right_end``: spans in the texts; ``jaccard``, ``containment``, ``kind``), the better kept
    passages first; ``drops.parquet`` has every passage that is not kept (``id``, ``start``, ``end``) with the
    one that is kept for it (``kept_id``, ``kept_start``, ``kept_end``), how alike they are, and the kind.
    """

    folder: Path
    items: int
    passages: int
    pairs: int
    dropped: int

    @property
    def pairs_file(self) -> Path:
        """The Parquet file of pairs."""
        return self.folder / "pairs.parquet"

    @property
    def drops_file(self) -> Path:
        """The Parquet file of dropped passages."""
        return self.folder / "drops.parquet"


def dedup(
    items: Iterable[Any],
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
    is, if that is known.  Raises ``InputError`` where the folder holds another search, and ``SettingsError``
    for a search by containment, which needs the whole corpus at once.
    """
    search = search or Search()
    if search.containment is not None:
        raise SettingsError("containment is not searched for out of core")
    report = progress or (lambda _stage, _done, _total: None)
    with Workspace(Path(folder), _settings(search), memory_limit, threads) as work:
        if not work.done("result"):
            _ingest(work, items, search, report)
            ranking = _Ranking.of(work, search)
            pairs = _find_pairs(work, ranking, search, report)
            _write_result(work, ranking, pairs, report)
        counts = {name: work.done(name) for name in ("items", "passages", "pairs", "dropped")}
    return CorpusDuplicates(Path(folder), **counts)


def _settings(search: Search) -> dict[str, Any]:
    """Give what must be the same for a search to be resumed; of a function, its name is all that can be known."""
    return {
        "signer": search.signer.name,
        "bands": [search.bands.bands, search.bands.rows],
        "threshold": search.threshold,
        "unit": search.unit,
        "keep": search.keep if isinstance(search.keep, str) else getattr(search.keep, "__qualname__", "function"),
        "fold": sorted(search.fold),
    }


# -- reading ----------------------------------------------------------------------------------------


def _ingest(work: Workspace, items: Iterable[Any], search: Search, report: Report) -> None:
    if work.done("read"):
        return
    done = work.done("items")
    rest = iter(items)
    passed = sum(1 for _ in islice(rest, done))
    if passed < done:
        raise InputError(f"the search had read {done} items, but only {passed} were given to resume it")
    for batch in _batches(rest):
        _ingest_batch(work, batch, search)
        report("read", work.done("items"), None)
    with work.step(read=1):
        pass


def _batches(items: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    characters = 0
    for item in items:
        batch.append(item)
        text = item[1] if isinstance(item, tuple) and len(item) == 2 else item
        characters += len(text.text if isinstance(text, Document) else text)
        if len(batch) >= _BATCH_ITEMS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _ingest_batch(work: Workspace, batch: list[Any], search: Search) -> None:
    known = read_items(batch)
    items, passages = work.done("items"), work.done("passages")
    compared = join(compare_texts(known.texts, search.unit, search.fold))
    count = len(compared)
    number = np.arange(passages, passages + count)
    rows = list(zip(compared.document.tolist(), compared.start.tolist(), compared.end.tolist(), strict=True))
    plain = [known.texts[item][start:end] for item, start, end in rows]
    columns = {
        "number": number,
        "document": compared.document + items,
        "start": compared.start,
        "stop": compared.end,
        "length": compared.view.lengths,
        "faults": compared.faults,
        "print": compared.prints[:, 0].view(np.int64),
        "print_2": compared.prints[:, 1].view(np.int64),
        "source_print": fingerprints(TextBatch.from_texts(plain))[:, 0].view(np.int64),
        "score": np.zeros(count),
    }
    if callable(search.keep):
        scores = [search.keep(known.ids[item], text) for (item, _, _), text in zip(rows, plain, strict=True)]
        columns["score"] = np.array(scores, dtype=np.float64)
    keys = band_keys(compared.view, np.arange(count), search.signer, search.bands)
    # An item without an id has its number in the batch for one; here it takes that in the corpus.
    unnamed = [not isinstance(item, tuple) and known.ids[row] == row for row, item in enumerate(batch)]
    names = [str(items + row) if unnamed[row] else str(name) for row, name in enumerate(known.ids)]
    work.append_views(compared.view.codepoints)
    work.append_keys(keys)
    views, at = work.done("views") + len(compared.view.codepoints), work.done("keys")
    with work.step(items=items + len(batch), passages=passages + count, views=views, keys=at + keys.size):
        work.insert("documents", {"document": np.arange(items, items + len(batch)), "id": names})
        work.insert("passages", columns)
        work.insert("blocks", {"first": np.array([at]), "count": np.array([count])})


# -- ranking ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Ranking:
    """The passages in the order in which they would be kept, and where the folded text of each lies.

    ``order`` gives the number of each rank, ``equal_to`` the first rank with an equal text, ``distinct`` the
    ranks that are first; ``view_start`` and ``view_length`` belong to numbers.  All are ``int64``.
    """

    order: Positions
    equal_to: Positions
    distinct: Positions
    view_start: Positions
    view_length: Positions

    @classmethod
    def of(cls, work: Workspace, search: Search) -> _Ranking:
        if not work.done("passages"):
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none, none, none)
        length, faults, first, second, score = work.columns(
            "SELECT length, faults, print, print_2, score FROM passages ORDER BY number"
        )
        place = np.arange(len(length), dtype=np.int64)
        if search.keep != "earliest":
            (sorted_by_id,) = work.columns(
                "SELECT number FROM passages JOIN documents USING (document) ORDER BY id, document, start"
            )
            place[sorted_by_id] = np.arange(len(length))
        scores = score if callable(search.keep) else None
        order = keep_order(search.keep, length=length, faults=faults, place=place, scores=scores)
        prints = np.stack([first, second], axis=1).view(np.uint64)
        equal_to = first_of_equals(prints[order])
        distinct = np.flatnonzero(equal_to == np.arange(len(order)))
        return cls(order, equal_to, distinct, np.cumsum(length) - length, length)


# -- candidates and pairs ---------------------------------------------------------------------------


def _find_pairs(work: Workspace, ranking: _Ranking, search: Search, report: Report) -> PairColumns:
    """Search among all different passages, then again among those of crowds that would be kept."""
    count = len(ranking.distinct)
    chosen = np.arange(count)
    pairs = _verified_so_far(work)
    for turn in range(ROUNDS + 1):
        known = len(pairs)
        _collect_candidates(work, ranking, chosen, turn, search, report)
        _verify_candidates(work, ranking, turn, search, report)
        pairs = _verified_so_far(work)
        if not work.done("crowded") or (turn and len(pairs) == known):
            break
        chosen = sorted_distinct(anchors(count, pairs.left, pairs.right, pairs.jaccard))
    return pairs


def _verified_so_far(work: Workspace) -> PairColumns:
    left, right, jaccard, containment = work.columns('SELECT DISTINCT * FROM verified ORDER BY "left", "right"')
    return PairColumns(left, right, jaccard, containment, np.full(len(left), NEAR, dtype=np.int8))


def _collect_candidates(
    work: Workspace, ranking: _Ranking, chosen: Positions, turn: int, search: Search, report: Report
) -> None:
    """Write down, band by band, the pairs of chosen distinct passages that share a key."""
    count = len(ranking.distinct)
    numbers = ranking.order[ranking.distinct]
    stage = f"bands_{turn}"
    for band in range(work.done(stage), search.bands.bands if count else 0):
        keys = work.read_band(band)[numbers]
        crowded = work.done("crowded")
        with work.step(**{stage: band + 1}):
            for members in _key_ranges(keys, chosen):
                rows, start, length = key_runs(keys[members])
                left, right = pairs_in_runs(members[rows], start, length)
                crowded = crowded or int((length > CROWD + 1).any())
                pairs = sorted_distinct(left * count + right)
                work.insert("candidates", {"round": np.full(len(pairs), turn, dtype=np.int32), "pair": pairs})
            if crowded and not turn:
                work.connection.execute("INSERT OR REPLACE INTO progress VALUES ('crowded', 1)").fetchall()
        report("bands", band + 1, search.bands.bands)


def _key_ranges(keys: NDArray[np.int64], chosen: Positions) -> Iterator[Positions]:
    """Give the chosen places by ranges of their keys, which are spread evenly, so that few are sorted at a time."""
    parts = 1 + len(chosen) // _BAND_PART
    borders = [-(2**63) + 2**64 * part // parts for part in range(1, parts)]
    which = np.searchsorted(np.array(borders, dtype=np.int64), keys[chosen], side="right") if borders else None
    for part in range(parts):
        yield chosen if which is None else chosen[which == part]


def _verify_candidates(work: Workspace, ranking: _Ranking, turn: int, search: Search, report: Report) -> None:
    """Compare the candidates of one round exactly, a slice at a time, and keep those alike enough."""
    count = max(len(ranking.distinct), 1)
    stage = f"verified_{turn}"
    (todo,) = work.columns(f"SELECT DISTINCT pair FROM candidates WHERE round = {turn} ORDER BY pair")
    numbers = ranking.order[ranking.distinct]
    lengths = ranking.view_length[numbers]
    reach = np.cumsum(lengths[todo // count] + lengths[todo % count])
    for first, last in _slices(reach, work.done(stage)):
        left, right = todo[first:last] // count, todo[first:last] % count
        needed, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        number = numbers[needed]
        views = work.read_views(ranking.view_start[number], ranking.view_length[number])
        found = likeness(views, places[: len(left)], places[len(left) :], search.shingle)
        near = found.jaccard >= search.threshold
        with work.step(**{stage: last}):
            columns = {"left": left, "right": right, "jaccard": found.jaccard, "containment": found.containment}
            work.insert("verified", {name: column[near] for name, column in columns.items()})
        report("verify", last, len(todo))


def _slices(reach: Positions, first: int) -> Iterator[tuple[int, int]]:
    """Cut pairs into slices from the first on; ``reach`` adds up the characters of their texts."""
    while first < len(reach):
        spent = int(reach[first - 1]) if first else 0
        fitting = int(np.searchsorted(reach, spent + _SLICE_CHARACTERS, side="right"))
        last = min(first + _SLICE, max(first + 1, fitting))
        yield first, last
        first = last


# -- the result -------------------------------------------------------------------------------------

_PLACES = """
    SELECT number, id, start, stop, source_print FROM passages JOIN documents USING (document)
"""
_PAIRS = f"""
    SELECT l.id AS "left", r.id AS "right", l.start AS left_start, l.stop AS left_end,
           r.start AS right_start, r.stop AS right_end, jaccard, containment,
           CASE WHEN kind = {FOLDED} AND l.source_print = r.source_print THEN '{KINDS[SAME]}'
                WHEN kind = {FOLDED} THEN '{KINDS[FOLDED]}' ELSE '{KINDS[NEAR]}' END AS kind
    FROM found JOIN ({_PLACES}) l ON l.number = found."left" JOIN ({_PLACES}) r ON r.number = found."right"
    ORDER BY row
"""
_DROPS = f"""
    SELECT r.id AS id, r.start AS start, r.stop AS "end", l.id AS kept_id, l.start AS kept_start,
           l.stop AS kept_end, jaccard, containment,
           CASE WHEN kind = {FOLDED} AND l.source_print = r.source_print THEN '{KINDS[SAME]}'
                WHEN kind = {FOLDED} THEN '{KINDS[FOLDED]}' ELSE '{KINDS[NEAR]}' END AS kind
    FROM found JOIN ({_PLACES}) l ON l.number = found."left" JOIN ({_PLACES}) r ON r.number = found."right"
    WHERE drops ORDER BY row
"""


def _write_result(work: Workspace, ranking: _Ranking, pairs: PairColumns, report: Report) -> None:
    """Choose what is kept and write pairs and drops; each file gets its name when it is whole."""
    distinct = ranking.distinct
    kept = distinct[anchors(len(distinct), pairs.left, pairs.right, pairs.jaccard)]
    kept = kept[np.searchsorted(distinct, ranking.equal_to)] if len(distinct) else distinct
    named = PairColumns(distinct[pairs.left], distinct[pairs.right], pairs.jaccard, pairs.containment, pairs.kind)
    all_pairs = with_equals(named, ranking.equal_to)
    drops = kept[all_pairs.right] == all_pairs.left
    work.connection.execute("DROP TABLE IF EXISTS found").fetchall()
    with work.step(pairs=len(all_pairs), dropped=int(drops.sum())):
        columns = {
            "row": np.arange(len(all_pairs)),
            "left": ranking.order[all_pairs.left],
            "right": ranking.order[all_pairs.right],
            "jaccard": all_pairs.jaccard,
            "containment": all_pairs.containment,
            "kind": all_pairs.kind,
            "drops": drops,
        }
        work.insert("found", columns)
    for query, name, count in ((_PAIRS, "pairs", len(all_pairs)), (_DROPS, "drops", int(drops.sum()))):
        target, unfinished = work.folder / f"{name}.parquet", work.folder / f"{name}.unfinished"
        copy = f"COPY ({query}) TO '{_quoted(unfinished)}' (FORMAT parquet, COMPRESSION zstd)"
        ((written,),) = work.connection.execute(copy).fetchall()
        if written != count:
            raise CleancorpusError(f"{written} of {count} {name} were written to {unfinished}")
        unfinished.replace(target)
        report(name, count, count)
    with work.step(result=1):
        pass


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
