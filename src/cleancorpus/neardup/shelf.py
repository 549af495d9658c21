"""The segments of an index that one process has open, and the look-ups in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.database import connect, quoted
from cleancorpus.neardup.manifest import SPILL
from cleancorpus.neardup.segments import DATABASE, Arrays
from cleancorpus.neardup.shingles import sorted_distinct
from cleancorpus.text import Positions

_FEW = 2048  # values up to which each is looked up; more are joined with the whole table


@dataclass(frozen=True, eq=False)
class Found:
    """Passages of a segment: ``numbers`` (``int64``, sorted), ids and spans."""

    numbers: Positions
    ids: Sequence[str]
    start: Positions
    stop: Positions


class Held(NamedTuple):
    """A segment that is open: the name it is attached under, and its arrays."""

    alias: str
    arrays: Arrays


class Shelf:
    """Segments attached to one DuckDB connection, the oldest first; they are named by their place."""

    def __init__(self, folder: Path, memory_limit: str) -> None:
        self._folder = folder
        # One thread: to wake another takes longer than a look-up.
        self.connection = connect(None, memory_limit, folder / SPILL, threads=1)
        self._held: dict[str, Held] = {}  # by the folder's name
        self._attached = 0

    def close(self) -> None:
        """Let go of all segments."""
        self.connection.close()
        self._held = {}

    def hold(self, names: Sequence[str]) -> None:
        """Hold exactly these segments; raises ``FileNotFoundError`` where one has been removed meanwhile."""
        for name in names:
            if name not in self._held:
                arrays = Arrays.map(self._folder / name)
                database = self._folder / name / DATABASE
                if not database.exists():
                    raise FileNotFoundError(name)
                self._attached += 1
                alias = f"segment_{self._attached}"
                self.connection.execute(f"ATTACH '{quoted(database)}' AS {alias} (READ_ONLY)")
                self._held[name] = Held(alias, arrays)
        for name in [name for name in self._held if name not in names]:
            self.connection.execute(f"DETACH {self._held.pop(name).alias}")
        self._held = {name: self._held[name] for name in names}

    def arrays(self, part: int) -> Arrays:
        """Give the arrays of a segment."""
        return list(self._held.values())[part].arrays

    def count(self) -> int:
        """Count the documents whose newest mention is alive."""
        if not self._held:
            return 0
        query = f"""
            SELECT count(*) FROM (
                SELECT alive FROM ({self._documents()})
                QUALIFY row_number() OVER (PARTITION BY id ORDER BY part DESC) = 1
            ) WHERE alive
        """
        return int(self.connection.execute(query).fetchall()[0][0])

    def newest(self, names: Sequence[str], after: int = -1) -> dict[str, tuple[int, bool]]:
        """Give for each of these ids the newest segment that mentions it, and whether it is alive there.

        Only segments behind ``after`` are asked, and ids that none of them mentions are left out.
        """
        if not names or after + 1 >= len(self._held):
            return {}
        query = f"SELECT id, part, alive FROM ({self._documents(after + 1)}) WHERE {{condition}} ORDER BY part"
        rows = self._look_up(query, "id", names)
        columns = (rows["id"].tolist(), rows["part"].tolist(), rows["alive"].tolist())
        return {name: (part, alive) for name, part, alive in zip(*columns, strict=True)}

    def passages(self, part: int, numbers: Positions) -> Found:
        """Give the passages of a segment that have these numbers."""
        alias = self._alias(part)
        # Ids are asked for in a second step: a join would read all of them, whatever is wanted.
        query = f"SELECT number, document, start, stop FROM {alias}.passages WHERE {{condition}} ORDER BY number"
        rows = self._look_up(query, "number", numbers)
        document = sorted_distinct(rows["document"])
        query = f"SELECT id FROM {alias}.documents WHERE {{condition}} ORDER BY document"
        ids = self._look_up(query, "document", document)["id"]
        ids = ids[np.searchsorted(document, rows["document"])]
        return Found(rows["number"], ids.tolist(), rows["start"], rows["stop"])

    def _alias(self, part: int) -> str:
        return list(self._held.values())[part].alias

    def _documents(self, first: int = 0) -> str:
        parts = [
            f"SELECT id, alive, {part} AS part FROM {held.alias}.documents"
            for part, held in enumerate(self._held.values())
            if part >= first
        ]
        return " UNION ALL ".join(parts)

    def _look_up(self, query: str, column: str, values: Sequence[str] | Positions) -> Mapping[str, NDArray[Any]]:
        """Run a query with a condition on one column: few values one by one, many through a join.

        Values that are named are found by the least and greatest of each row group, which costs little for
        each; a join reads the whole column, once for all.
        """
        import pyarrow as pa

        if len(values) <= _FEW:
            listed = ", ".join(map(_literal, values)) or "NULL"
            result = self.connection.execute(query.format(condition=f"{column} IN ({listed})"))
        else:
            self.connection.register("wanted", pa.table({"value": values}))
            condition = f"{column} IN (SELECT value FROM wanted)"
            result = self.connection.execute(query.format(condition=condition))
        rows = {name: np.asarray(rows) for name, rows in result.fetchnumpy().items()}
        if len(values) > _FEW:
            self.connection.unregister("wanted")
        return rows


def _literal(value: str | np.int64) -> str:
    """Give a text or number for a SQL string."""
    return "'{}'".format(value.replace("'", "''")) if isinstance(value, str) else str(value)
