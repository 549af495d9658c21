"""The backend `opencc`: whatever module of that name is installed gives the text, and the record is ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import SettingsError
from cleancorpus.script import Convert, convert_text
from cleancorpus.script.backends import aligned
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

# opencc-python-reimplemented has dictionaries of 2019; where it is not a matter of these, both must agree.
AGREED = [
    ("t2s", "頭髮與皇后，憂鬱的臺灣烏龜", "头发与皇后，忧郁的台湾乌龟"),
    ("s2t", "头发与皇后，忧郁的乌龟", "頭髮與皇后，憂鬱的烏龜"),
    ("s2tw", "里面的鼠标", "裡面的鼠標"),
    ("tw2s", "裡面的頭髮", "里面的头发"),
]


def drawn_apart(old: str, new: str) -> str:
    out, place = "", 0
    for start, end, after in aligned(old, new, 0):
        out += old[place:start] + after
        place = end
    return out + old[place:]


@given(st.text("甲乙丙丁\n", max_size=30), st.text("甲乙丙丁\n", max_size=30))
def test_the_differences_make_the_one_of_the_other(old: str, new: str) -> None:
    assert drawn_apart(old, new) == new


def test_a_long_line_of_another_length_is_one_edit() -> None:
    old = "甲" * 3_000 + "乙" + "丙" * 3_000
    new = "甲" * 3_000 + "丁丁" + "丙" * 3_000
    assert list(aligned(old, new, 5)) == [(3_005, 3_006, "丁丁")]


@pytest.mark.parametrize(("chain", "text", "expected"), AGREED)
def test_the_installed_module_converts(chain: str, text: str, expected: str) -> None:
    pytest.importorskip("opencc", reason="no module named opencc is installed")
    batch = TextBatch.from_texts([text, "", text])
    edits = Convert(chain, backend="opencc").propose(batch, Context()).edits
    assert edits.apply(batch).to_texts() == [expected, "", expected]
    assert convert_text(text, chain) == expected


def test_the_installed_module_may_lack_a_chain() -> None:
    pytest.importorskip("opencc", reason="no module named opencc is installed")
    with pytest.raises(SettingsError, match="chain"):
        Convert("no2such", backend="opencc")


# Where the dictionaries of 2019 and of 1.4.2 part on the first 100,000 characters: theirs, ours.
DIFFERING = {
    ("t2s", "hant/tw_laws.txt"): {("迳", "径")},
    ("t2s", "hant/techdoc_rust_book_tw.md"): set(),
    ("s2t", "hans/wiki_cmrc.txt"): set(
        zip("託余里巖出徵覆台剋遊慄餘戏裏製", "托餘裏岩齣征復臺克游栗余戲里制", strict=True)
    ),
}


@pytest.mark.parametrize(("chain", "name"), DIFFERING, ids=lambda part: part)
def test_the_reimplementation_is_an_oracle_but_for_its_dictionaries(shared_eval: Path, chain: str, name: str) -> None:
    opencc = pytest.importorskip("opencc", reason="no module named opencc is installed")
    if hasattr(opencc, "__version__"):
        pytest.skip("the official opencc is installed, which benchmarks/script_conversion.py compares")
    text = (shared_eval / "clean" / name).read_text(encoding="utf-8")[:100_000]
    theirs, ours = opencc.OpenCC(chain).convert(text), convert_text(text, chain)
    assert {pair for pair in zip(theirs, ours, strict=True) if pair[0] != pair[1]} == DIFFERING[chain, name]
