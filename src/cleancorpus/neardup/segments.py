"""The segments of a duplicate index: folders that never change.

Ids and spans lie in a DuckDB database; the folded texts, the band keys and, for containment, the sampled shingles
lie beside it as arrays.  A segment is written whole under another name and then renamed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.database import connect, quoted
from cleancorpus.neardup.manifest import SPILL, Segment, publish
from cleancorpus.neardup.postings import Postings, join_postings, map_array
from cleancorpus.text import Codepoints, Positions, TextBatch, flat_ranges, offsets_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

DATABASE = "passages.duckdb"
_BANDS, _SAMPLES, _SAMPLED = "bands", "samples", "sampled"
_VIEWS, _OFFSETS = "views", "offsets"
_GATHERED = 50_000  # folded texts moved at a time
# Rows of a table that share their least and greatest key: small, so that a look-up decompresses little.
_ROW_GROUP = 8192

# A segment's tables.  A document that is not alive hides those of its id in older segments.
_TABLES = {
    "documents": "document BIGINT, id VARCHAR, alive BOOLEAN",
    "passages": "number BIGINT, document BIGINT, start BIGINT, stop BIGINT",
}


@dataclass(frozen=True, eq=False)
class Arrays:
    """The flat part of a segment.

    ``views`` (``uint32[N]``) are the folded texts, in the order of the passages' numbers, which ``offsets``
    (``int64[P + 1]``) cut; ``bands`` lead from band keys to these numbers.  Where containment is searched for,
    ``samples`` lead from sampled shingles to them, marked where the passage is asked by the shingle, and
    ``sampled`` (``uint8[P]``) counts those shingles of each passage.
    """

    views: Codepoints
    offsets: Positions
    bands: Postings
    samples: Postings | None = None
    sampled: NDArray[np.uint8] | None = None

    @classmethod
    def map(cls, folder: Path) -> Arrays:
        """Map the arrays of a segment, without reading them."""
        views, offsets = map_array(folder / _VIEWS, "<u4"), map_array(folder / _OFFSETS, "<i8")
        bands = Postings.map(folder, _BANDS)
        if not (folder / _SAMPLED).exists():
            return cls(views, offsets, bands)
        return cls(views, offsets, bands, Postings.map(folder, _SAMPLES), map_array(folder / _SAMPLED, "u1"))

    def write(self, folder: Path) -> None:
        """Write the arrays to a segment's folder."""
        self.views.astype("<u4", copy=False).tofile(folder / _VIEWS)
        self.offsets.astype("<i8", copy=False).tofile(folder / _OFFSETS)
        self.bands.write(folder, _BANDS)
        if self.samples is not None and self.sampled is not None:
            self.samples.write(folder, _SAMPLES)
            self.sampled.tofile(folder / _SAMPLED)

    def texts(self, numbers: Positions) -> TextBatch:
        """Give the folded texts of these passages; nothing is read but them."""
        begin = self.offsets[numbers]
        length = self.offsets[numbers + 1] - begin
        return TextBatch(self.views[flat_ranges(begin, length)], offsets_of(length))


def segment_name(number: int) -> str:
    """Give the folder name of a segment."""
    return f"{number:08d}"


def write_segment(
    connection: duckdb.DuckDBPyConnection, path: Path, tables: Mapping[str, pa.Table], arrays: Arrays
) -> None:
    """Write a new segment; when this returns, it is on the disk under its name."""
    with _new_segment(connection, path) as folder:
        for name, rows in tables.items():
            connection.register("incoming", rows)
            connection.execute(f"INSERT INTO target.{name} BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")
        arrays.write(folder)


def join_segments(path: Path, sources: Sequence[Path], *, keep_dead: bool, memory_limit: str) -> Segment:
    """Write one segment that stands for several, the oldest first: of each id, the newest document stays.

    ``keep_dead`` keeps the marks of removed documents, which older segments still need.
    """
    connection = connect(None, memory_limit, path.parent / SPILL)
    try:
        with _new_segment(connection, path) as folder:
            for number, source in enumerate(sources):
                connection.execute(f"ATTACH '{quoted(source / DATABASE)}' AS part_{number} (READ_ONLY)")
            _join_tables(connection, len(sources), keep_dead)
            moved = [_moved(connection, number) for number in range(len(sources))]
            _join_arrays([Arrays.map(source) for source in sources], moved, folder)
            query = "SELECT (SELECT count(*) FROM target.passages), (SELECT count(*) FROM target.documents)"
            ((passages, documents),) = connection.execute(query).fetchall()
            for number in range(len(sources)):
                connection.execute(f"DETACH part_{number}")
    finally:
        connection.close()
        shutil.rmtree(path.parent / SPILL, ignore_errors=True)
    return Segment(path.name, passages, documents)


