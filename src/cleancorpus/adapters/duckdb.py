"""DuckDB: functions for SQL, over Arrow.

>>> import duckdb
>>> from cleancorpus.adapters import duckdb as step
>>> connection = duckdb.connect()
>>> step.clean(connection, "clean_zh", script="hans")
>>> connection.sql("SELECT clean_zh('經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。')").fetchall()
[('经济发展需要更多的网络建设。',)]
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

from cleancorpus.adapters import arrow
from cleancorpus.cleaner import Cleaner

# What `tag` returns: all of a result but its text.
TAGS = (
    "STRUCT(script VARCHAR, "
    'edits STRUCT(step INTEGER, stage VARCHAR, rule VARCHAR, start BIGINT, "end" BIGINT, '
    "before VARCHAR, after VARCHAR)[], "
    'flags STRUCT(start BIGINT, "end" BIGINT, rule VARCHAR, reason VARCHAR, score DOUBLE)[], '
    "metadata STRUCT(key VARCHAR, value VARCHAR)[], failure VARCHAR)"
)


def clean(
    connection: duckdb.DuckDBPyConnection,
    name: str = "clean_zh",
    *,
    cleaner: Cleaner | None = None,
    **options: Any,
) -> None:
    """Give a connection a function of SQL that cleans a text; a null stays null."""
    chosen = arrow.cleaner_for(cleaner, options)

    def cleaned(texts: pa.ChunkedArray) -> pa.Array:
        return arrow.results(texts, chosen).field("text").cast(pa.string())

    connection.create_function(name, cleaned, ["VARCHAR"], "VARCHAR", type=ARROW)


def tag(
    connection: duckdb.DuckDBPyConnection,
    name: str = "tag_zh",
    *,
    cleaner: Cleaner | None = None,
    **options: Any,
) -> None:
    """Give a connection a function of SQL that says, as a struct, what cleaning would do to a text.

    Of a null it says so under ``failure``.
    """
    chosen = arrow.cleaner_for(cleaner, options)
    fields = [field for field in arrow.RESULT if field.name != "text"]

    def tagged(texts: pa.ChunkedArray) -> pa.Array:
        found = arrow.results(texts, chosen)
        return pa.StructArray.from_arrays([found.field(field.name) for field in fields], fields=fields)

    returned = duckdb.sqltype(TAGS)
    connection.create_function(name, tagged, ["VARCHAR"], returned, type=ARROW, null_handling=SPECIAL)


def near_duplicates(relation: duckdb.DuckDBPyRelation, column: str = "text", **options: Any) -> pa.Table:
    """Give the verified near-duplicate pairs of a relation; see ``adapters.arrow.near_duplicates``."""
    return arrow.near_duplicates(relation.to_arrow_table(), column, **options)
