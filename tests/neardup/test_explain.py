"""Explanations: they cover both texts, and say what differs."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.neardup import explain, near_duplicates
from tests.neardup.corpus import edited, passage

TEXT = st.text(alphabet="春眠不觉晓覺曉。，10a ", max_size=60)


@given(TEXT, TEXT)
def test_parts_cover_both_texts(left: str, right: str) -> None:
    parts = explain(left, right, left_start=3, right_start=5).parts
    assert "".join(part.left for part in parts) == left
    assert "".join(part.right for part in parts) == right
    left_at, right_at = 3, 5
    for part in parts:
        assert part.left_span == (left_at, left_at + len(part.left))
        assert part.right_span == (right_at, right_at + len(part.right))
        left_at, right_at = part.left_span[1], part.right_span[1]
        assert (part.kind == "equal") <= (part.left == part.right)
        assert (part.kind == "insert") <= (part.left == "")
        assert (part.kind == "delete") <= (part.right == "")


@given(TEXT)
def test_a_text_is_equal_to_itself(text: str) -> None:
    assert not explain(text, text).differences


def test_kinds() -> None:
    found = explain("一次春眠不覺曉，處處聞啼鳥，花落。", "一次春眠不觉晓,处处有啼鸟,花又落.")
    assert [(part.kind, part.left, part.right) for part in found.differences] == [
        ("folded", "一次春眠不覺曉，處處", "一次春眠不觉晓,处处"),
        ("replace", "聞", "有"),
        ("folded", "啼鳥，花", "啼鸟,花"),
        ("insert", "", "又"),
        ("folded", "落。", "落."),
    ]
    assert found.to_dict()[1] == {
        "kind": "replace",
        "left": "聞",
        "right": "有",
        "left_span": [10, 11],
        "right_span": [10, 11],
    }


def test_a_pair_of_a_report_is_explained_where_it_stands() -> None:
    rng = random.Random(1)
    text = passage(rng, 150)
    changed = text[:70] + "改" + text[71:]
    report = near_duplicates([("a", "前面\n\n" + passage(rng, 60) + "\n" + text), ("b", changed)], 0.7)
    (pair,) = report.pairs
    (difference,) = report.explain(pair).differences
    spans = {pair.left: difference.left_span, pair.right: difference.right_span}
    assert spans["b"] == (70, 71)
    assert spans["a"] == (65 + 70, 65 + 71)


def test_long_texts_are_aligned_soon() -> None:
    rng = random.Random(2)
    text = passage(rng, 30_000)
    begun = time.process_time()
    found = explain(text, edited(rng, text, 0.02))
    # Aligned by anchors this takes a fraction of a second, and by difflib alone minutes.
    assert time.process_time() - begun < 20
    same = sum(len(part.left) for part in found.parts if part.kind == "equal")
    assert same > 0.9 * len(text)


def test_texts_with_nothing_in_common_are_one_difference() -> None:
    found = explain("甲" * 3000, "乙" * 3000)
    assert [part.kind for part in found.parts] == ["replace"]
