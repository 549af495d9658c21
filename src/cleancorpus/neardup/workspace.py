"""The folder in which an out-of-core search keeps its state: tables in DuckDB, texts and keys in flat files.

Every step is one transaction that also says how far the search has come.  The flat files are written first and
synchronised, and cut to the length that the last transaction named when the folder is opened again: whatever
moment the process dies at, the folder holds exactly the steps that were finished.

Band keys are random numbers: a database would try to compress them and write them twice, in its log and in its
tables, to give back whole columns in the end (docs/benchmarks.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import InputError
from cleancorpus.neardup.bands import BandKeys
from cleancorpus.neardup.containment import MARK, Samples
from cleancorpus.neardup.database import connect
from cleancorpus.neardup.flatfile import FlatFile
from cleancorpus.neardup.shingles import Hashes64
from cleancorpus.text import Codepoints, Positions, TextBatch

if TYPE_CHECKING:
    import duckdb

FORMAT = "cleancorpus-dedup-2"
_FILES = {"views": "<u4", "keys": "<i8", "samples": "<u8", "owners": "<u4"}
# Sampled hashes lie in the folder by so many ranges, of which as many are read at a time as a step can hold.
_RANGES = 256
_GAP = 1 << 8  # code points between two texts that are rather read than skipped


class Block(NamedTuple):
    """What a step has to record for what was written to count: how far each file reaches, and a row of ``blocks``."""

    reached: Mapping[str, int]
    row: Mapping[str, Any]


class Workspace:
    """An open work folder.  Raises ``InputError`` where it belongs to another search or another process."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], memory_limit: str, threads: int) -> None:
        import duckdb

        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        try:
            self.connection = connect(folder / "work.duckdb", memory_limit, folder / "spill", threads)
        except duckdb.IOException as error:
            raise InputError(f"{folder}: the work folder cannot be opened: {error}") from error
        self._create()
        self._check_settings({"format": FORMAT, **settings})
        self._files = {name: FlatFile(folder / f"{name}.bin", kind, self.done(name)) for name, kind in _FILES.items()}

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        self.connection.close()

    def _create(self) -> None:
        for table, columns in {
            "settings": "settings VARCHAR",
            "progress": "stage VARCHAR PRIMARY KEY, done BIGINT",
            "blocks": "passage BIGINT, size BIGINT, key BIGINT, sample BIGINT, bounds BIGINT[]",
            "documents": "document BIGINT, id VARCHAR, site VARCHAR",
            "passages": "number BIGINT, document BIGINT, start BIGINT, stop BIGINT, original_start BIGINT, "
            "original_stop BIGINT, length BIGINT, faults BIGINT, print BIGINT, print_2 BIGINT, source_print BIGINT, "
            "score DOUBLE, sampled BIGINT",
            "touches": "number BIGINT, rule VARCHAR",
            "hits": "pair BIGINT, needed BIGINT",
            "candidates": "round INTEGER, pair BIGINT",
            "verified": '"left" BIGINT, "right" BIGINT, jaccard DOUBLE, containment DOUBLE, kind TINYINT',
        }.items():
            self.connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})").fetchall()

    def _check_settings(self, settings: Mapping[str, Any]) -> None:
        wanted = json.dumps(settings, sort_keys=True)
        rows = self.connection.execute("SELECT settings FROM settings").fetchall()
        if not rows:
            self.connection.execute("INSERT INTO settings VALUES (?)", [wanted])
        elif rows[0][0] != wanted:
            raise InputError(
                f"{self.folder} holds a search with other settings; give another folder, or remove it "
                f"(there: {rows[0][0]}; here: {wanted})"
            )

    # -- progress -----------------------------------------------------------------------------------

    def done(self, stage: str) -> int:
        """Give how far a stage has come; 0 if it has not begun."""
        rows = self.connection.execute("SELECT done FROM progress WHERE stage = ?", [stage]).fetchall()
        return int(rows[0][0]) if rows else 0

    @contextmanager
    def step(self, **reached: int) -> Iterator[duckdb.DuckDBPyConnection]:
        """Run one step as a transaction that also records how far each of the named stages has come."""
        self.connection.execute("BEGIN")
        try:
            yield self.connection
            for stage, done in reached.items():
                self.connection.execute("INSERT OR REPLACE INTO progress VALUES (?, ?)", [stage, done]).fetchall()
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def insert(self, table: str, columns: Mapping[str, Any]) -> None:
        """Append columns to a table, which is made of them if it does not exist."""
        import pyarrow as pa

        self.connection.register("incoming", pa.table(dict(columns)))
        known = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?"
        if self.connection.execute(known, [table]).fetchall()[0][0]:
            self.connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming").fetchall()
        else:
            # Not an empty table first: DuckDB 2.0 then keeps that table's statistics, which say that it holds
            # nothing, until the next checkpoint, and finds no row in it (tests: a table made by a large insert).
            self.connection.execute(f"CREATE TABLE {table} AS SELECT * FROM incoming").fetchall()
        self.connection.unregister("incoming")

    def columns(self, query: str) -> list[np.ndarray[Any, Any]]:
        """Run a query and give its columns as arrays."""
        return [np.asarray(column) for column in self.connection.execute(query).fetchnumpy().values()]

    # -- texts, keys and samples --------------------------------------------------------------------

    def append_block(self, codepoints: Codepoints, keys: BandKeys, samples: Samples | None) -> Block:
        """Write the folded texts, band keys and sampled shingles of further passages.

        They count once a step has recorded what is given back.
        """
        bounds = np.zeros(_RANGES + 1, dtype=np.int64)
        first = {name: self.done(name) for name in _FILES}
        reached = dict(first)
        written: dict[str, NDArray[Any]] = {"views": codepoints, "keys": keys.T}
        if samples is not None:
            borders = np.arange(1, _RANGES, dtype=np.uint64) << np.uint64(64 - _RANGES.bit_length() + 1)
            bounds[1:] = np.append(np.searchsorted(samples.hashes, borders), len(samples.hashes))
            written |= {"samples": samples.hashes, "owners": samples.marked_owners()}
        for name, numbers in written.items():
            self._files[name].append(numbers)
            reached[name] += numbers.size
        rows = {"passage": self.done("passages"), "size": len(keys), "key": first["keys"], "sample": first["samples"]}
        return Block(reached, {**{name: np.array([row]) for name, row in rows.items()}, "bounds": [bounds.tolist()]})

    def read_band(self, band: int) -> Positions:
        """Read one band's keys of all passages, in their order (``int64``)."""
        blocks = self.connection.execute("SELECT key, size FROM blocks ORDER BY passage").fetchall()
        parts = [self._files["keys"].read(key + band * size, key + (band + 1) * size) for key, size in blocks]
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def sample_ranges(self, most: int) -> list[tuple[int, int]]:
        """Cut the ranges of the sampled hashes into parts of at most ``most`` hashes, or of one range each."""
        bounds = self._sample_bounds()[1]
        sizes = np.diff(bounds, axis=1).sum(axis=0).tolist() if len(bounds) else [0] * _RANGES
        parts, first, held = [], 0, 0
        for place, size in enumerate(sizes):
            if held and held + size > most:
                parts.append((first, place))
                first, held = place, 0
            held += size
        return [*parts, (first, _RANGES)]

    def read_samples(self, first: int, last: int) -> tuple[Hashes64, Positions, NDArray[np.bool_]]:
        """Read the sampled hashes of some ranges, the passage that has each, and whether it is asked by it."""
        hashes, owners = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
        probes = [np.zeros(0, dtype=bool)]
        for (passage, sample), bounds in zip(*self._sample_bounds(), strict=True):
            low, high = int(sample + bounds[first]), int(sample + bounds[last])
            packed = self._files["owners"].read(low, high)
            hashes.append(self._files["samples"].read(low, high))
            owners.append((packed & ~MARK).astype(np.int64) + passage)
            probes.append(packed >= MARK)
        return np.concatenate(hashes), np.concatenate(owners), np.concatenate(probes)

    def _sample_bounds(self) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        rows = self.connection.execute("SELECT passage, sample, bounds FROM blocks ORDER BY passage").fetchall()
        bounds = np.array([row[2] for row in rows], dtype=np.int64).reshape(-1, _RANGES + 1)
        return [(row[0], row[1]) for row in rows], bounds

    def read_views(self, start: Positions, length: Positions) -> TextBatch:
        """Read folded texts by where they begin and how long they are; near neighbours are read in one go."""
        order = np.argsort(start, kind="stable")
        begin, end = start[order], (start + length)[order]
        opens = np.ones(len(order), dtype=bool)
        opens[1:] = begin[1:] > np.maximum.accumulate(end)[:-1] + _GAP
        first = np.flatnonzero(opens)
        reach = np.maximum.reduceat(end, first) if len(order) else end
        stretches = zip(begin[first].tolist(), reach.tolist(), strict=True)
        pieces = [self._files["views"].read(low, high) for low, high in stretches]
        whole = np.concatenate([np.zeros(0, dtype=np.uint32), *pieces])
        # How far each piece was moved from its place in the file to its place among the pieces.
        moved = np.cumsum(reach - begin[first]) - (reach - begin[first]) - begin[first]
        place = np.empty(len(order), dtype=np.int64)
        place[order] = begin + moved[np.cumsum(opens) - 1]
        return TextBatch(whole, np.array([0, len(whole)])).slice(place, place + length)
