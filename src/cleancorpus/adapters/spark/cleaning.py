"""Cleaning in Spark: every partition's record batches go through the Arrow adapter, with ``mapInArrow``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from cleancorpus.adapters import arrow
from cleancorpus.cleaner import cleaner_of
from cleancorpus.errors import InputError
from cleancorpus.settings import Settings, settings_from


def clean(frame: DataFrame, column: str = "text", **options: Any) -> DataFrame:
    """Clean one column of a DataFrame; ``script``, ``edits``, ``flags``, ``metadata`` and ``failure`` are added."""
    return _mapped(frame, column, settings_from(options), apply=True)


def tag(frame: DataFrame, column: str = "text", **options: Any) -> DataFrame:
    """Add what ``clean`` would do to one column of a DataFrame, and leave its texts alone."""
    return _mapped(frame, column, settings_from(options), apply=False)


def _mapped(frame: DataFrame, column: str, settings: Settings, *, apply: bool) -> DataFrame:
    check_columns(frame, column)
    # The schema is what the step makes of no rows; Spark takes Arrow's ordinary strings and lists only.
    empty = to_arrow_schema(frame.schema).empty_table()
    work = partial(_results, column=column, settings=settings, apply=apply)
    schema = _ordinary(_step(empty, column, settings, apply=apply).schema)
    return frame.mapInArrow(partial(work, schema=schema), from_arrow_schema(schema))


def _step(data: arrow.Data, column: str, settings: Settings, *, apply: bool) -> arrow.Data:
    cleaner = cleaner_of(settings)
    return arrow.clean(data, column, cleaner=cleaner) if apply else arrow.tag(data, column, cleaner=cleaner)


def _results(
    batches: Iterator[pa.RecordBatch], *, column: str, settings: Settings, apply: bool, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield _step(batch, column, settings, apply=apply).cast(schema)


def _ordinary(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(_ordinary_type(field.type)) for field in schema])


def _ordinary_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_list(kind):
        return pa.list_(_ordinary_type(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_ordinary_type(field.type)) for field in kind])
    return kind


def check_columns(frame: DataFrame, *columns: str) -> None:
    """Raise ``InputError`` where a column is absent."""
    for column in columns:
        if column not in frame.columns:
            raise InputError(f"there is no column {column!r}; there are {', '.join(frame.columns)}")
