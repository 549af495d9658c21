"""The last step out of core: what is kept is chosen, and the findings are written and counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cleancorpus.errors import CleancorpusError
from cleancorpus.neardup.database import quoted
from cleancorpus.neardup.equals import with_equals
from cleancorpus.neardup.findings import FOLDED, KINDS, SAME, PairColumns
from cleancorpus.neardup.ranking import Ranking
from cleancorpus.neardup.reading import Report
from cleancorpus.neardup.search import kept_among
from cleancorpus.neardup.statistics import LARGEST, NO_RULE, DuplicateStatistics, LargeCluster, Share
from cleancorpus.neardup.workspace import Workspace

_FOUND = f"""
    FROM (SELECT *, CASE WHEN kind <> {FOLDED} THEN list_value({", ".join(f"'{kind}'" for kind in KINDS)})[kind + 1]
                         ELSE '{KINDS[FOLDED]}' END AS name FROM found)
    JOIN (SELECT * FROM passages JOIN documents USING (document)) l ON l.number = "left"
    JOIN (SELECT * FROM passages JOIN documents USING (document)) r ON r.number = "right"
"""
_KIND = f"CASE WHEN kind = {FOLDED} AND l.source_print = r.source_print THEN '{KINDS[SAME]}' ELSE name END AS kind"
_PAIRS = f"""
    SELECT l.id AS "left", r.id AS "right", l.start AS left_start, l.stop AS left_end,
           r.start AS right_start, r.stop AS right_end, jaccard, containment, {_KIND}, drops AS decisive,
           l.original_start AS left_original_start, l.original_stop AS left_original_end,
           r.original_start AS right_original_start, r.original_stop AS right_original_end
    {_FOUND} ORDER BY row
"""
_DROPS = f"""
    SELECT r.id AS id, r.start AS start, r.stop AS "end", l.id AS kept_id, l.start AS kept_start,
           l.stop AS kept_end, jaccard, containment, {_KIND}, r.document AS document,
           r.original_start AS original_start, r.original_stop AS original_end,
           r.document IN (SELECT document FROM lost) AS "whole"
    {_FOUND} WHERE drops ORDER BY r.document, r.start
"""
_LENGTH = "coalesce(sum(stop - start), 0)"
_SHARE = f"count(*), count(*) FILTER (gone), {_LENGTH}, coalesce(sum(stop - start) FILTER (gone), 0)"

_LARGEST = f"""
    WITH large AS (
        SELECT kept, count(*) AS size FROM kept GROUP BY kept HAVING size > 1 ORDER BY size DESC, kept LIMIT {LARGEST}
    ), spread AS (
        SELECT kept, count(DISTINCT document) AS items, count(DISTINCT nullif(site, '')) AS sites
        FROM kept JOIN large USING (kept) JOIN passages USING (number) JOIN documents USING (document) GROUP BY kept
    )
    SELECT document, id, start, stop, size, items, sites
    FROM large JOIN spread USING (kept) JOIN passages ON number = kept JOIN documents USING (document)
    ORDER BY size DESC, kept
"""


def write_outcome(work: Workspace, ranking: Ranking, pairs: PairColumns, report: Report) -> None:
    """Choose what is kept and write pairs and drops; each file gets its name when it is whole."""
    distinct = ranking.distinct
    kept = distinct[kept_among(pairs, ranking.view_length[ranking.numbers])]
    kept = kept[np.searchsorted(distinct, ranking.equal_to)] if len(distinct) else distinct
    named = PairColumns(distinct[pairs.left], distinct[pairs.right], pairs.jaccard, pairs.containment, pairs.kind)
    all_pairs = with_equals(named, ranking.equal_to)
    drops = kept[all_pairs.right] == all_pairs.left
    for table in ("found", "kept", "lost"):
        work.connection.execute(f"DROP TABLE IF EXISTS {table}").fetchall()
    with work.step(pairs=len(all_pairs), dropped=int(drops.sum())) as connection:
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
        work.insert("kept", {"number": ranking.order, "kept": ranking.order[kept]})
        connection.execute("""
            CREATE TABLE lost AS SELECT document FROM passages JOIN kept USING (number)
            GROUP BY document HAVING bool_and(number <> kept)
        """).fetchall()
    for query, name, count in ((_PAIRS, "pairs", len(all_pairs)), (_DROPS, "drops", int(drops.sum()))):
        _write(work, query, work.folder / f"{name}.parquet", count)
        report(name, count, count)
    with work.step(result=1):
        pass


def _write(work: Workspace, query: str, path: Path, count: int) -> None:
    unfinished = path.with_suffix(".unfinished")
    copy = f"COPY ({query}) TO '{quoted(unfinished)}' (FORMAT parquet, COMPRESSION zstd)"
    ((written,),) = work.connection.execute(copy).fetchall()
    if written != count:
        raise CleancorpusError(f"{written} of {count} rows were written to {unfinished}")
    unfinished.replace(path)


def count_outcome(work: Workspace) -> DuplicateStatistics:
    """Count what a finished search found, as ``count_duplicates`` does for one in memory."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return work.connection.execute(query).fetchall()

    def shares(query: str) -> dict[str, Share]:
        return {str(name): Share(*map(int, numbers)) for name, *numbers in rows(query)}

    judged = "(SELECT *, number <> kept AS gone FROM passages JOIN kept USING (number))"
    kinds = dict(rows(f"SELECT kind, count(*) FROM '{quoted(work.folder / 'drops.parquet')}' GROUP BY kind"))
    by_rule = shares(f"SELECT rule, {_SHARE} FROM {judged} JOIN touches USING (number) GROUP BY rule ORDER BY rule")
    if by_rule:
        rest = f"SELECT '{NO_RULE}', {_SHARE} FROM {judged} ANTI JOIN touches USING (number) HAVING count(*) > 0"
        by_rule = dict(sorted({**by_rule, **shares(rest)}.items()))
    sizes = rows("""
        SELECT size, count(*) FROM (SELECT count(*) AS size FROM kept GROUP BY kept) WHERE size > 1
        GROUP BY size ORDER BY size
    """)
    return DuplicateStatistics(
        items=work.done("items"),
        pairs=work.done("pairs"),
        whole=shares(f"SELECT '', {_SHARE} FROM {judged}")[""],
        by_kind={kind: int(kinds.get(kind, 0)) for kind in KINDS},
        by_site=shares(f"""
            SELECT site, {_SHARE} FROM {judged} JOIN documents USING (document) WHERE site <> ''
            GROUP BY site ORDER BY site
        """),
        by_rule=by_rule,
        cluster_sizes={int(size): int(number) for size, number in sizes},
        largest=tuple(
            LargeCluster(item, name, (start, stop), size, items, sites)
            for item, name, start, stop, size, items, sites in rows(_LARGEST)
        ),
    )
