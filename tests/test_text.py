"""Text batches give back what was put in, whichever way it goes in and out."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import InputError
from cleancorpus.text import TextBatch, decode_codepoints, encode_codepoints, offsets_of, runs_within
from tests.strategies import batches, texts


@given(st.lists(texts, max_size=6))
def test_texts_come_back(listed: list[str]) -> None:
    batch = TextBatch.from_texts(listed)
    assert batch.to_texts() == listed
    assert [batch.text(index) for index in range(len(batch))] == listed
    assert batch.lengths.tolist() == [len(text) for text in listed]


@pytest.mark.parametrize("index", [-1, 2])
def test_a_text_that_is_not_there_is_not_given(index: int) -> None:
    with pytest.raises(IndexError, match="batch of 2"):
        TextBatch.from_texts(["好", "啊"]).text(index)


@given(st.lists(texts, max_size=6), st.data())
def test_take_and_concatenate(listed: list[str], data: st.DataObject) -> None:
    batch = TextBatch.from_texts(listed)
    chosen = data.draw(st.lists(st.integers(0, len(listed) - 1), max_size=8)) if listed else []
    assert batch.take(chosen).to_texts() == [listed[index] for index in chosen]
    parts = [TextBatch.from_text(text) for text in listed]
    assert TextBatch.concatenate(parts) == batch


@given(st.lists(texts, max_size=6))
def test_utf8_comes_back(listed: list[str]) -> None:
    batch = TextBatch.from_texts(listed)
    data, offsets = batch.to_utf8()
    assert data == "".join(listed).encode("utf-8", "surrogatepass")
    assert TextBatch.from_utf8(data, offsets) == batch


def test_utf8_offsets_at_the_widths_borders() -> None:
    listed = [chr(code) for code in (0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xFFFF, 0x10000, 0x10FFFF)]
    assert np.diff(TextBatch.from_texts(listed).to_utf8()[1]).tolist() == [len(text.encode()) for text in listed]


@given(st.lists(texts, max_size=6), st.booleans(), st.integers(0, 3))
def test_arrow_comes_back(listed: list[str], large: bool, skipped: int) -> None:
    plain = [text.encode("utf-8", "replace").decode() for text in listed]
    array = pa.array(plain, pa.large_string() if large else pa.string())
    batch = TextBatch.from_arrow(array.slice(skipped))
    assert batch.to_texts() == plain[skipped:]
    assert batch.to_arrow().to_pylist() == plain[skipped:]
    chunked = pa.chunked_array([array.slice(0, 1), array.slice(1)])
    assert TextBatch.from_arrow(chunked).to_texts() == plain


@given(batches)
def test_lines_partition_every_text(batch: TextBatch) -> None:
    lines = batch.lines()
    rebuilt = ["" for _ in range(len(batch))]
    for start, end, stop, document in zip(lines.start, lines.end, lines.stop, lines.document, strict=True):
        assert batch.substring(end, stop) in ("", "\n", "\r", "\r\n")
        assert not re.search(r"[\r\n]", batch.substring(start, end))
        rebuilt[document] += batch.substring(start, stop)
    assert rebuilt == batch.to_texts()
    for index, text in enumerate(rebuilt):
        expected = max(1, len(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text)))
        assert int((lines.document == index).sum()) == expected


def test_a_carriage_return_at_a_border_does_not_join_two_texts() -> None:
    batch = TextBatch.from_texts(["甲\r", "\n乙"])
    lines = batch.lines()
    assert [batch.substring(a, b) for a, b in zip(lines.start, lines.end, strict=True)] == ["甲", "", "乙"]
    assert lines.document.tolist() == [0, 1, 1]


@given(batches)
def test_document_of_agrees_with_the_offsets(batch: TextBatch) -> None:
    positions = np.arange(len(batch.codepoints), dtype=np.int64)
    expected = [index for index, text in enumerate(batch.to_texts()) for _ in text]
    assert batch.document_of(positions).tolist() == expected


def test_a_batch_cannot_be_written_to() -> None:
    batch = TextBatch.from_texts(["甲乙"])
    for column in (batch.codepoints, batch.offsets):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


@pytest.mark.parametrize("offsets", [[], [1, 2], [0, 1], [0, 3, 2]])
def test_offsets_that_do_not_fit_are_refused(offsets: list[int]) -> None:
    with pytest.raises(InputError, match="offsets"):
        TextBatch(np.zeros(2, dtype=np.uint32), np.array(offsets, dtype=np.int64))


def test_arrow_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="row 1 is null"):
        TextBatch.from_arrow(pa.array(["甲", None]))
    with pytest.raises(InputError, match="strings"):
        TextBatch.from_arrow(pa.array([[1]]))


def test_bytes_that_are_not_utf8_are_refused_with_their_place() -> None:
    with pytest.raises(InputError, match="byte 3"):
        TextBatch.from_utf8("中".encode() + b"\xff", np.array([0, 4]))
    with pytest.raises(InputError, match="inside a UTF-8 character"):
        TextBatch.from_utf8("中文".encode(), np.array([0, 1, 6]))


@given(st.text(max_size=20) | st.text("\0\ud800中😀", max_size=4))
def test_code_points_come_back_as_the_text(text: str) -> None:
    codepoints = encode_codepoints(text)
    assert codepoints.tolist() == [ord(character) for character in text]
    assert not codepoints.flags.writeable
    assert decode_codepoints(codepoints) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("甲\r\n乙\r丙\n\r\n", [("甲", "\r\n"), ("乙", "\r"), ("丙", "\n"), ("", "\r\n")]),
        ("\r\r\n\n", [("", "\r"), ("", "\r\n"), ("", "\n")]),
        ("甲\n\r乙", [("甲", "\n"), ("", "\r"), ("乙", "")]),
        ("", [("", "")]),
    ],
)
def test_line_breaks_of_every_kind(text: str, lines: list[tuple[str, str]]) -> None:
    batch = TextBatch.from_text(text)
    found = batch.lines()
    columns = zip(found.start, found.end, found.stop, strict=True)
    assert [(batch.substring(a, b), batch.substring(b, c)) for a, b, c in columns] == lines
    assert len(found) == len(lines)


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
def test_arrow_arrays_of_every_kind(kind: str) -> None:
    plain = pa.array(["甲", "", "乙丙", "甲"])
    array = plain.dictionary_encode() if kind == "dictionary" else plain.cast(getattr(pa, kind)())
    assert TextBatch.from_arrow(array).to_texts() == ["甲", "", "乙丙", "甲"]
    assert TextBatch.from_arrow(array.slice(0, 0)).to_texts() == []


def test_texts_may_come_from_an_iterator_and_be_long() -> None:
    listed = ["文字" * 200_000, "", "一", "二" * 500]
    batch = TextBatch.from_texts(text for text in listed)
    assert batch.to_texts() == listed
    assert batch.take([3, 0]).to_texts() == [listed[3], listed[0]]
    assert batch != listed


@given(batches, st.data())
def test_neighbouring_texts_are_a_batch_without_a_copy(batch: TextBatch, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(batch)))
    last = data.draw(st.integers(first, len(batch)))
    part = batch.between(first, last)
    assert part == batch.take(range(first, last))
    assert np.shares_memory(part.codepoints, batch.codepoints) or not len(part.codepoints)


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 20))
def test_runs_are_as_long_as_their_cost_allows(costs: list[int], most: int) -> None:
    runs = list(runs_within(np.array(costs, dtype=np.int64), most))
    assert [place for first, last in runs for place in range(first, last)] == list(range(len(costs)))
    for first, last in runs:
        assert sum(costs[first:last]) <= most or last == first + 1
        assert last == len(costs) or sum(costs[first : last + 1]) > most


@given(st.lists(st.integers(0, 9), max_size=12))
def test_offsets_are_where_parts_begin(lengths: list[int]) -> None:
    assert offsets_of(np.array(lengths)).tolist() == [sum(lengths[:place]) for place in range(len(lengths) + 1)]
