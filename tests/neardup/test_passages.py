"""Passages: they cover the text, and what is put in somewhere moves no cut elsewhere."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.neardup.passages import LONG, REACH, cut_lines, cut_passages
from cleancorpus.neardup.view import base_view
from cleancorpus.text import TextBatch
from tests.neardup.corpus import passage

PIECES = st.lists(
    st.one_of(
        st.text(alphabet="春眠不觉晓。！？”\n\r ，ab1", max_size=60),
        st.integers(0, 2**32).map(lambda seed: passage(random.Random(seed), seed % 1500)),
    ),
    max_size=5,
).map("".join)


def cut(text: str) -> list[str]:
    batch = TextBatch.from_text(text)
    found = cut_passages(batch, base_view(batch))
    return [text[start:end] for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True)]


@given(st.lists(PIECES, max_size=4))
def test_passages_cover_all_that_is_compared(texts: list[str]) -> None:
    batch = TextBatch.from_texts(texts)
    base = base_view(batch)
    found = cut_passages(batch, base)
    assert (found.start[1:] >= found.end[:-1]).all()
    assert (found.start < found.end).all()
    assert found.document.tolist() == batch.document_of(found.start).tolist()
    assert (found.end <= batch.offsets[found.document + 1]).all()
    # Every folded character lies in one passage, in order, and no passage is without one.
    assert found.offsets[-1] == len(base.positions)
    assert (found.offsets[1:] > found.offsets[:-1]).all()
    for number in range(len(found)):
        inside = base.positions[found.offsets[number] : found.offsets[number + 1]]
        assert found.start[number] <= inside[0] <= inside[-1] < found.end[number]


@given(st.lists(PIECES, max_size=3))
def test_a_text_is_cut_the_same_in_any_company(texts: list[str]) -> None:
    batch = TextBatch.from_texts(texts)
    found = cut_passages(batch, base_view(batch))
    for number, text in enumerate(texts):
        own = found.document == number
        spans = zip(found.start[own].tolist(), found.end[own].tolist(), strict=True)
        assert [batch.substring(start, end) for start, end in spans] == cut(text)


def test_lines_are_passages_and_short_ones_go_together() -> None:
    rng = random.Random(1)
    one, other = passage(rng, 80), passage(rng, 200)
    assert cut(f"目录\n第一章\n\n  \n{one}\n标题\n{other}\n") == ["目录\n第一章", one, "标题", other]


def test_what_is_put_in_moves_no_cut_elsewhere() -> None:
    rng = random.Random(2)
    text = passage(rng, 12_000)
    before = cut(text)
    assert len(before) > 20
    for _ in range(20):
        place = rng.randrange(len(text))
        after = cut(text[:place] + passage(rng, rng.randint(1, 90)) + text[place:])
        # Cuts depend on REACH characters on each side, so two or three passages change.
        assert len(set(before) - set(after)) <= 3


def test_cuts_stand_behind_sentences_and_are_neither_near_nor_far() -> None:
    passages = cut(passage(random.Random(3), 30_000))
    assert all(part.endswith("。") for part in passages[:-1])
    lengths = [len(part) for part in passages[1:-1]]
    assert min(lengths) >= REACH
    assert max(lengths) <= 2 * LONG


def test_a_text_without_sentences_is_cut_too() -> None:
    passages = cut(passage(random.Random(4), 20_000).replace("。", "的"))
    assert len(passages) > 20
    assert max(map(len, passages)) < 4 * LONG


@pytest.mark.parametrize("text", ["。" * 50_000, "甲" * 50_000, "甲。" * 30_000, "甲\n" * 30_000, "\n" * 1000, ""])
def test_hostile_texts_go_through(text: str) -> None:
    assert sum(map(len, cut(text))) <= len(text)


def test_the_other_script_and_marks_are_cut_at_the_same_places() -> None:
    import cleancorpus

    text = passage(random.Random(5), 6000)
    other = cleancorpus.convert(text, "s2t").text.replace("。", "!")
    assert [len(part) for part in cut(text)] == [len(part) for part in cut(other)]
    assert len(cut(text)) > 8


def test_lines_that_hold_nothing_are_no_passages() -> None:
    batch = TextBatch.from_texts(["甲\n\n \n乙", "\n", "……"])
    found = cut_lines(batch, base_view(batch))
    assert [batch.substring(a, b) for a, b in zip(found.start, found.end, strict=True)] == ["甲", "乙"]
