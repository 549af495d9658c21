"""DuckDB, as a search and an index use it: connections of their own, and paths in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cleancorpus.errors import SettingsError

if TYPE_CHECKING:
    import duckdb


def connect(database: Path | None, memory_limit: str, spill: Path, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Connect to a database file, or to an empty database in memory, to which others can be attached.

    What does not fit into ``memory_limit`` (``"1GB"``) goes to the folder ``spill``.
    Raises ``duckdb.IOException`` where the file is another process's or no database, ``SettingsError`` for a memory
    limit that is no size.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
        "threads": str(threads),
    }
    try:
        return duckdb.connect(":memory:" if database is None else str(database), config=config)
    except duckdb.ParserException as error:
        raise SettingsError(f"the memory limit is {memory_limit!r}; it is a size, such as 500MB or 4GB") from error


def quoted(path: Path) -> str:
    """Give a path for a SQL string."""
    return str(path).replace("'", "''")
