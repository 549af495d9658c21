"""The folded view: what is folded away, and where its characters stand in the source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.spun_words import SpunWords
from cleancorpus.neardup.view import FOLD_PARTS, check_parts, compared_with_places, rewrite
from cleancorpus.text import TextBatch


def view(text: str, parts: frozenset[str] = FOLD_PARTS) -> str:
    return compared_with_places(TextBatch.from_text(text), parts)[0].text(0)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("經濟發展", "经济发展"),
        ("ＡＢＣ，（甲）", "abc甲"),
        ("春眠，不 觉\u3000晓。\n“处”", "春眠不觉晓处"),
        ("共10家、2023年、20230多个", "共0家0年0多个"),
        ("3.5％", "0"),
        ("", ""),
    ],
)
def test_what_is_folded_away(text: str, folded: str) -> None:
    assert view(text) == folded


@given(st.text(alphabet=st.sampled_from("春經济10９a，。 \n\ud800\U00020000"), max_size=30))
def test_places_lead_back(text: str) -> None:
    folded, places = compared_with_places(TextBatch.from_text(text))
    assert len(places) == len(folded.codepoints)
    assert (np.diff(places) >= 0).all()
    assert ((places >= 0) & (places < max(len(text), 1))).all()
    plain = compared_with_places(TextBatch.from_text(text), frozenset())
    assert plain[0].text(0) == text
    assert plain[1].tolist() == list(range(len(text)))


@given(st.lists(st.text(alphabet="1春，a 效劳", max_size=8), max_size=6))
def test_no_fold_reaches_across_texts(texts: list[str]) -> None:
    together = compared_with_places(TextBatch.from_texts(texts))[0].to_texts()
    assert together == [view(text) for text in texts]


def test_spun_words_give_way_to_the_word_they_stand_for() -> None:
    words = SpunWords({"效劳": "服务", "原那么": "原则", "开展": "发展", "发展": "开展", "效劳员": "侍者", "短": "长"})

    def fold(text: str) -> str:
        batch = TextBatch.from_text(text)
        return rewrite(batch, words, numbers=False).batch.text(0)

    assert fold("效劳人民的原那么") == "服务人民的原则"
    assert fold("效劳员") == "侍者"  # the longest word of a place
    assert fold("效效劳") == "效服务"
    assert fold("发展与开展") == fold("开展与发展") == "发展与发展"
    assert fold("短") == "短"  # one character is no word
    assert fold("") == ""


@given(st.text(alphabet="甲乙丙丁", max_size=30))
def test_overlapping_words_are_taken_from_the_left(text: str) -> None:
    table = {"甲乙": "戊己", "乙丙丁": "庚辛", "丁甲": "壬癸", "乙丙": "子丑"}
    batch = TextBatch.from_text(text)
    expected, place = [], 0
    while place < len(text):
        word = next((text[place : place + n] for n in (3, 2) if text[place : place + n] in table), None)
        expected.append(table[word] if word else text[place])
        place += len(word) if word else 1
    assert rewrite(batch, SpunWords(table), numbers=False).batch.text(0) == "".join(expected)


def test_unknown_parts_are_refused() -> None:
    with pytest.raises(SettingsError, match="colour"):
        check_parts({"script", "colour"})
