"""Reports: reasons, statistics, exact groups, and positions in the originals of Documents."""

from __future__ import annotations

import random

import pytest

import cleancorpus
from cleancorpus.errors import SettingsError
from cleancorpus.neardup import comparison, exact_duplicates, near_duplicates
from tests.neardup.corpus import corpus, edited, passage


def test_a_planted_passage_is_found_in_another_script_with_both_positions_in_the_originals() -> None:
    rng = random.Random(1)
    planted = passage(rng, 300)
    other = cleancorpus.convert(edited(rng, planted, 0.05), "s2t").text.replace("。", ".")
    pages = {
        "one": f"当前位置：首页 > 新闻\n{passage(rng, 200)}\n{planted}\n{passage(rng, 120)}\n",
        "two": f"{passage(rng, 90)}\n{other}\n版权所有 京ICP备00000000号\n",
    }
    documents = [cleancorpus.Document(original=text, text=text, id=name) for name, text in pages.items()]
    (pair,) = near_duplicates(documents, 0.5).pairs
    assert 0.5 <= pair.jaccard < 0.8
    originals = {pair.left: pair.left_original, pair.right: pair.right_original}
    assert pages["one"][slice(*originals["one"])] == planted
    assert pages["two"][slice(*originals["two"])] == other


def test_spans_of_a_cleaned_document_lead_to_its_original() -> None:
    rng = random.Random(2)
    text = passage(rng, 120)
    cleaned = cleancorpus.clean("經(jīng)濟發(fā)展，網(wǎng)絡(luò)建設(shè)。\n" + text)
    assert cleaned.text != cleaned.original
    (pair,) = near_duplicates([cleaned, ("copy", text)], 0.9).pairs
    spans = {pair.left: (pair.left_span, pair.left_original), pair.right: (pair.right_span, pair.right_original)}
    span, original = spans[0]
    assert span != original
    assert cleaned.text[slice(*span)] == cleaned.original[slice(*original)] == text


def test_every_drop_has_its_reason() -> None:
    text = passage(random.Random(3), 200)
    report = near_duplicates(
        [("a", text), ("b", text), ("c", text.replace("。", "！")), ("d", text[:190])], 0.8, "document"
    )
    assert {(drop.passage.id, drop.kind) for drop in report.drops} == {("b", "same"), ("c", "folded"), ("d", "near")}
    assert report.keep == ("a",)
    for drop in report.drops:
        assert "'a'" in drop.reason
        assert ("longest" if drop.kind == "near" else "first of equals by id") in drop.reason
    (cluster,) = report.clusters
    assert cluster.ids == ("a", "b", "c", "d")


def test_statistics_count_by_kind_and_site() -> None:
    text = passage(random.Random(4), 100)
    documents = [
        cleancorpus.Document(original=text, text=text, id=name, url=url)
        for name, url in (("a", "https://one.example/1"), ("b", "https://one.example/2"), ("c", "https://two.example/"))
    ]
    found = near_duplicates([*documents, "一段别的文字，同上面的没有关系"], 0.8).statistics.to_dict()
    assert found["by_kind"] == {"same": 2, "folded": 0, "near": 0, "contained": 0}
    assert found["by_site"]["one.example"]["rate"] == 0.5
    assert found["by_site"]["two.example"]["rate"] == 1.0
    assert found["cluster_sizes"] == {"3": 1}
    assert (found["passages"], found["dropped"], found["pairs"]) == (4, 2, 3)


def test_pieces_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    items = corpus(5, 60)
    whole = near_duplicates(items, 0.6)
    monkeypatch.setattr(comparison, "_CHUNK", 300)
    monkeypatch.setattr(comparison, "_SIGNED", 7)
    pieces = near_duplicates(items, 0.6)
    assert pieces.pairs == whole.pairs
    assert pieces.clusters == whole.clusters
    assert pieces.keep == whole.keep


def test_exact_duplicates_by_document_passage_and_line() -> None:
    rng = random.Random(6)
    long = passage(rng, 80)
    items = [("a", f"甲\n{long}\r\n乙"), ("b", f"{long}\n丙"), ("c", f"甲\n{long}\r\n乙"), ("d", "  \n丙")]

    def found(unit: str) -> list[list[tuple[str, tuple[int, int]]]]:
        return [[(part.id, part.span) for part in group] for group in exact_duplicates(items, unit)]

    assert found("document") == [[("a", (0, 85)), ("c", (0, 85))]]
    assert found("line") == [
        [("a", (0, 1)), ("c", (0, 1))],
        [("a", (2, 82)), ("b", (0, 80)), ("c", (2, 82))],
        [("a", (84, 85)), ("c", (84, 85))],
        [("b", (81, 82)), ("d", (3, 4))],
    ]
    assert found("passage")[1] == [("a", (2, 82)), ("b", (0, 80)), ("c", (2, 82))]
    with pytest.raises(SettingsError):
        exact_duplicates(items, "word")
