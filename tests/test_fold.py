"""The folded view: copies of one text become equal, and positions lead back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.fold import fold, fold_table
from cleancorpus.text import TextBatch

PARTS = ("script", "width", "case", "blanks", "punctuation")
REMOVED = 0xFFFFFFFF

texts = st.lists(
    st.text(
        st.one_of(
            st.characters(),
            st.sampled_from("後裏為爲着著“”「」，。,.！A ａＡ１　 \t\n\u200b\ufeff\ue029\U0002a6d6\ud800é·、…—"),
        ),
        max_size=30,
    ),
    max_size=5,
)
# No more sets of parts than the library keeps tables of; the tables of all 32 are tested by themselves.
SETS = [PARTS, (), *((part,) for part in PARTS)]
switches = st.sampled_from([{part: part in chosen for part in PARTS} for chosen in SETS])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("基層組織，服務群眾。", "基层组织,服务群众."),
        ("「你好」，他說：『再見』", "“你好”，他说：‘再见’".replace("‘", "『").replace("’", "』")),
        ("ＡＢＣ１２３", "abc123"),
        ("第 1\u3000章\u200b", "第1章"),
        ("一九四九——今", "一九四九－－今"),
        ("ｶﾀｶﾅ", "カタカナ"),
    ],
)
def test_copies_of_one_text_fold_to_the_same(left: str, right: str) -> None:
    folded = fold(TextBatch.from_texts([left, right])).batch
    assert folded.text(0) == folded.text(1)


@pytest.mark.parametrize(("left", "right"), [("他说。", "她说。"), ("末", "未"), ("一", "—"), ("1", "一"), ("é", "e")])
def test_different_texts_stay_different(left: str, right: str) -> None:
    folded = fold(TextBatch.from_texts([left, right])).batch
    assert folded.text(0) != folded.text(1)


@pytest.mark.parametrize(
    ("part", "source", "folded"),
    [
        ("script", "後Ａa ，", "后Ａa ，"),
        ("width", "後Ａa　，", "後Aa ,"),
        ("case", "後ＡA ，", "後ａa ，"),
        ("blanks", "後Ａ a\u200b　，", "後Ａa，"),
        ("punctuation", "後Ａa 、", "後Ａa ,"),
    ],
)
def test_each_part_alone(part: str, source: str, folded: str) -> None:
    only = {name: name == part for name in PARTS}
    assert fold(TextBatch.from_text(source), **only).batch.text(0) == folded


@pytest.mark.parametrize("chosen", list(itertools.product([False, True], repeat=5)))
def test_no_folded_character_folds_further(chosen: tuple[bool, ...]) -> None:
    table = fold_table(**dict(zip(PARTS, chosen, strict=True)))
    values = table[table != REMOVED]
    assert np.array_equal(table[values], values)


@given(texts, switches)
def test_positions_lead_back_to_what_was_folded(documents: list[str], parts: dict[str, bool]) -> None:
    source = TextBatch.from_texts(documents)
    folded = fold(source, **parts)
    table = fold_table(**parts)
    assert len(folded.batch) == len(source)
    assert len(folded.positions) == len(folded.batch.codepoints)
    assert (np.diff(folded.positions) > 0).all()
    assert np.array_equal(table[source.codepoints[folded.positions]], folded.batch.codepoints)
    removed = np.setdiff1d(np.arange(len(source.codepoints)), folded.positions)
    assert (table[source.codepoints[removed]] == REMOVED).all()
    # A character stays in its own text.
    assert np.array_equal(
        folded.batch.document_of(np.arange(len(folded.positions))), source.document_of(folded.positions)
    )


@given(texts, switches)
def test_folding_twice_is_folding_once(documents: list[str], parts: dict[str, bool]) -> None:
    once = fold(TextBatch.from_texts(documents), **parts).batch
    assert fold(once, **parts).batch == once


def test_a_folded_span_is_reported_in_the_source() -> None:
    folded = fold(TextBatch.from_text("甲 乙\u200b 丙"))
    assert folded.batch.text(0) == "甲乙丙"
    assert folded.source_span(1, 3) == (2, 6)
    with pytest.raises(IndexError):
        folded.source_span(2, 2)


def test_long_texts_are_folded_as_short_ones() -> None:
    unit = "後 裏，Ａ"
    folded = fold(TextBatch.from_text(unit * 20_000))
    assert folded.batch.text(0) == "后里,a" * 20_000
    assert folded.positions[:6].tolist() == [0, 2, 3, 4, 5, 7]
