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
    return _connected(database, {"memory_limit": memory_limit, "temp_directory": str(spill), "threads": str(threads)})


def check_memory_limit(memory_limit: str) -> None:
    """Raise ``SettingsError`` for a memory limit that is no size, so that no work is lost that was done before."""
    _connected(None, {"memory_limit": memory_limit}).close()


def _connected(
    database: Path | None, config: dict[str, str | bool | int | float | list[str]]
) -> duckdb.DuckDBPyConnection:
    import duckdb

    try:
        return duckdb.connect(":memory:" if database is None else str(database), config=config)
    except duckdb.ParserException as error:
        limit = config["memory_limit"]
        raise SettingsError(f"the memory limit is {limit!r}; it is a size, such as 500MB or 4GB") from error


def quoted(path: Path) -> str:
    """Give a path for a SQL string."""
    return str(path).replace("'", "''")
