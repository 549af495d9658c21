"""The files of a duplicate index: segments that never change, and one manifest that names them.

A segment is a DuckDB database, written whole under another name and then renamed.  The manifest is a small JSON
file that is replaced in one step; a segment that it does not name does not exist.  So the index is whole at any
moment, and whoever reads keeps what he has opened while one process writes beside him.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleancorpus.errors import InputError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FORMAT = "cleancorpus-duplicate-index-1"
# Rows of a table that share their least and greatest key: small, so that a look-up decompresses little.
# Of 2,048, 8,192, 32,768 and 122,880 this finds 21 keys among 10 million soonest (6 ms; docs/benchmarks.md).
_ROW_GROUP = 8192
_MANIFEST = "index.json"
_SPILL = "spill"

# A segment's tables.  A document that is not alive hides those of its id in older segments.
_TABLES = {
    "documents": "document BIGINT, id VARCHAR, alive BOOLEAN",
    "passages": "number BIGINT, document BIGINT, start BIGINT, stop BIGINT, view BLOB",
    "bands": "key BIGINT, number BIGINT",
}


@dataclass(frozen=True)
class Segment:
    """One segment: its file's name, and how many passages and documents (dead ones too) it holds."""

    name: str
    passages: int
    documents: int


@dataclass(frozen=True)
class Manifest:
    """What the index holds: the settings of its search, and its segments, the oldest first."""

    settings: Mapping[str, Any]
    segments: tuple[Segment, ...]
    following: int  # the number of the segment that is written next


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest; raises ``InputError`` where there is none or it is of another format."""
    path = folder / _MANIFEST
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{folder} holds no duplicate index") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{path} is no {FORMAT}")
    try:
        segments = tuple(Segment(**segment) for segment in data["segments"])
        manifest = Manifest(data["settings"], segments, int(data["following"]))
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}") from error
    if any(Path(segment.name).name != segment.name for segment in segments):
        raise InputError(f"{path} names a segment outside its folder")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step; when this returns, it is on the disk."""
    data = {
        "format": FORMAT,
        "settings": dict(manifest.settings),
        "segments": [asdict(segment) for segment in manifest.segments],
        "following": manifest.following,
    }
    unfinished = folder / f"{_MANIFEST}.unfinished"
    unfinished.write_text(json.dumps(data, indent=1, sort_keys=True), "utf-8")
    _publish(unfinished, folder / _MANIFEST)


def manifest_stamp(folder: Path) -> tuple[int, int]:
    """Give a mark that differs when the manifest was replaced."""
    status = (folder / _MANIFEST).stat()
    return status.st_mtime_ns, status.st_ino


def remove_strays(folder: Path, manifest: Manifest) -> None:
    """Remove what a killed writer left and the manifest does not name."""
    named = {segment.name for segment in manifest.segments}
    for path in folder.iterdir():
        if path.name.endswith((".unfinished", ".unfinished.wal")) or (
            path.suffix == ".duckdb" and path.name not in named
        ):
            path.unlink(missing_ok=True)
    shutil.rmtree(folder / _SPILL, ignore_errors=True)


def segment_name(number: int) -> str:
    """Give the file name of a segment."""
    return f"{number:08d}.duckdb"


def write_segment(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write a new segment from Arrow tables; when this returns, it is on the disk under its name."""
    with _new_segment(path, "1GB") as connection:
        for name, rows in tables.items():
            connection.register("incoming", rows)
            connection.execute(f"INSERT INTO target.{name} BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")


def join_segments(path: Path, sources: Sequence[Path], *, keep_dead: bool, memory_limit: str) -> Segment:
    """Write one segment that stands for several, the oldest first: of each id, the newest document stays.

    ``keep_dead`` keeps the marks of removed documents, which older segments still need.
    """
    with _new_segment(path, memory_limit) as connection:
        for number, source in enumerate(sources):
            connection.execute(f"ATTACH '{quoted(source)}' AS part_{number} (READ_ONLY)")
        connection.execute(f"""
            CREATE TEMP TABLE newest AS
            SELECT row_number() OVER (ORDER BY id) - 1 AS document, id, alive, part, document AS was
            FROM ({_union("documents", len(sources))})
            QUALIFY row_number() OVER (PARTITION BY id ORDER BY part DESC) = 1
        """)
        connection.execute(f"""
            CREATE TEMP TABLE places AS
            SELECT row_number() OVER (ORDER BY newest.document, start) - 1 AS number, newest.document AS document,
                   p.part AS part, p.number AS was
            FROM newest JOIN ({_union("passages", len(sources), "number, document, start")}) p
                 ON p.part = newest.part AND p.document = newest.was
            WHERE alive
        """)
        alive = "" if keep_dead else "WHERE alive"
        connection.execute(f"""
            INSERT INTO target.documents SELECT document, id, alive FROM newest {alive} ORDER BY document;
            INSERT INTO target.passages
            SELECT places.number, places.document, start, stop, view
            FROM places JOIN ({_union("passages", len(sources))}) p ON p.part = places.part AND p.number = was
            ORDER BY places.number;
            INSERT INTO target.bands
            SELECT key, places.number FROM ({_union("bands", len(sources))}) b
            JOIN places ON b.part = places.part AND b.number = was ORDER BY key, places.number;
        """)
        query = "SELECT (SELECT count(*) FROM target.passages), (SELECT count(*) FROM target.documents)"
        ((passages, documents),) = connection.execute(query).fetchall()
        for number in range(len(sources)):
            connection.execute(f"DETACH part_{number}")
    return Segment(path.name, passages, documents)


def _union(table: str, count: int, columns: str = "*") -> str:
    parts = [f"SELECT {columns}, {number} AS part FROM part_{number}.{table}" for number in range(count)]
    return " UNION ALL ".join(parts)


@contextmanager
def _new_segment(path: Path, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with an empty segment as ``target``, which gets its name when the block ends well."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    connection = connect(memory_limit, path.parent / _SPILL)
    try:
        connection.execute(f"ATTACH '{quoted(unfinished)}' AS target (ROW_GROUP_SIZE {_ROW_GROUP})")
        for table, columns in _TABLES.items():
            connection.execute(f"CREATE TABLE target.{table} ({columns})")
        yield connection
        connection.execute("CHECKPOINT target")
        connection.execute("DETACH target")
    finally:
        connection.close()
    _publish(unfinished, path)


def connect(memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """Give a DuckDB connection of its own, to attach segments to."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
        "threads": "2",
    }
    return duckdb.connect(":memory:", config=config)


def quoted(path: Path) -> str:
    """Give a path for a SQL string."""
    return str(path).replace("'", "''")


def _publish(unfinished: Path, path: Path) -> None:
    """Give a finished file its name: first its content goes to the disk, then the name, then the folder."""
    _synchronise(unfinished)
    unfinished.replace(path)
    _synchronise(path.parent)


def _synchronise(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
