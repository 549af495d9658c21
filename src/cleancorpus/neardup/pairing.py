"""The middle steps out of core: candidates are written down band by band, and verified a slice at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.candidates import CROWD, key_runs, pairs_in_runs
from cleancorpus.neardup.containment import hits, needed_hits
from cleancorpus.neardup.findings import PairColumns
from cleancorpus.neardup.ranking import Ranking
from cleancorpus.neardup.reading import Report
from cleancorpus.neardup.search import ROUNDS, Search, alike_enough, kept_among
from cleancorpus.neardup.shingles import sorted_distinct
from cleancorpus.neardup.workspace import Workspace
from cleancorpus.text import Positions, runs_within

_SLICE = 32_000_000  # characters of the candidates that are verified in one step, at most
_LEAST = 640  # for so many a pair counts at least: a step has no more than 50,000 pairs
_BAND_PART = 16_000_000  # keys of a band sorted at a time
_SAMPLE_PART = 4_000_000  # sampled shingles whose holders are paired at a time


def find_pairs(work: Workspace, ranking: Ranking, search: Search, report: Report) -> PairColumns:
    """Search among all different passages, then again among those of crowds that would be kept."""
    count = len(ranking.distinct)
    chosen = np.arange(count)
    if search.containment is not None:
        _collect_containing(work, ranking, search, report)
    pairs = _verified_so_far(work)
    for turn in range(ROUNDS + 1):
        known = len(pairs)
        _collect_candidates(work, ranking, chosen, turn, search, report)
        _verify_candidates(work, ranking, turn, search, report)
        pairs = _verified_so_far(work)
        if not work.done("crowded") or (turn and len(pairs) == known):
            break
        chosen = sorted_distinct(kept_among(pairs, ranking.view_length[ranking.numbers]))
    return pairs


def _verified_so_far(work: Workspace) -> PairColumns:
    left, right, jaccard, containment, kind = work.columns('SELECT DISTINCT * FROM verified ORDER BY "left", "right"')
    return PairColumns(left, right, jaccard, containment, kind.astype(np.int8))


# -- candidates -------------------------------------------------------------------------------------


def _collect_candidates(
    work: Workspace, ranking: Ranking, chosen: Positions, turn: int, search: Search, report: Report
) -> None:
    """Write down, band by band, the pairs of chosen distinct passages that share a key."""
    count = len(ranking.distinct)
    numbers = ranking.numbers
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


def _collect_containing(work: Workspace, ranking: Ranking, search: Search, report: Report) -> None:
    """Write down the pairs of which one text may contain the other, by ranges of the sampled hashes."""
    assert search.containment is not None
    count, places = max(len(ranking.distinct), 1), ranking.places
    sizes = ranking.sampled[ranking.numbers]
    ranges = work.sample_ranges(_SAMPLE_PART)
    for number in range(work.done("hits"), len(ranges)):
        hashes, owner, probe = work.read_samples(*ranges[number])
        chosen = places[owner] >= 0
        left, right = hits(hashes[chosen], places[owner[chosen]], probe[chosen], sizes)
        columns = {"pair": left * count + right, "needed": needed_hits(left, right, sizes, search.containment)}
        with work.step(hits=number + 1):
            work.insert("hits", columns)
        report("containment", number + 1, len(ranges))
    if not work.done("containing"):
        with work.step(containing=1) as connection:
            connection.execute("""
                INSERT INTO candidates
                SELECT 0, pair FROM hits GROUP BY pair HAVING count(*) >= any_value(needed)
            """).fetchall()
            connection.execute("DELETE FROM hits").fetchall()


# -- verification -----------------------------------------------------------------------------------


def _verify_candidates(work: Workspace, ranking: Ranking, turn: int, search: Search, report: Report) -> None:
    """Compare the candidates of one round exactly, a slice at a time, and keep those alike enough."""
    count = max(len(ranking.distinct), 1)
    stage = f"verified_{turn}"
    (todo,) = work.columns(f"SELECT DISTINCT pair FROM candidates WHERE round = {turn} ORDER BY pair")
    numbers = ranking.numbers
    lengths = ranking.view_length[numbers]
    done = work.done(stage)
    costs = np.maximum(lengths[todo // count] + lengths[todo % count], _LEAST)
    for first, last in runs_within(costs[done:], _SLICE):
        left, right = todo[done + first : done + last] // count, todo[done + first : done + last] % count
        needed, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        number = numbers[needed]
        views = work.read_views(ranking.view_start[number], ranking.view_length[number])
        alike = alike_enough(views, places[: len(left)], places[len(left) :], search)
        with work.step(**{stage: done + last}):
            work.insert("verified", vars(alike.pairs(left, right)))
        report("verify", done + last, len(todo))
