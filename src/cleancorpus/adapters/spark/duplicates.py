"""Near-duplicates in Spark.

The heavy work runs in the cluster: texts are folded, cut and signed in ``mapInArrow``, band keys meet in joins,
candidates are verified where their texts are.  The driver gets numbers only, of the passages that have a duplicate
at all, and closes the clusters by the code that closes them on one machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as sf

from cleancorpus.adapters.spark.cleaning import check_columns
from cleancorpus.errors import SettingsError
from cleancorpus.neardup.candidates import CROWD, HEADS
from cleancorpus.neardup.clusters import anchors
from cleancorpus.neardup.comparison import band_keys, compare_all
from cleancorpus.neardup.equals import with_equals
from cleancorpus.neardup.findings import FOLDED, KINDS, NEAR, SAME, PairColumns
from cleancorpus.neardup.search import ROUNDS, Search
from cleancorpus.neardup.shingles import Hashes64, fingerprints
from cleancorpus.neardup.verify import likeness
from cleancorpus.text import Positions, TextBatch

# Keys that very many passages share are first thinned out in so many shares, so that no task holds them all.
_SHARES = 64

_PLACE = pa.struct([("fault", pa.float64()), ("length", pa.int64()), ("id", pa.string()), ("start", pa.int64())])
_PLACE_IN_SQL = "struct<fault: double, length: long, id: string, start: long>"
_PASSAGES = (
    f"id string, start long, stop long, view string, place {_PLACE_IN_SQL}, print binary, source_print long,"
    " keys array<bigint>"
)
_VERIFIED = f"left {_PLACE_IN_SQL}, right {_PLACE_IN_SQL}, jaccard double, containment double"


@dataclass(frozen=True)
class Duplicates:
    """What was found, as DataFrames in the form of the out-of-core search.

    ``pairs``: ``left``, ``right`` (ids), ``left_start``, ``left_end``, ``right_start``, ``right_end``,
    ``jaccard``, ``containment``, ``kind``; the left one would rather be kept.  ``drops``: ``id``, ``start``,
    ``end`` of each passage that is not kept, ``kept_id``, ``kept_start``, ``kept_end`` of the one that is kept
    for it, and how alike they are.
    """

    pairs: DataFrame
    drops: DataFrame


def near_duplicates(
    frame: DataFrame,
    column: str = "text",
    *,
    id_column: str = "id",
    threshold: float = 0.8,
    unit: str = "document",
    **options: Any,
) -> Duplicates:
    """Find the near-duplicates of a DataFrame: the pairs, clusters and keepers of the search on one machine.

    ``options`` are those of ``cleancorpus.near_duplicates`` but ``containment`` and, for ``keep``, a function.
    Ids must be unique; rows without an id or a text are left out.
    Raises ``InputError`` for a column that is absent, ``SettingsError`` for a setting that is out of range.
    """
    check_columns(frame, column, id_column)
    search = Search(threshold=threshold, unit=unit, **options)
    if search.containment is not None or search.keep not in ("longest", "best"):
        raise SettingsError("on Spark, keep is 'longest' or 'best', and containment is not searched for")
    texts = frame.select(sf.col(id_column).cast("string").alias("id"), sf.col(column).alias("text"))
    passages = texts.dropna().mapInArrow(partial(_passages, search=search), _PASSAGES).persist()
    try:
        distinct = _distinct(passages).persist()
        pairs = _find_pairs(distinct, search)
        return _closed(passages, distinct, pairs, frame.sparkSession)
    finally:
        passages.unpersist()


def _passages(batches: Iterator[pa.RecordBatch], *, search: Search) -> Iterator[pa.RecordBatch]:
    """Fold, cut and sign texts.  ``place`` sorts passages in the order in which they would be kept."""
    for batch in batches:
        ids = batch.column(0)
        texts = TextBatch.from_arrow(batch.column(1)).to_texts()
        found = compare_all(texts, search.unit, search.fold)
        rows = zip(found.document.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
        source = TextBatch.from_texts([texts[document][start:end] for document, start, end in rows])
        own = ids.take(pa.array(found.document))
        length = found.view.lengths
        fault = found.faults / np.maximum(length, 1) if search.keep == "best" else np.zeros(len(found))
        keys = band_keys(found.view, np.arange(len(found)), search.signer, search.bands)
        width = search.bands.bands
        columns = [
            own,
            pa.array(found.start),
            pa.array(found.end),
            found.view.to_arrow().cast(pa.string()),
            pa.StructArray.from_arrays(
                [pa.array(fault), pa.array(-length), own, pa.array(found.start)], fields=list(_PLACE)
            ),
            _binary(found.prints),
            pa.array(fingerprints(source)[:, 0].view(np.int64)),
            pa.ListArray.from_arrays(pa.array(np.arange(len(found) + 1, dtype=np.int32) * width), keys.reshape(-1)),
        ]
        names = ["id", "start", "stop", "view", "place", "print", "source_print", "keys"]
        yield pa.RecordBatch.from_arrays(columns, names=names)


def _binary(prints: Hashes64) -> pa.Array:
    """Give each pair of 64-bit numbers as sixteen bytes."""
    whole = pa.py_buffer(np.ascontiguousarray(prints))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(prints), [None, whole]).cast(pa.binary())


def _distinct(passages: DataFrame) -> DataFrame:
    """Give the best of each set of equal passages; a set of any size is one row of a partial aggregate."""
    best = sf.min_by(sf.struct("view", "keys"), "place").alias("best")
    grouped = passages.groupBy("print").agg(sf.min("place").alias("place"), best)
    return grouped.select("print", "place", "best.view", "best.keys")


def _find_pairs(distinct: DataFrame, search: Search) -> DataFrame:
    """Search among all different passages, then again among those of crowds that would be kept."""
    keyed = distinct.select("place", sf.posexplode("keys").alias("band", "key")).persist()
    pairs = _verified(_candidates(keyed), distinct, search).persist()
    crowds = keyed.groupBy("band", "key").count().where(sf.col("count") > CROWD + 1).limit(1).count()
    for _ in range(ROUNDS if crowds else 0):
        known = pairs.count()
        gone = _gone(pairs)
        kept = keyed.join(gone, "place", "left_anti")
        more = _verified(_candidates(kept), distinct, search)
        pairs = pairs.unionByName(more).dropDuplicates(["left", "right"]).localCheckpoint()
        if pairs.count() == known:
            break
    keyed.unpersist()
    return pairs


def _candidates(keyed: DataFrame) -> DataFrame:
    """Pair the passages that share a key: each with those before it, in a crowd with the first ``HEADS`` of it.

    The first of every key are found in two steps, shares first, and the join is of all with these few: a key
    that a tenth of all passages have costs ``HEADS`` times its passages and gathers nowhere.
    """
    share = keyed.withColumn("share", sf.pmod(sf.xxhash64("place"), sf.lit(_SHARES)))
    first = _first(_first(share, "band", "key", "share").drop("rank"), "band", "key")
    known = sf.count("*").over(Window.partitionBy("band", "key"))
    heads = first.withColumn("known", known).where((sf.col("known") <= CROWD + 1) | (sf.col("rank") <= HEADS))
    heads = heads.select("band", "key", sf.col("place").alias("left"))
    members = keyed.withColumnRenamed("place", "right")
    pairs = members.join(heads, ["band", "key"]).where(sf.col("left") < sf.col("right"))
    return pairs.select("left", "right").distinct()


def _first(rows: DataFrame, *key: str) -> DataFrame:
    """Rank the rows of each key and keep as many as tell whether it is a crowd."""
    rank = sf.row_number().over(Window.partitionBy(*key).orderBy("place"))
    return rows.withColumn("rank", rank).where(sf.col("rank") <= CROWD + 2)


def _verified(candidates: DataFrame, distinct: DataFrame, search: Search) -> DataFrame:
    """Compare the candidates exactly and keep those alike enough."""
    left = distinct.select(sf.col("place").alias("left"), sf.col("view").alias("left_view"))
    right = distinct.select(sf.col("place").alias("right"), sf.col("view").alias("right_view"))
    both = candidates.join(left, "left").join(right, "right").select("left", "right", "left_view", "right_view")
    return both.mapInArrow(partial(_likeness, search=search), _VERIFIED)


def _likeness(batches: Iterator[pa.RecordBatch], *, search: Search) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        views = [TextBatch.from_arrow(batch.column(name)) for name in ("left_view", "right_view")]
        both = TextBatch.concatenate(views)
        count = batch.num_rows
        found = likeness(both, np.arange(count), np.arange(count, 2 * count), search.shingle)
        near = pa.array(found.jaccard >= search.threshold)
        scores = [pa.array(found.jaccard), pa.array(found.containment)]
        whole = [batch.column("left"), batch.column("right"), *scores]
        names = ["left", "right", "jaccard", "containment"]
        yield pa.RecordBatch.from_arrays([column.filter(near) for column in whole], names=names)


# -- closing the clusters ---------------------------------------------------------------------------


def _gone(pairs: DataFrame) -> DataFrame:
    """Give the places of the passages that are not kept, as far as the pairs say."""
    numbered = _numbered(pairs)
    kept = anchors(len(numbered.places), numbered.left, numbered.right, numbered.jaccard)
    gone = numbered.places.take(pa.array(np.flatnonzero(kept != np.arange(len(kept)))))
    table = pa.table({"place": gone})
    return pairs.sparkSession.createDataFrame(table)


@dataclass(frozen=True, eq=False)
class _Numbered:
    """Pairs with the places of passages numbered in their order, ``left < right``; columns of numbers."""

    places: pa.StructArray
    left: Positions
    right: Positions
    jaccard: np.ndarray[Any, np.dtype[np.float64]]
    containment: np.ndarray[Any, np.dtype[np.float64]]


def _numbered(pairs: DataFrame) -> _Numbered:
    table = pairs.toArrow().combine_chunks()
    both = pa.chunked_array([*table.column("left").chunks, *table.column("right").chunks], _PLACE)
    places, numbers = _ranks(both)
    count = table.num_rows
    order = np.lexsort((numbers[count:], numbers[:count]))
    scores = [table.column(name).to_numpy()[order] for name in ("jaccard", "containment")]
    return _Numbered(places, numbers[:count][order], numbers[count:][order], *scores)


def _ranks(places: pa.ChunkedArray) -> tuple[pa.StructArray, Positions]:
    """Give the different places in order, and the number of each place given."""
    whole = places.combine_chunks() if places.num_chunks != 1 else places.chunk(0)
    if not len(whole):
        return pa.array([], _PLACE), np.zeros(0, dtype=np.int64)
    table = pa.table({field.name: whole.field(field.name) for field in _PLACE})
    names = [field.name for field in _PLACE]
    order = table.append_column("row", pa.array(np.arange(len(whole)))).sort_by([(name, "ascending") for name in names])
    rows = order.column("row").to_numpy()
    opens = np.zeros(len(rows), dtype=bool)
    for name in names:
        column = order.column(name).combine_chunks()
        opens[1:] |= np.asarray(pc.not_equal(column[1:], column[:-1]))
    opens[0] = True
    numbers = np.empty(len(rows), dtype=np.int64)
    numbers[rows] = np.cumsum(opens) - 1
    return whole.take(pa.array(rows[opens])), numbers


def _closed(passages: DataFrame, distinct: DataFrame, pairs: DataFrame, session: SparkSession) -> Duplicates:
    """Bring the passages that have a duplicate to the driver, as numbers, and close their clusters there."""
    crowd = passages.groupBy("print").count().where(sf.col("count") > 1).select("print")
    partners = pairs.select(sf.col("left").alias("place")).union(pairs.select(sf.col("right").alias("place")))
    paired = distinct.join(partners.distinct(), "place", "left_semi").select("print")
    prints = crowd.union(paired).distinct()
    involved = passages.join(prints, "print", "left_semi").select("place", "stop", "print", "source_print").toArrow()
    places, numbers = _ranks(involved.column("place"))
    by_number = np.argsort(numbers)
    prints_of = involved.column("print").take(pa.array(by_number)).combine_chunks()
    equal_to = _first_equal(prints_of)
    numbered = _numbered(pairs)
    own = _numbers_among(places, numbered.places)
    kinds = np.full(len(numbered.left), NEAR, dtype=np.int8)
    distinct_numbers = np.flatnonzero(equal_to == np.arange(len(equal_to)))
    near = PairColumns(own[numbered.left], own[numbered.right], numbered.jaccard, numbered.containment, kinds)
    compact = np.searchsorted(distinct_numbers, near.left), np.searchsorted(distinct_numbers, near.right)
    kept = distinct_numbers[anchors(len(distinct_numbers), *compact, near.jaccard)][
        np.searchsorted(distinct_numbers, equal_to)
    ]
    every = with_equals(near, equal_to)
    stops = involved.column("stop").take(pa.array(by_number))
    sources = involved.column("source_print").take(pa.array(by_number)).to_numpy()
    tables = _tables(every, places, stops, sources, kept)
    return Duplicates(*(session.createDataFrame(table) for table in tables))


def _first_equal(prints: pa.Array) -> Positions:
    codes = prints.dictionary_encode().indices.to_numpy()
    _, first, group = np.unique(codes, return_index=True, return_inverse=True)
    return np.asarray(first[group], dtype=np.int64)


def _numbers_among(places: pa.StructArray, some: pa.StructArray) -> Positions:
    """Give the number of each of some places among all of them, both sorted."""
    _, numbers = _ranks(pa.chunked_array([places, some], _PLACE))
    return numbers[len(places) :]


def _tables(
    pairs: PairColumns, places: pa.StructArray, stops: pa.ChunkedArray, sources: Positions, kept: Positions
) -> tuple[pa.Table, pa.Table]:
    same = (pairs.kind == FOLDED) & (sources[pairs.left] == sources[pairs.right])
    kinds = pa.array(KINDS).take(pa.array(np.where(same, SAME, pairs.kind)))

    def columns(numbers: Positions) -> tuple[pa.Array, pa.Array, pa.Array]:
        chosen = pa.array(numbers)
        of = places.take(chosen)
        return of.field("id"), of.field("start"), stops.take(chosen).combine_chunks()

    left, right = columns(pairs.left), columns(pairs.right)
    scores = {"jaccard": pa.array(pairs.jaccard), "containment": pa.array(pairs.containment), "kind": kinds}
    table = pa.table(
        {
            "left": left[0],
            "right": right[0],
            "left_start": left[1],
            "left_end": left[2],
            "right_start": right[1],
            "right_end": right[2],
            **scores,
        }
    )
    drops = pa.table(
        {
            "id": right[0],
            "start": right[1],
            "end": right[2],
            "kept_id": left[0],
            "kept_start": left[1],
            "kept_end": left[2],
            **scores,
        }
    )
    return table, drops.filter(pa.array(kept[pairs.right] == pairs.left))