def _join_tables(connection: duckdb.DuckDBPyConnection, count: int, keep_dead: bool) -> None:
    connection.execute(f"""
        CREATE TEMP TABLE newest AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS document, id, alive, part, document AS was
        FROM ({_union("documents", count)})
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY part DESC) = 1
    """)
    connection.execute(f"""
        CREATE TEMP TABLE places AS
        SELECT row_number() OVER (ORDER BY newest.document, start) - 1 AS number, newest.document AS document,
               p.part AS part, p.number AS was
        FROM newest JOIN ({_union("passages", count, "number, document, start")}) p
             ON p.part = newest.part AND p.document = newest.was
        WHERE alive
    """)
    alive = "" if keep_dead else "WHERE alive"
    connection.execute(f"""
        INSERT INTO target.documents SELECT document, id, alive FROM newest {alive} ORDER BY document;
        INSERT INTO target.passages
        SELECT places.number, places.document, start, stop
        FROM places JOIN ({_union("passages", count)}) p ON p.part = places.part AND p.number = was
        ORDER BY places.number;
    """)


def _union(table: str, count: int, columns: str = "*") -> str:
    parts = [f"SELECT {columns}, {number} AS part FROM part_{number}.{table}" for number in range(count)]
    return " UNION ALL ".join(parts)


def _moved(connection: duckdb.DuckDBPyConnection, part: int) -> Positions:
    """Give the new number of each passage of one of the joined segments, -1 where it is gone."""
    ((count,),) = connection.execute(f"SELECT count(*) FROM part_{part}.passages").fetchall()
    rows = connection.execute(f"SELECT was, number FROM places WHERE part = {part}").fetchnumpy()
    moved = np.full(count, -1, dtype=np.int64)
    moved[np.asarray(rows["was"])] = rows["number"]
    return moved


def _join_arrays(sources: Sequence[Arrays], moved: Sequence[Positions], folder: Path) -> None:
    _join_views(sources, moved, folder)
    join_postings([source.bands for source in sources], moved, folder, _BANDS)
    samples = [source.samples for source in sources if source.samples is not None]
    if len(samples) < len(sources):
        return
    join_postings(samples, moved, folder, _SAMPLES)
    sampled = np.zeros(sum(int((number >= 0).sum()) for number in moved), dtype=np.uint8)
    for source, number in zip(sources, moved, strict=True):
        if source.sampled is not None:
            sampled[number[number >= 0]] = source.sampled[number >= 0]
    sampled.tofile(folder / _SAMPLED)


def _join_views(sources: Sequence[Arrays], moved: Sequence[Positions], folder: Path) -> None:
    """Write the folded texts of several segments to their new places, some at a time."""
    lengths = np.zeros(sum(int((number >= 0).sum()) for number in moved), dtype=np.int64)
    for source, number in zip(sources, moved, strict=True):
        lengths[number[number >= 0]] = np.diff(source.offsets)[number >= 0]
    offsets = offsets_of(lengths)
    offsets.astype("<i8", copy=False).tofile(folder / _OFFSETS)
    with (folder / _VIEWS).open("wb") as file:
        file.truncate(4 * int(offsets[-1]))
    if not offsets[-1]:
        return
    target = np.memmap(folder / _VIEWS, dtype="<u4", mode="r+")
    for source, number in zip(sources, moved, strict=True):
        stays = np.flatnonzero(number >= 0)
        for first in range(0, len(stays), _GATHERED):
            was = stays[first : first + _GATHERED]
            texts = source.texts(was)
            target[flat_ranges(offsets[number[was]], texts.lengths)] = texts.codepoints
    target.flush()


@contextmanager
def _new_segment(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[Path]:
    """Give a folder, with an empty database attached as ``target``, which gets its name when the block ends well."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    connection.execute(f"ATTACH '{quoted(unfinished / DATABASE)}' AS target (ROW_GROUP_SIZE {_ROW_GROUP})")
    try:
        for table, columns in _TABLES.items():
            connection.execute(f"CREATE TABLE target.{table} ({columns})")
        yield unfinished
        connection.execute("CHECKPOINT target")
    finally:
        connection.execute("DETACH target")
    publish(unfinished, path)
