"""The record as a table, one row an edit; docs/formats.md describes its columns.

A row is of one ``kind``: a ``document``, or one of its edits (``edit``), flags (``flag``) and pieces of
metadata (``field``), which follow it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.io.record import Recorded, RecordedLayer
from cleancorpus.text import Positions, TextBatch

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1
VERSION_KEY = b"cleancorpus.record"

KINDS = ("document", "edit", "flag", "field")

# Text columns.  A text with lone surrogates is no UTF-8: its exact form then stands in the column `exact`.
_TEXTS = ("id", "reason", "before", "after", "key", "value")
_FIRST_SURROGATE, _LAST_SURROGATE, _REPLACEMENT = 0xD800, 0xDFFF, 0xFFFD

Row = dict[str, Any]


def schema() -> pa.Schema:
    """Give the record's schema."""
    import pyarrow as pa

    name = pa.dictionary(pa.int32(), pa.string())
    types = {
        "document": pa.int64(),
        "kind": name,
        "id": pa.large_string(),
        "outcome": name,
        "step": pa.int32(),
        "stage": name,
        "rule": name,
        "reason": name,
        "start": pa.int64(),
        "end": pa.int64(),
        "original_start": pa.int64(),
        "original_end": pa.int64(),
        "before": pa.large_string(),
        "after": pa.large_string(),
        "key": name,
        "value": pa.large_string(),
        "score": pa.float64(),
        "detail": pa.string(),
        "data": pa.large_binary(),
        "frame_before": pa.large_binary(),
        "frame_after": pa.large_binary(),
        "exact": pa.string(),
    }
    return pa.schema(list(types.items()), metadata={VERSION_KEY: str(VERSION)})


# -- to a table -------------------------------------------------------------------------------------------------


def to_table(documents: Sequence[Recorded]) -> pa.Table:
    """Give the record of some documents as an Arrow table: each document's row, then those of its parts."""
    import pyarrow as pa

    rows: list[Row] = []
    owners: list[int] = []
    for owner, document in enumerate(documents):
        for row in _rows(document):
            rows.append(_exact(row))
            owners.append(owner)
    columns = schema()
    arrays = [pa.array([row.get(name) for row in rows], type=columns.field(name).type) for name in columns.names]
    few = pa.Table.from_arrays(arrays, schema=columns)
    edits, edit_owners = _edit_table(documents)
    owner_of = np.concatenate([np.array(owners, dtype=np.int64), edit_owners])
    ranks = {kind: rank for rank, kind in enumerate(KINDS)}
    rank_of = np.array([ranks[row["kind"]] for row in rows] + [ranks["edit"]] * len(edit_owners), dtype=np.int64)
    table = pa.concat_tables([few, edits]).unify_dictionaries().combine_chunks()
    return table.take(pa.array(np.lexsort((rank_of, owner_of)))).combine_chunks()


def _rows(document: Recorded) -> Iterator[Row]:
    """Give all rows of a document but those of its edits."""
    common = {"document": document.number, "id": document.id}
    yield {**common, "kind": "document", **_document_row(document)}
    for flag in document.flags:
        told = {"stage": flag.rule.partition(".")[0], "rule": flag.rule, "reason": flag.reason, "score": flag.score}
        yield {**common, "kind": "flag", "original_start": flag.start, "original_end": flag.end, **told}
    for entry in document.fields:
        told = {"key": entry.key, "value": entry.value}
        yield {**common, "kind": "field", "original_start": entry.start, "original_end": entry.end, **told}


def _document_row(document: Recorded) -> Row:
    frame = document.frame
    detail = {
        "file": document.file,
        "place": document.place,
        "script": document.script,
        "url": document.url,
        "decoding": document.decoding,
        "source_sha256": document.source_sha256,
        "failure": None if document.failure is None else asdict(document.failure),
        "ascii": None if frame is None else frame.ascii,
    }
    return {
        "outcome": document.outcome,
        "reason": document.reason or None,
        "detail": json.dumps(detail),
        "data": document.data,
        "frame_before": document.line if frame is None else frame.before,
        "frame_after": None if frame is None else frame.after,
        "value": document.text,
    }


