"""Arrow in, Arrow out: columns of texts to columns of clean texts, records and flags.

No step loops over rows: texts become a columnar batch from Arrow's own buffers, and the record's columns
become Arrow's.  Python looks only at what was found: flags, metadata, failures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from cleancorpus.cleaner import BATCH_CHARACTERS, Cleaned, Cleaner, cleaner_of
from cleancorpus.document import Failure, Flag, MetadataField
from cleancorpus.errors import InputError, SettingsError
from cleancorpus.ledger import ledger_of
from cleancorpus.settings import settings_from
from cleancorpus.text import Positions, TextBatch, offsets_of, runs_within

Data = TypeVar("Data", pa.RecordBatch, pa.Table)

EDIT = pa.struct(
    [
        ("step", pa.int32()),
        ("stage", pa.string()),
        ("rule", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("before", pa.large_string()),
        ("after", pa.large_string()),
    ]
)
FLAG = pa.struct(
    [
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("rule", pa.string()),
        ("reason", pa.string()),
        ("score", pa.float64()),
    ]
)
ENTRY = pa.struct([("key", pa.string()), ("value", pa.large_string())])
RESULT = pa.struct(
    [
        ("text", pa.large_string()),
        ("script", pa.string()),
        ("edits", pa.large_list(EDIT)),
        ("flags", pa.large_list(FLAG)),
        ("metadata", pa.large_list(ENTRY)),
        ("failure", pa.string()),
    ]
)
NULL_TEXT = "the text is null"


def cleaner_for(cleaner: Cleaner | None, options: Mapping[str, Any]) -> Cleaner:
    """Give the cleaner that was handed over, or that of the options; raises ``SettingsError`` for both."""
    if cleaner is None:
        return cleaner_of(settings_from(options))
    if options:
        raise SettingsError("give a cleaner or options, not both")
    return cleaner


def clean(data: Data, column: str = "text", *, cleaner: Cleaner | None = None, **options: Any) -> Data:
    """Clean one column of a record batch or table; the others stay.

    The column holds the clean texts afterwards, and ``script``, ``edits``, ``flags``, ``metadata`` and
    ``failure`` are added (types in ``RESULT``; spans are code points of the text that came in, of HTML: of
    the text extracted).  A null text stays null and has its ``failure``.
    Raises ``InputError`` for other data, and for a column that is absent, holds no texts, or would be overwritten.
    """
    return _with_results(data, column, cleaner_for(cleaner, options), apply=True)


def tag(data: Data, column: str = "text", *, cleaner: Cleaner | None = None, **options: Any) -> Data:
    """Add what ``clean`` would do to one column of a record batch or table, and leave the texts alone."""
    return _with_results(data, column, cleaner_for(cleaner, options), apply=False)


def near_duplicates(
    data: pa.RecordBatch | pa.Table,
    column: str = "text",
    *,
    id_column: str = "id",
    threshold: float = 0.8,
    unit: str = "document",
    **options: Any,
) -> pa.Table:
    """Give the verified near-duplicate pairs of a table: ``left``, ``right`` (ids), ``jaccard``, ``containment``."""
    from cleancorpus.neardup import near_duplicates as find

    texts, ids = texts_of(data, column), _column(data, id_column).to_pylist()
    items = zip(map(str, ids), TextBatch.from_arrow(texts).to_texts(), strict=True)
    pairs = find(items, threshold=threshold, unit=unit, **options).pairs
    return pa.table(
        {
            "left": pa.array([pair.left for pair in pairs], pa.string()),
            "right": pa.array([pair.right for pair in pairs], pa.string()),
            "jaccard": pa.array([pair.jaccard for pair in pairs], pa.float64()),
            "containment": pa.array([pair.containment for pair in pairs], pa.float64()),
        }
    )


def clean_batches(
    batches: Iterable[pa.RecordBatch], column: str = "text", *, cleaner: Cleaner | None = None, **options: Any
) -> Iterator[pa.RecordBatch]:
    """Clean a stream of record batches, one at a time: what a scanner, a reader or ``mapInArrow`` gives."""
    chosen = cleaner_for(cleaner, options)
    for batch in batches:
        yield clean(batch, column, cleaner=chosen)


def results(texts: pa.Array | pa.ChunkedArray, cleaner: Cleaner) -> pa.StructArray:
    """Clean an array of texts to an array of ``RESULT``, a row a text; a null gives a null text and a failure."""
    nulls = np.asarray(texts.is_null())
    batch = TextBatch.from_arrow(texts.fill_null("") if texts.null_count else texts)
    parts = [_results_of(cleaner.clean_batch(part)) for part in _pieces(batch)]
    whole = pa.concat_arrays(parts) if parts else pa.array([], RESULT)
    return _with_nulls(whole, nulls) if bool(nulls.any()) else whole


def added_columns(names: Iterable[str], column: str) -> list[str]:
    """Give the columns that cleaning ``column`` adds to those there; raises ``InputError`` where one is taken."""
    added = [field.name for field in RESULT if field.name != "text"]
    taken = sorted(set(added) & set(names) - {column})
    if taken:
        raise InputError(f"the column {taken[0]!r} is there already; rename it, as cleaning adds one of that name")
    return added


def texts_of(data: pa.RecordBatch | pa.Table, column: str) -> pa.Array | pa.ChunkedArray:
    """Give a column of texts; raises ``InputError`` that names what is there instead."""
    texts = _column(data, column)
    kind = texts.type.value_type if pa.types.is_dictionary(texts.type) else texts.type
    if pa.types.is_null(kind) or pa.types.is_string_view(kind):
        return texts.cast(pa.large_string())
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(f"column {column!r} holds {texts.type}, not texts")
    return texts


def _column(data: pa.RecordBatch | pa.Table, column: str) -> pa.Array | pa.ChunkedArray:
    if column not in data.schema.names:
        raise InputError(f"there is no column {column!r}; there are {', '.join(data.schema.names)}")
    return data.column(column)


def _with_results(data: Data, column: str, cleaner: Cleaner, *, apply: bool) -> Data:
    if not isinstance(data, pa.RecordBatch | pa.Table):
        kind = type(data).__name__
        raise InputError(f"a record batch or table is cleaned here, not {kind}; clean_many of cleancorpus takes texts")
    added = added_columns(data.schema.names, column)
    found = results(texts_of(data, column), cleaner)
    arrays = dict(zip(data.schema.names, data.columns, strict=True))
    if apply:
        arrays[column] = found.field("text")
    arrays |= {name: found.field(name) for name in added}
    return type(data).from_arrays(list(arrays.values()), names=list(arrays))


def _pieces(batch: TextBatch) -> Iterator[TextBatch]:
    """Cut a batch into batches of the size at which the stages work best."""
    for first, last in runs_within(batch.lengths, BATCH_CHARACTERS):
        yield batch.between(first, last)


def _results_of(cleaned: Cleaned) -> pa.StructArray:
    settled = cleaned.settled
    columns = [
        settled.text.to_arrow(),
        pa.array(cleaned.scripts, pa.string()),
        _edits(cleaned),
        _flags(settled.flags, len(settled)),
        _metadata(settled.fields, len(settled)),
        _failures(settled.failures, len(settled)),
    ]
    return pa.StructArray.from_arrays(columns, fields=list(RESULT))


def _edits(cleaned: Cleaned) -> pa.LargeListArray:
    ledger = ledger_of(cleaned.settled)
    rows = pa.StructArray.from_arrays(
        [
            pa.array(ledger.step),
            _named(ledger.stage, ledger.stages),
            _named(ledger.rule, ledger.rules),
            pa.array(ledger.original_start),
            pa.array(ledger.original_end),
            ledger.before.to_arrow(),
            ledger.after.to_arrow(),
        ],
        fields=list(EDIT),
    )
    offsets = np.searchsorted(ledger.document, np.arange(len(cleaned.settled) + 1)).astype(np.int64)
    return pa.LargeListArray.from_arrays(pa.array(offsets), rows)


def _named(indices: np.ndarray[Any, Any], names: Sequence[str]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(indices))


def _offsets(found: Mapping[int, Sequence[object]], count: int) -> Positions:
    """Give where each document's findings begin in the list of all, ``int64[count + 1]``."""
    sizes = np.zeros(count, dtype=np.int64)
    for document, rows in found.items():
        sizes[document] = len(rows)
    return offsets_of(sizes)


