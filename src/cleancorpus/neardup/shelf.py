"""The segments of an index that one process has open, and the look-ups in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.segments import connect, quoted
from cleancorpus.text import Positions, TextBatch

_FEW = 2048  # values up to which each is looked up; more are joined with the whole table


@dataclass(frozen=True, eq=False)
class Found:
    """Passages of a segment: ``numbers`` (``int64``, sorted), ids, spans, and the folded texts."""

    numbers: Positions
    ids: Sequence[str]
    start: Positions
    stop: Positions
    view: TextBatch


class Shelf:
    """Segments attached to one DuckDB connection, the oldest first; they are named by their place."""

    def __init__(self, folder: Path, memory_limit: str) -> None:
        self._folder = folder
        self._connection = connect(memory_limit, folder / "spill")
        self._held: dict[str, str] = {}  # file name to the name it is attached under
        self._attached = 0

    def close(self) -> None:
        """Let go of all segments."""
        self._connection.close()

    def hold(self, names: Sequence[str]) -> None:
        """Hold exactly these segments; raises ``FileNotFoundError`` where one has been removed meanwhile."""
        for name in names:
            if name not in self._held:
                if not (self._folder / name).exists():
                    raise FileNotFoundError(name)
                self._attached += 1
                alias = f"segment_{self._attached}"
                self._connection.execute(f"ATTACH '{quoted(self._folder / name)}' AS {alias} (READ_ONLY)")
                self._held[name] = alias
        for name in [name for name in self._held if name not in names]:
            self._connection.execute(f"DETACH {self._held.pop(name)}")
        self._held = {name: self._held[name] for name in names}

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
        return int(self._connection.execute(query).fetchall()[0][0])

    def newest(self, names: Sequence[str]) -> dict[str, tuple[int, bool]]:
        """Give for each of these ids that is mentioned the newest segment that does, and whether it is alive."""
        if not self._held or not names:
            return {}
        import pyarrow as pa

        rows = self._look_up(
            f"SELECT id, part, alive FROM ({self._documents()}) WHERE {{condition}} ORDER BY part",
            "id",
            pa.array(names, pa.string()),
            [f"'{name.replace(chr(39), chr(39) * 2)}'" for name in names[: _FEW + 1]],
        )
        columns = (rows["id"].tolist(), rows["part"].tolist(), rows["alive"].tolist())
        return {name: (part, alive) for name, part, alive in zip(*columns, strict=True)}

    def numbers(self, part: int, keys: Positions) -> tuple[Positions, Positions]:
        """Give the rows of a segment's bands that have one of these keys: key and number of the passage."""
        rows = self._look_up(
            f"SELECT key, number FROM {self._alias(part)}.bands WHERE {{condition}}", "key", keys, keys[: _FEW + 1]
        )
        return rows["key"], rows["number"]

    def passages(self, part: int, numbers: Positions) -> Found:
        """Give the passages of a segment that have these numbers."""
        alias = self._alias(part)
        rows = self._look_up(
            f"SELECT number, id, start, stop, view FROM {alias}.passages JOIN {alias}.documents USING (document) "
            "WHERE {condition} ORDER BY number",
            "number",
            numbers,
            numbers[: _FEW + 1],
        )
        views = [bytes(view) for view in rows["view"]]
        offsets = np.cumsum([0, *(len(view) // 4 for view in views)])
        view = TextBatch(np.frombuffer(b"".join(views), dtype="<u4"), offsets)
        return Found(rows["number"], rows["id"].tolist(), rows["start"], rows["stop"], view)

    def _alias(self, part: int) -> str:
        return list(self._held.values())[part]

    def _documents(self) -> str:
        parts = [
            f"SELECT id, alive, {part} AS part FROM {alias}.documents" for part, alias in enumerate(self._held.values())
        ]
        return " UNION ALL ".join(parts)

    def _look_up(self, query: str, column: str, values: Any, literals: Any) -> Mapping[str, NDArray[Any]]:
        """Run a query with a condition on one column: few values one by one, many through a join.

        Values that are named are found by the least and greatest of each row group, which costs little for
        each; a join reads the whole column, once for all.
        """
        import pyarrow as pa

        if len(values) <= _FEW:
            listed = ", ".join(str(literal) for literal in literals) or "NULL"
            result = self._connection.execute(query.format(condition=f"{column} IN ({listed})"))
        else:
            self._connection.register("wanted", pa.table({"value": values}))
            condition = f"{column} IN (SELECT value FROM wanted)"
            result = self._connection.execute(query.format(condition=condition))
        rows = {name: np.asarray(rows) for name, rows in result.fetchnumpy().items()}
        if len(values) > _FEW:
            self._connection.unregister("wanted")
        return rows
