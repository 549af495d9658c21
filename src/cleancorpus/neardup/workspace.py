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
from typing import TYPE_CHECKING, Any

import numpy as np

from cleancorpus.errors import InputError
from cleancorpus.neardup.bands import BandKeys
from cleancorpus.neardup.flatfile import FlatFile
from cleancorpus.text import Codepoints, Positions, TextBatch

if TYPE_CHECKING:
    import duckdb

FORMAT = "cleancorpus-dedup-2"
_GAP = 1 << 8  # code points between two texts that are rather read than skipped


class Workspace:
    """An open work folder.  Raises ``InputError`` where it belongs to another search or another process."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], memory_limit: str, threads: int) -> None:
        import duckdb

        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "true",
        }
        try:
            self.connection = duckdb.connect(str(folder / "work.duckdb"), config=config)
        except duckdb.IOException as error:
            raise InputError(f"{folder}: the work folder cannot be opened: {error}") from error
        self._create()
        self._check_settings({"format": FORMAT, **settings})
        self._views = FlatFile(folder / "views.bin", "<u4", self.done("views"))
        self._keys = FlatFile(folder / "keys.bin", "<i8", self.done("keys"))

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._views.close()
        self._keys.close()
        self.connection.close()

    def _create(self) -> None:
        for table, columns in {
            "settings": "settings VARCHAR",
            "progress": "stage VARCHAR PRIMARY KEY, done BIGINT",
            "blocks": "first BIGINT, count BIGINT",
            "documents": "document BIGINT, id VARCHAR",
            "passages": "number BIGINT, document BIGINT, start BIGINT, stop BIGINT, length BIGINT, faults BIGINT, "
            "print BIGINT, print_2 BIGINT, source_print BIGINT, score DOUBLE",
            "candidates": "round INTEGER, pair BIGINT",
            "verified": '"left" BIGINT, "right" BIGINT, jaccard DOUBLE, containment DOUBLE',
        }.items():
            self.connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})").fetchall()

    def _check_settings(self, settings: Mapping[str, Any]) -> None:
        wanted = json.dumps(settings, sort_keys=True)
        rows = self.connection.execute("SELECT settings FROM settings").fetchall()
        if not rows:
            self.connection.execute("INSERT INTO settings VALUES (?)", [wanted])
        elif rows[0][0] != wanted:
            raise InputError(f"{self.folder} holds a search with other settings: {rows[0][0]}, not {wanted}")

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

    # -- folded texts and keys ----------------------------------------------------------------------

    def append_views(self, codepoints: Codepoints) -> None:
        """Write folded texts behind those that are there; they count once a step has recorded ``views``."""
        self._views.append(codepoints)

    def append_keys(self, keys: BandKeys) -> None:
        """Write the band keys of further texts, band by band; they count once a step has recorded ``keys``."""
        self._keys.append(keys.T)

    def read_band(self, band: int) -> Positions:
        """Read one band's keys of all texts, in the order of the texts (``int64``)."""
        blocks = self.connection.execute("SELECT first, count FROM blocks ORDER BY first").fetchall()
        parts = [self._keys.read(first + band * count, first + (band + 1) * count) for first, count in blocks]
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def read_views(self, start: Positions, length: Positions) -> TextBatch:
        """Read folded texts by where they begin and how long they are; near neighbours are read in one go."""
        order = np.argsort(start, kind="stable")
        begin, end = start[order], (start + length)[order]
        opens = np.ones(len(order), dtype=bool)
        opens[1:] = begin[1:] > np.maximum.accumulate(end)[:-1] + _GAP
        first = np.flatnonzero(opens)
        reach = np.maximum.reduceat(end, first) if len(order) else end
        pieces = [self._views.read(low, high) for low, high in zip(begin[first].tolist(), reach.tolist(), strict=True)]
        whole = np.concatenate([np.zeros(0, dtype=np.uint32), *pieces])
        # How far each piece was moved from its place in the file to its place among the pieces.
        moved = np.cumsum(reach - begin[first]) - (reach - begin[first]) - begin[first]
        place = np.empty(len(order), dtype=np.int64)
        place[order] = begin + moved[np.cumsum(opens) - 1]
        return TextBatch(whole, np.array([0, len(whole)])).slice(place, place + length)
