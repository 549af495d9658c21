"""Reading the record: its tables as columns, cut into documents."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
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
from cleancorpus.io.record_table import KINDS, VERSION, VERSION_KEY, Row
from cleancorpus.text import Positions, TextBatch

if TYPE_CHECKING:
    import pyarrow as pa

_EDIT, _DOCUMENT = KINDS.index("edit"), KINDS.index("document")

# The columns in which rows of a kind have something; to read the others as well takes 1.4 times as long.
_FILLED = {
    "document": ("document", "id", "outcome", "reason", "value", "detail", "data", "frame_before", "frame_after"),
    "flag": ("rule", "reason", "original_start", "original_end", "score"),
    "field": ("key", "value", "original_start", "original_end"),
}


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


def check_schema(found: pa.Schema, where: str) -> None:
    """Raise ``RecordError`` unless a table is a record of a version that this library reads."""
    metadata = found.metadata or {}
    if VERSION_KEY not in metadata:
        raise RecordError(f"{where} is no record of cleancorpus")
    version = metadata[VERSION_KEY].decode()
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
        self.rows: dict[int, Row] = {}
        for kind, filled in _FILLED.items():
            rows = np.flatnonzero(self.kind == KINDS.index(kind))
            told = table.select(["kind", *filled, "exact"]).take(rows).to_pylist()
            self.rows.update(zip(rows.tolist(), map(_inexact, told), strict=True))
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
        """Give the layers of the edits ``first`` to ``last`` (excluded); most clean texts have none."""
        if first == last:
            return
        cuts = np.flatnonzero(np.diff(self.step[first:last])) + first + 1
        bounds = [first, *cuts.tolist(), last]
        for one, other in pairwise(bounds):
            if one < other:
                after = self.after.between(one, other)
                yield RecordedLayer(
                    self.stages[self.stage[one]],
                    Edits(self.start[one:other], self.end[one:other], after, self.rule[one:other], self.rules),
                    self.before.between(one, other),
                    self.original_start[one:other],
                    self.original_end[one:other],
                )

    def _reasons(self, first: int, last: int) -> dict[str, str]:
        if first == last:
            return {}
        codes, places = np.unique(self.rule[first:last], return_index=True)
        pairs = zip(codes.tolist(), places.tolist(), strict=True)
        found = {self.rules[code]: self.reasons[self.reason[first + place]] for code, place in pairs}
        return dict(sorted(found.items()))


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
