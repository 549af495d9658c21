"""Polars: frames, lazy frames and an expression namespace.

>>> import polars as pl
>>> from cleancorpus.adapters import polars as step
>>> frame = pl.DataFrame({"id": ["a"], "text": ["經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。"]})
>>> step.clean(frame)["text"].to_list()
['經濟發展需要更多的網絡建設。']
>>> frame.select(pl.col("text").cleancorpus.clean(script="hans").struct.field("text")).item()
'经济发展需要更多的网络建设。'
"""

from __future__ import annotations

from typing import Any, TypeVar

import polars as pl
import pyarrow as pa

from cleancorpus.adapters import arrow
from cleancorpus.cleaner import Cleaner
from cleancorpus.errors import InputError

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

RESULT = pl.Series(pl.from_arrow(pa.array([], arrow.RESULT))).dtype


def clean(frame: Frame, column: str = "text", *, cleaner: Cleaner | None = None, **options: Any) -> Frame:
    """Clean one column of a frame; ``script``, ``edits``, ``flags``, ``metadata`` and ``failure`` are added."""
    return _with_results(frame, column, arrow.cleaner_for(cleaner, options), apply=True)


def tag(frame: Frame, column: str = "text", *, cleaner: Cleaner | None = None, **options: Any) -> Frame:
    """Add what ``clean`` would do to one column of a frame, and leave its texts alone."""
    return _with_results(frame, column, arrow.cleaner_for(cleaner, options), apply=False)


def near_duplicates(frame: Frame, column: str = "text", **options: Any) -> pl.DataFrame:
    """Give the verified near-duplicate pairs of a frame; see ``adapters.arrow.near_duplicates``."""
    whole = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    return pl.DataFrame(pl.from_arrow(arrow.near_duplicates(whole.to_arrow(), column, **options)))


@pl.api.register_expr_namespace("cleancorpus")
class Expressions:
    """``pl.col("text").cleancorpus.clean(…)``: a struct of the clean text and all that is known of it."""

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def clean(self, *, cleaner: Cleaner | None = None, **options: Any) -> pl.Expr:
        """Give the results of cleaning as a struct: text, script, edits, flags, metadata, failure."""
        chosen = arrow.cleaner_for(cleaner, options)
        return self._expression.map_batches(
            lambda series: _results(series, chosen), return_dtype=RESULT, is_elementwise=True
        )


def _results(series: pl.Series, cleaner: Cleaner) -> pl.Series:
    if series.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        raise InputError(f"column {series.name!r} holds {series.dtype}, not texts")
    found = arrow.results(series.cast(pl.String).to_arrow(), cleaner)
    return pl.Series(series.name, pl.from_arrow(found))


def _with_results(frame: Frame, column: str, cleaner: Cleaner, *, apply: bool) -> Frame:
    names = frame.collect_schema().names()
    if column not in names:
        raise InputError(f"there is no column {column!r}; there are {', '.join(names)}")
    added = arrow.added_columns(names, column)
    found = "__cleancorpus__"
    results = pl.col(column).map_batches(
        lambda series: _results(series, cleaner), return_dtype=RESULT, is_elementwise=True
    )
    fields = [pl.col(found).struct.field(name) for name in added]
    if apply:
        fields.append(pl.col(found).struct.field("text").alias(column))
    return frame.with_columns(results.alias(found)).with_columns(fields).drop(found)
