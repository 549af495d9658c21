"""The record: what is written is read again, exactly, and gives the inputs back."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.document import Document
from cleancorpus.errors import RecordError
from cleancorpus.io.record import Recorded
from cleancorpus.io.record_reader import from_table, read_record
from cleancorpus.io.record_table import schema, to_table, write_record
from tests.io.documents import decoded, documents
from tests.strategies import texts


def recorded(document: Document, number: int = 0) -> Recorded:
    return Recorded.of(document, number=number, id=document.id or "", file="a.txt")


def through_parquet(table: pa.Table) -> pa.Table:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return pq.read_table(io.BytesIO(buffer.getvalue()))


@given(st.lists(documents(), max_size=4))
def test_record_to_parquet_and_back_is_the_identity(given_documents: list[Document]) -> None:
    listed = [recorded(document, number) for number, document in enumerate(given_documents)]
    back = list(from_table(through_parquet(to_table(listed))))
    assert [entry.number for entry in back] == list(range(len(listed)))
    for document, entry in zip(given_documents, back, strict=True):
        rebuilt = entry.document(document.text)
        assert rebuilt == document
        assert rebuilt.raw() == document.raw()
        assert rebuilt.edits == document.edits
        assert dict(rebuilt.reasons) == dict(document.reasons)


@given(texts, documents())
def test_another_text_is_refused_or_has_an_original_of_its_own(other: str, document: Document) -> None:
    entry = recorded(document)
    try:
        original = entry.original(other)
    except RecordError:
        return
    # Whatever is accepted carries all that the record put in, so it replays to itself.
    assert replace(document, original=original, text=other, history=document.history).edits is not None
    if other == document.text:
        assert original == document.original


@given(st.binary(max_size=200))
def test_any_bytes_come_back(data: bytes) -> None:
    decoding = decoded(data)
    if decoding is None:
        return
    document = Document(original=decoding.text, text=decoding.text, id="x", decoding=decoding)
    (entry,) = from_table(through_parquet(to_table([recorded(document)])))
    assert entry.document(document.text).raw() == data


def test_columns_are_readable_by_others() -> None:
    table = to_table([recorded(Document(original="a\ud800b", text="a\ud800b", id="x\udcff"))])
    assert table.column("id").to_pylist() == ["x?"]
    assert table.schema.equals(schema(), check_metadata=True)


def test_row_groups_hold_whole_documents(tmp_path: Path) -> None:
    listed = [recorded(Document(original="x", text="x", id=str(number)), number) for number in range(5)]
    write_record(tmp_path / "record.parquet", [to_table(listed[:2]), to_table([]), to_table(listed[2:])])
    assert [entry.id for entry in read_record(tmp_path / "record.parquet")] == ["0", "1", "2", "3", "4"]
    assert pq.ParquetFile(tmp_path / "record.parquet").num_row_groups == 2


def test_what_is_no_record_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"text": ["x"]}), path)
    with pytest.raises(RecordError, match=r"other\.parquet is no record"):
        list(read_record(path))
    path.write_bytes(b"rubbish")
    with pytest.raises(RecordError, match=r"other\.parquet cannot be read"):
        list(read_record(path))
    newer = schema().with_metadata({b"cleancorpus.record": b"99"})
    pq.write_table(newer.empty_table(), path)
    with pytest.raises(RecordError, match="version 99"):
        list(read_record(path))
