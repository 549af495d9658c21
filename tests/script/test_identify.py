"""Identification: what counts as evidence, how spans are judged, and that array passes count as a loop would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import SettingsError
from cleancorpus.script import convert_text, identify, identify_region
from cleancorpus.script.identify import Unit, one_script_characters, script_marks
from cleancorpus.script.region import Regions
from cleancorpus.text import TextBatch
from tests import strategies

CLEAN = Path(__file__).parents[3] / "shared" / "eval" / "clean"
units: st.SearchStrategy[Unit] = st.sampled_from(["document", "line", "run"])

LABELS = [
    ("简体汉字", "Hans"),
    ("繁體漢字", "Hant"),
    ("人山人海", "neither"),
    ("", "neither"),
    ("Latin only.", "neither"),
    ("これはペンです", "neither"),
    ("这是这这這", "Hans"),
    ("這这", "mixed"),
    ("软件與硬體的说明書", "mixed"),
    ("皇后在公里之外干", "neither"),
    ("群峰上的床", "neither"),
    ("只有台北", "neither"),
    ("頭髮" + "简" * 100, "Hans"),
    ("國際標準" + "简体" * 10, "mixed"),
]


@pytest.mark.parametrize(("text", "label"), LABELS)
def test_documents(text: str, label: str) -> None:
    assert identify(TextBatch.from_text(text)).labels() == [label]


def test_lines_and_runs() -> None:
    batch = TextBatch.from_texts(["简体，漢語\n繁體", "abc"])
    assert identify(batch, "line").labels() == ["mixed", "Hant", "neither"]
    runs = identify(batch, "run")
    assert [batch.substring(a, b) for a, b in zip(runs.start.tolist(), runs.end.tolist(), strict=True)] == [
        "简体",
        "漢語",
        "繁體",
    ]
    assert runs.labels() == ["Hans", "Hant", "Hant"]
    assert runs.document.tolist() == [0, 0, 0]


def test_a_run_ends_with_its_text() -> None:
    assert identify(TextBatch.from_texts(["汉", "漢"]), "run").labels() == ["Hans", "Hant"]


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(SettingsError, match="unit"):
        identify(TextBatch.from_text("x"), "word")  # type: ignore[arg-type]  # the error for callers without types


@given(st.lists(strategies.texts, max_size=4), units)
def test_counts_are_those_of_a_loop(texts: list[str], unit: Unit) -> None:
    batch = TextBatch.from_texts(texts)
    found = identify(batch, unit)
    simplified, traditional = (set(map(chr, part)) for part in one_script_characters())
    for row, (start, end) in enumerate(zip(found.start.tolist(), found.end.tolist(), strict=True)):
        span = batch.substring(start, end)
        assert found.hans[row] == sum(character in simplified for character in span)
        assert found.hant[row] == sum(character in traditional for character in span)
    assert ((found.evidence >= 0) & (found.evidence < 1)).all()


def test_counts_over_the_borders_of_blocks() -> None:
    text = "国" * 70_000 + "\n" + "國" * 70_000
    found = identify(TextBatch.from_text(text), "line")
    assert found.hans.tolist() == [70_000, 0]
    assert found.hant.tolist() == [0, 70_000]
    assert found.han.tolist() == [70_000, 70_000]


def test_no_character_belongs_to_both_scripts() -> None:
    simplified, traditional = one_script_characters()
    assert not np.intersect1d(simplified, traditional).size
    for character in "后里干面台只乾於著群床峰人":
        assert script_marks(np.array([ord(character)], dtype=np.uint32))[0] & 3 == 0, character


def test_regions() -> None:
    texts = ["這裡的網路軟體", "為何説他閲讀", "这里的软件", "頭髮和皇后"]
    assert identify_region(TextBatch.from_texts(texts)).labels() == ["TW", "HK", None, None]


@pytest.mark.parametrize(("chain", "region"), [("s2tw", "TW"), ("s2hk", "HK")])
def test_the_region_of_converted_documentation(chain: str, region: str) -> None:
    path = CLEAN / "hans" / "techdoc_vue.md"
    if not path.exists():
        pytest.skip("the corpora are not there")
    text = convert_text(path.read_text(encoding="utf-8"), chain)
    assert identify_region(TextBatch.from_text(text)).labels() == [region]


@pytest.mark.parametrize("script", ["Hans", "Hant"])
def test_the_corpora_are_in_their_script(script: str) -> None:
    folder = CLEAN / script.lower()
    if not folder.exists():
        pytest.skip("the corpora are not there")
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
    assert set(identify(TextBatch.from_texts(texts)).labels()) == {script}


def test_evidence_for_a_region_is_counted_in_traditional_documents_and_not_across_them() -> None:
    texts = ["裡面的程式碼", "紐西", "蘭的説法", "简体里的程式碼这么说", ""]
    found = identify_region(TextBatch.from_texts(texts))
    assert (found.tw.tolist(), found.hk.tolist()) == ([2, 0, 0, 0, 0], [0, 0, 1, 0, 0])


@pytest.mark.parametrize(
    ("tw", "hk", "han", "region"),
    [
        (3, 0, 10_000, "TW"),
        (2, 0, 10_000, None),
        (0, 3, 10_000, "HK"),
        (0, 2, 10_000, None),
        (1, 0, 10, "TW"),
        (0, 1, 10, "HK"),
        (3, 1, 10, "TW"),
        (2, 1, 10, None),
        (1, 3, 10, "HK"),
        (1, 2, 10, None),
        (0, 0, 10, None),
    ],
)
def test_a_region_needs_a_share_of_the_text_and_three_times_the_others_evidence(
    tw: int, hk: int, han: int, region: str | None
) -> None:
    assert Regions(np.array([tw]), np.array([hk]), np.array([han])).labels() == [region]
