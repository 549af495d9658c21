"""The record as a table, one row an edit; docs/formats.md describes its columns.

A row is of one ``kind``: a ``document``, or one of its edits (``edit``), flags (``flag``) and pieces of
metadata (``field``), which follow it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.document import Failure, Flag, MetadataField
from cleancorpus.edits import Edits
from cleancorpus.errors import RecordError
from cleancorpus.io.entries import Frame
from cleancorpus.io.record import Recorded, RecordedLayer
from cleancorpus.text import Positions, TextBatch

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1
_VERSION_KEY = b"cleancorpus.record"

KINDS = ("document", "edit", "flag", "field")
_DOCUMENT, _EDIT, _FLAG, _FIELD = range(len(KINDS))

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
    return pa.schema(list(types.items()), metadata={_VERSION_KEY: str(VERSION)})


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
    rank_of = np.array([ranks[row["kind"]] for row in rows] + [_EDIT] * len(edit_owners), dtype=np.int64)
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


# -- and back ---------------------------------------------------------------------------------------------------


def check_schema(found: pa.Schema, where: str) -> None:
    """Raise ``RecordError`` unless a table is a record of a version that this library reads."""
    metadata = found.metadata or {}
    if _VERSION_KEY not in metadata:
        raise RecordError(f"{where} is no record of cleancorpus")
    version = metadata[_VERSION_KEY].decode()
    if version != str(VERSION):
        raise RecordError(f"{where} is a record of version {version}; this library reads version {VERSION}")


def from_table(table: pa.Table) -> Iterator[Recorded]:
    """Give the documents of a table, in order; raises ``RecordError`` where it is no whole record."""
    check_schema(table.schema, "the table")
    if not table.num_rows:
        return
    columns = _Columns(table.unify_dictionaries().combine_chunks())
    begins = np.flatnonzero(columns.kind == _DOCUMENT)
    if not len(begins) or begins[0] != 0:
        raise RecordError("the record has lost its first row")
    for first, last in zip(begins.tolist(), [*begins[1:].tolist(), table.num_rows], strict=True):
        try:
            yield columns.document(first, last)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"row {first} of the record is damaged: {error}") from error


class _Columns:
    """The columns of a record, ready to be cut into documents."""

    def __init__(self, table: pa.Table) -> None:
        def numbers(name: str) -> Positions:
            return np.asarray(table[name].combine_chunks().fill_null(0)).astype(np.int64)

        def texts(name: str, rows: pa.Array[Any]) -> TextBatch:
            return TextBatch.from_arrow(table[name].combine_chunks().take(rows).fill_null(""))

        def names(column: pa.ChunkedArray[Any]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
            coded = column.combine_chunks()
            return np.asarray(coded.indices.fill_null(0)).astype(np.int32), tuple(coded.dictionary.to_pylist())

        self.number = numbers("document")
        codes, kinds = names(table["kind"])
        if not set(kinds) <= set(KINDS):
            raise RecordError(f"the record has rows of an unknown kind: {sorted(set(kinds) - set(KINDS))}")
        self.kind = np.array([KINDS.index(kind) for kind in kinds], dtype=np.int64)[codes]
        # The few rows that are no edits are read as dictionaries, the edits as columns.
        self.edit_of = np.cumsum(self.kind == _EDIT)
        edit_rows = np.flatnonzero(self.kind == _EDIT)
        other_rows = np.flatnonzero(self.kind != _EDIT)
        self.rows = dict(zip(other_rows.tolist(), map(_inexact, table.take(other_rows).to_pylist()), strict=True))
        edits = table.take(edit_rows)
        self.step = numbers("step")[edit_rows]
        self.start, self.end = numbers("start")[edit_rows], numbers("end")[edit_rows]
        self.original_start = numbers("original_start")[edit_rows]
        self.original_end = numbers("original_end")[edit_rows]
        self.stage, self.stages = names(edits["stage"])
        self.rule, self.rules = names(edits["rule"])
        self.reason, self.reasons = names(edits["reason"])
        self.before = _exact_texts(texts("before", edit_rows), edits, "before")
        self.after = _exact_texts(texts("after", edit_rows), edits, "after")

    def document(self, first: int, last: int) -> Recorded:
        """Give the document of the rows ``first`` to ``last`` (excluded)."""
        head = self.rows[first]
        if bool((self.number[first:last] != head["document"]).any()):
            raise RecordError(f"the record of a document behind {head['document']} has lost its first row")
        detail = json.loads(head["detail"])
        failure, ascii_only = detail["failure"], detail["ascii"]
        frame = None if ascii_only is None else Frame(head["frame_before"], head["frame_after"], ascii_only)
        others = [self.rows[row] for row in range(first + 1, last) if row in self.rows]
        one, other = (int(self.edit_of[first]), int(self.edit_of[last - 1]))
        return Recorded(
            number=head["document"],
            id=head["id"],
            file=detail["file"],
            place=detail["place"],
            outcome=head["outcome"],
            reason=head["reason"] or "",
            text=head["value"],
            data=head["data"],
            frame=frame,
            line=head["frame_before"] if frame is None else None,
            script=detail["script"],
            url=detail["url"],
            decoding=detail["decoding"],
            source_sha256=detail["source_sha256"],
            failure=None if failure is None else Failure(**failure),
            fields=tuple(_field(row) for row in others if row["kind"] == "field"),
            flags=tuple(_flag(row) for row in others if row["kind"] == "flag"),
            layers=tuple(self._layers(one, other)),
            reasons=self._reasons(one, other),
        )

    def _layers(self, first: int, last: int) -> Iterator[RecordedLayer]:
        """Give the layers of the edits ``first`` to ``last`` (excluded)."""
        cuts = np.flatnonzero(np.diff(self.step[first:last])) + first + 1
        bounds = [first, *cuts.tolist(), last]
        for one, other in pairwise(bounds):
            if one < other:
                after = _part(self.after, one, other)
                yield RecordedLayer(
                    self.stages[self.stage[one]],
                    Edits(self.start[one:other], self.end[one:other], after, self.rule[one:other], self.rules),
                    _part(self.before, one, other),
                    self.original_start[one:other],
                    self.original_end[one:other],
                )

    def _reasons(self, first: int, last: int) -> dict[str, str]:
        codes, places = np.unique(self.rule[first:last], return_index=True)
        pairs = zip(codes.tolist(), places.tolist(), strict=True)
        found = {self.rules[code]: self.reasons[self.reason[first + place]] for code, place in pairs}
        return dict(sorted(found.items()))


def _part(batch: TextBatch, first: int, last: int) -> TextBatch:
    offsets = batch.offsets[first : last + 1]
    return TextBatch(batch.codepoints[int(offsets[0]) : int(offsets[-1])], offsets - offsets[0])


def _exact_texts(batch: TextBatch, edits: pa.Table, name: str) -> TextBatch:
    """Put the exact texts of a column back in their places."""
    exact = edits["exact"]
    if exact.null_count == len(exact):
        return batch
    texts = batch.to_texts()
    for row, packed in enumerate(exact.to_pylist()):
        if packed is not None and name in (forms := json.loads(packed)):
            texts[row] = _unpacked(forms[name])
    return TextBatch.from_texts(texts)


def _inexact(row: Row) -> Row:
    """Put the exact texts of a row back in their places."""
    if row["exact"] is None:
        return row
    return {**row, **{name: _unpacked(text) for name, text in json.loads(row["exact"]).items()}}


def _unpacked(packed: str) -> str:
    return base64.b64decode(packed).decode("utf-8", "surrogatepass")


def _flag(row: Mapping[str, Any]) -> Flag:
    return Flag(row["original_start"], row["original_end"], row["rule"], row["reason"], row["score"])


def _field(row: Mapping[str, Any]) -> MetadataField:
    return MetadataField(row["key"], row["value"], row["original_start"], row["original_end"])


# -- files ------------------------------------------------------------------------------------------------------


def write_record(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables to one Parquet file, a row group each, so that no document lies in two."""
    import pyarrow.parquet as pq

    from cleancorpus.io.files import whole_file

    with whole_file(path) as temporary, pq.ParquetWriter(temporary, schema(), compression="zstd") as writer:
        for table in tables:
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)


def read_record(path: Path) -> Iterator[Recorded]:
    """Give the documents of a record file, a row group at a time.

    Raises ``RecordError`` for a file that is no record, or one of another version.
    """
    for table in read_tables(path):
        yield from from_table(table)


def read_tables(path: Path) -> Iterator[pa.Table]:
    """Give the tables of a record file, one a row group; raises ``RecordError`` for a file that is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            check_schema(file.schema_arrow, str(path))
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)
    except (pa.ArrowException, OSError) as error:
        raise RecordError(f"{path} cannot be read as a record: {error}") from error