def _flags(found: Mapping[int, Sequence[Flag]], count: int) -> pa.LargeListArray:
    rows = [flag for document in sorted(found) for flag in found[document]]
    columns = zip(*rows, strict=True) if rows else ([] for _ in FLAG)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, FLAG, strict=True)]
    flags = pa.StructArray.from_arrays(arrays, fields=list(FLAG))
    return pa.LargeListArray.from_arrays(pa.array(_offsets(found, count)), flags)


def _metadata(found: Mapping[int, Sequence[MetadataField]], count: int) -> pa.LargeListArray:
    rows = [entry for document in sorted(found) for entry in found[document]]
    keys = pa.array([entry.key for entry in rows], pa.string())
    values = pa.array([entry.value for entry in rows], pa.large_string())
    entries = pa.StructArray.from_arrays([keys, values], fields=list(ENTRY))
    return pa.LargeListArray.from_arrays(pa.array(_offsets(found, count)), entries)


def _failures(failures: Mapping[int, Failure], count: int) -> pa.Array:
    if not failures:
        return pa.nulls(count, pa.string())
    said: list[str | None] = [None] * count
    for document, failure in failures.items():
        said[document] = f"{failure.step}: {failure.reason}"
    return pa.array(said, pa.string())


def _with_nulls(found: pa.StructArray, nulls: np.ndarray[Any, np.dtype[np.bool_]]) -> pa.StructArray:
    import pyarrow.compute as pc

    mask = pa.array(nulls)
    columns = {field.name: found.field(field.name) for field in RESULT}
    columns["text"] = pc.if_else(mask, pa.scalar(None, pa.large_string()), columns["text"])
    columns["failure"] = pc.if_else(mask, pa.scalar(NULL_TEXT), columns["failure"])
    return pa.StructArray.from_arrays(list(columns.values()), fields=list(RESULT))