def _exact(row: Row) -> Row:
    """Move texts that are no UTF-8 to the column ``exact``, and leave a readable form in their place."""
    exact: dict[str, str] = {}
    for name in _TEXTS:
        text = row.get(name)
        if text is not None and not _is_utf8(text):
            exact[name] = _packed(text)
            row[name] = text.encode("utf-8", "replace").decode("utf-8")
    return {**row, "exact": json.dumps(exact)} if exact else row


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _packed(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _edit_table(documents: Sequence[Recorded]) -> tuple[pa.Table, Positions]:
    """Give the rows of all edits as a table, and the document of each, by its place in the list."""
    import pyarrow as pa

    layers = [
        (owner, document, step, layer)
        for owner, document in enumerate(documents)
        for step, layer in enumerate(document.layers)
    ]
    columns = schema()
    if not layers:
        return columns.empty_table(), np.zeros(0, dtype=np.int64)
    sizes = np.array([len(layer.edits) for _, _, _, layer in layers], dtype=np.int64)
    owners = np.repeat(np.array([owner for owner, _, _, _ in layers], dtype=np.int64), sizes)
    rule, rules = _rule_codes([(document, layer) for _, document, _, layer in layers])
    before, before_exact = _utf8(TextBatch.concatenate([layer.before for _, _, _, layer in layers]))
    after, after_exact = _utf8(TextBatch.concatenate([layer.edits.after for _, _, _, layer in layers]))
    ids = [document.id for document in documents]
    given: dict[str, Any] = {
        "document": np.array([document.number for document in documents], dtype=np.int64)[owners],
        "kind": _coded(np.zeros(len(owners), dtype=np.int32), ["edit"]),
        "id": pa.array([_readable(id) for id in ids], type=pa.large_string()).take(pa.array(owners)),
        "step": np.repeat(np.array([step for _, _, step, _ in layers], dtype=np.int32), sizes),
        "stage": _stages([layer.stage for _, _, _, layer in layers], sizes),
        "rule": _coded(rule, [name for name, _ in rules]),
        "reason": _coded(rule, [_readable(why) for _, why in rules]),
        "start": np.concatenate([layer.edits.start for _, _, _, layer in layers]),
        "end": np.concatenate([layer.edits.end for _, _, _, layer in layers]),
        "original_start": np.concatenate([layer.original_start for _, _, _, layer in layers]),
        "original_end": np.concatenate([layer.original_end for _, _, _, layer in layers]),
        "before": before,
        "after": after,
        "exact": _exact_column(len(owners), {"before": before_exact, "after": after_exact}),
    }
    arrays = [
        pa.array(given[name]) if name in given else pa.nulls(len(owners), columns.field(name).type)
        for name in columns.names
    ]
    return pa.Table.from_arrays([a.cast(f.type) for a, f in zip(arrays, columns, strict=True)], schema=columns), owners


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _rule_codes(
    layers: Sequence[tuple[Recorded, RecordedLayer]],
) -> tuple[NDArray[np.int32], list[tuple[str, str]]]:
    """Give the rule of every edit as an index into a list of ids with their reasons."""
    numbers: dict[tuple[str, str], int] = {}
    parts = []
    for document, layer in layers:
        codes = [numbers.setdefault((rule, document.reasons.get(rule, "")), len(numbers)) for rule in layer.edits.rules]
        parts.append(np.array(codes, dtype=np.int32)[layer.edits.rule])
    return np.concatenate(parts), list(numbers)


def _stages(stages: Sequence[str], sizes: Positions) -> pa.DictionaryArray:
    names = list(dict.fromkeys(stages))
    return _coded(np.repeat(np.array([names.index(stage) for stage in stages], dtype=np.int32), sizes), names)


def _coded(codes: NDArray[np.int32], names: Sequence[str]) -> pa.Array[Any]:
    """Give a dictionary column; names may repeat."""
    import pyarrow as pa

    unique = list(dict.fromkeys(names))
    place = np.array([unique.index(name) for name in names], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(place[codes]), pa.array(unique, type=pa.string()))


def _utf8(batch: TextBatch) -> tuple[pa.Array[Any], dict[int, str]]:
    """Give texts as an Arrow column that is UTF-8, and the exact form of those that were not, by row."""
    lone = (batch.codepoints >= _FIRST_SURROGATE) & (batch.codepoints <= _LAST_SURROGATE)
    if not bool(lone.any()):
        return batch.to_arrow(), {}
    exact = {row: _packed(batch.text(row)) for row in np.unique(batch.document_of(np.flatnonzero(lone))).tolist()}
    points = np.where(lone, np.uint32(_REPLACEMENT), batch.codepoints)
    return TextBatch(points, batch.offsets).to_arrow(), exact


def _exact_column(length: int, exact: Mapping[str, Mapping[int, str]]) -> pa.Array[Any]:
    """Give the column ``exact`` for the exact forms of several columns, each by row."""
    import pyarrow as pa

    rows: dict[int, dict[str, str]] = {}
    for name, texts in exact.items():
        for row, text in texts.items():
            rows.setdefault(row, {})[name] = text
    if not rows:
        return pa.nulls(length, pa.string())
    return pa.array([json.dumps(rows[row]) if row in rows else None for row in range(length)], type=pa.string())


# -- files ------------------------------------------------------------------------------------------------------


def write_record(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables to one Parquet file, a row group each, so that no document lies in two."""
    import pyarrow.parquet as pq

    from cleancorpus.io.files import whole_file

    with whole_file(path) as temporary, pq.ParquetWriter(temporary, schema(), compression="zstd") as writer:
        for table in tables:
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)
