"""The search in memory: what it finds is exact, and it finds what brute force finds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import InputError, SettingsError
from cleancorpus.neardup import exact_duplicates, near_duplicates
from tests.neardup.corpus import brute_force, corpus, edited, passage


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.95])
def test_finds_what_brute_force_finds_and_nothing_else(threshold: float) -> None:
    items = corpus(seed=3, families=250)
    truth = brute_force(items, threshold)
    found = {frozenset((p.left, p.right)): p.jaccard for p in near_duplicates(items, threshold, "document").pairs}
    assert found.items() <= truth.items()
    assert len(found) >= 0.99 * len(truth) > 100


@pytest.mark.parametrize("keep", ["longest", "best"])
def test_is_the_same_in_any_order(keep: str) -> None:
    items = corpus(seed=4, families=80)
    shuffled = items.copy()
    random.Random(5).shuffle(shuffled)
    one, other = (near_duplicates(given, 0.6, "document", keep=keep) for given in (items, shuffled))
    assert one.pairs == other.pairs
    assert sorted(one.keep) == sorted(other.keep)
    assert {(d.passage, d.kept) for d in one.drops} == {(d.passage, d.kept) for d in other.drops}


def test_nothing_is_dropped_by_a_chain() -> None:
    rng = random.Random(6)
    chain = [passage(rng, 400)]
    for _ in range(12):
        chain.append(edited(rng, chain[-1], 0.02))
    report = near_duplicates(chain, 0.7, "document")
    truth = brute_force([(str(number), text) for number, text in enumerate(chain)], 0.7)
    assert report.drops
    for drop in report.drops:
        assert truth[frozenset((str(drop.passage.id), str(drop.kept.id)))] == drop.jaccard
        assert drop.kept.id in report.keep
    # What is kept is not alike to anything else that is kept.
    kept = [str(number) for number in report.keep]
    assert not [pair for pair in truth if pair <= set(kept)]


def test_script_marks_width_and_blanks_do_not_matter() -> None:
    report = near_duplicates(
        [
            ("hant", "經濟發展的基層組織，網絡建設與ＡＢＣ。"),
            ("hans", "经济发展的基层组织,网络建设 与abc！"),
            ("other", "春眠不觉晓，处处闻啼鸟，夜来风雨声。"),
        ]
    )
    assert [(p.left, p.right, p.jaccard, p.kind) for p in report.pairs] == [("hans", "hant", 1.0, "folded")]


@pytest.mark.parametrize("part", ["script", "width", "punctuation", "case", "blanks", "numbers"])
def test_each_part_of_the_fold_can_be_switched_off(part: str) -> None:
    from cleancorpus.neardup import FOLD_PARTS

    pairs = {
        "script": ("經濟發展的基層組織", "经济发展的基层组织"),
        "width": ("基层组织ＡＢ建设", "基层组织AB建设"),
        "punctuation": ("春眠不觉晓，处处闻啼鸟", "春眠不觉晓处处闻啼鸟"),
        "case": ("基层组织AB建设", "基层组织ab建设"),
        "blanks": ("春眠不 觉晓处处闻啼鸟", "春眠不觉晓处处闻啼鸟"),
        "numbers": ("共有企业10多家参加", "共有企业2023多家参加"),
    }
    assert len(near_duplicates(pairs[part]).pairs) == 1
    assert len(near_duplicates(pairs[part], fold=FOLD_PARTS - {part}).pairs) == 0


def test_short_and_empty_texts_match_only_when_equal() -> None:
    texts = ["", "甲", "乙", "甲乙", "甲", "甲乙丙丁", "甲乙丙", "……", "！！", ""]
    found = [(p.left, p.right, p.kind) for p in near_duplicates(texts, 0.3, "document").pairs]
    assert sorted(found) == [(0, 9, "same"), (1, 4, "same")]


def test_a_passage_is_found_inside_other_text_with_its_positions() -> None:
    rng = random.Random(7)
    planted = passage(rng, 260)
    one = "\n".join([passage(rng, 300), planted, passage(rng, 150)])
    other = "\n\n".join([passage(rng, 90), edited(rng, planted, 0.02), passage(rng, 200)])
    (pair,) = near_duplicates([("one", one), ("other", other)], 0.6).pairs
    spans = {pair.left: pair.left_span, pair.right: pair.right_span}
    assert one[slice(*spans["one"])] == planted
    assert spans["other"] == (92, len(other) - 202)


def test_containment_finds_a_text_inside_a_long_one() -> None:
    rng = random.Random(8)
    quoted = passage(rng, 300)
    items = [("long", passage(rng, 3000) + quoted + passage(rng, 2000)), ("quoted", quoted)]
    assert not near_duplicates(items, 0.8, "document").pairs
    (pair,) = near_duplicates(items, 0.8, "document", containment=0.9).pairs
    assert (pair.left, pair.right, pair.kind) == ("long", "quoted", "contained")
    assert pair.containment == 1.0
    assert pair.jaccard < 0.1


def test_a_crowd_of_copies_costs_no_square() -> None:
    rng = random.Random(9)
    text = passage(rng, 120)
    items = [(f"{n:04d}", edited(rng, text, 0.01) if n % 2 else text) for n in range(2400)]
    half, report = (near_duplicates(given, 0.7, "document") for given in (items[:1200], items))
    # All pairs would be four times as many.
    assert len(report.pair_columns) < 2.6 * len(half.pair_columns)
    kept = [item for item in items if item[0] in report.keep]
    assert len(kept) < 200
    assert not brute_force(kept, 0.7)


def test_copies_are_found_in_a_crowd_that_shares_a_frame() -> None:
    # All texts share 0.6 of their shingles, so that their bands meet in crowds; every second is a copy of the one
    # before, and not one of the first of the crowd.
    rng = random.Random(13)
    frame = passage(rng, 225)
    items = []
    for number in range(300):
        own = passage(rng, 75)
        items += [(f"{number:04d}", frame + own), (f"{number:04d}-copy", frame + own[:-4] + "另一个字")]
    report = near_duplicates(items, 0.8, "document")
    found = {(pair.left, pair.right) for pair in report.pairs}
    assert all({one, other} in map(set, found) for one, other in [("0007", "0007-copy"), ("0290", "0290-copy")])
    assert len(report.drops) >= 0.99 * 300
    assert len(report.pair_columns) < 32 * len(items)


def test_two_crowds_of_equals_that_are_alike_cost_no_square() -> None:
    rng = random.Random(12)
    text = passage(rng, 100)
    other = text[:-3] + "另一个"
    items = [(f"{n:04d}", text if n % 2 else other) for n in range(1000)]
    report = near_duplicates(items, 0.8, "document")
    assert len(report.keep) == 1
    assert len(report.drops) == 999
    assert all(drop.jaccard >= 0.8 for drop in report.drops)
    assert len(report.pairs) < 2500


def test_keep_policies() -> None:
    base = passage(random.Random(10), 200)
    items = [("z", base), ("a", base + "的"), ("m", base[:50] + "\ufffd\ufffd" + base[50:] + "的了")]
    assert near_duplicates(items, 0.5, "document").keep == ("m",)
    assert near_duplicates(items, 0.5, "document", keep="earliest").keep == ("z",)
    assert near_duplicates(items, 0.5, "document", keep="best").keep == ("a",)
    assert near_duplicates(items, 0.5, "document", keep=lambda name, _: name == "z").keep == ("z",)


def test_bad_settings_and_items_are_refused() -> None:
    for settings in ({"threshold": 0}, {"threshold": 1.2}, {"unit": "word"}, {"keep": "newest"}, {"fold": {"x"}}):
        with pytest.raises(SettingsError):
            near_duplicates(["a"], **settings)
    with pytest.raises(InputError, match="item 1"):
        near_duplicates(["a", 5])  # type: ignore[list-item]  # a wrong item is what is tested
    with pytest.raises(InputError, match="not one str"):
        near_duplicates("abc")
    with pytest.raises(InputError, match=r"\.items\(\)"):
        near_duplicates({"a": "一", "b": "一"})


@given(st.lists(st.text(max_size=40), max_size=12), st.sampled_from([0.4, 0.8, 1.0]))
def test_any_text_goes_through_and_nothing_is_lost(texts: list[str], threshold: float) -> None:
    for unit in ("passage", "document"):
        report = near_duplicates(texts, threshold, unit)
        gone = {number for number in range(len(texts)) if number not in report.keep}
        assert gone <= {drop.passage.id for drop in report.drops}
        for pair in report.pairs:
            assert pair.jaccard >= threshold
            report.explain(pair)


def test_the_same_result_in_another_process_and_hash_seed() -> None:
    program = (
        "from tests.neardup.corpus import corpus\n"
        "from cleancorpus.neardup import near_duplicates\n"
        "r = near_duplicates(corpus(11, 40), 0.5)\n"
        "print(r.pairs, r.clusters, r.keep)\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "12345")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


@pytest.mark.parametrize("search", [near_duplicates, exact_duplicates])
def test_an_id_given_twice_is_told(search: Callable[[list[tuple[str, str]]], object]) -> None:
    with pytest.raises(InputError, match="'a' is given twice"):
        search([("a", "春眠不觉晓"), ("b", "处处闻啼鸟"), ("a", "夜来风雨声")])
