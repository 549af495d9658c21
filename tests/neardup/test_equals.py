"""Equal texts: what is found of one of them holds for all, and crowds of them cost no more than their size."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.neardup import equals
from cleancorpus.neardup.equals import first_of_equal_texts, first_of_equals, with_equals
from cleancorpus.neardup.findings import FOLDED, NEAR, PairColumns
from cleancorpus.text import TextBatch
from tests.strategies import texts

CROWD = 4


def pairs_of(columns: PairColumns) -> list[tuple[int, int, float, int]]:
    rows = zip(columns.left, columns.right, columns.jaccard, columns.kind, strict=True)
    return [(int(left), int(right), float(jaccard), int(kind)) for left, right, jaccard, kind in rows]


def expected_pairs(groups: list[list[int]], found: list[tuple[int, int]]) -> list[tuple[int, int, float, int]]:
    """Pair all equals, and all of two groups that are alike; of crowds, all with the first of the other."""
    expected = []
    for group in groups:
        among = list(combinations(group, 2)) if len(group) <= CROWD else list(product(group[:1], group[1:]))
        expected += [(one, other, 1.0, FOLDED) for one, other in among]
    of = {group[0]: group for group in groups}
    for number, (left, right) in enumerate(found):
        (first, *rest), others = of[left], of[right]
        crowded = len(of[left]) * len(others) > CROWD
        between = [*product([first], others), *product(rest, others[:1] if crowded else others)]
        expected += [(min(pair), max(pair), score(number), NEAR) for pair in between]
    return sorted(expected)


def score(number: int) -> float:
    return 0.5 + number / 1000


@given(st.lists(st.integers(0, 5), max_size=24), st.data())
def test_pairs_of_one_hold_for_its_equals(labels: list[int], data: st.DataObject) -> None:
    groups = [[place for place, label in enumerate(labels) if label == wanted] for wanted in dict.fromkeys(labels)]
    equal_to = np.array([labels.index(label) for label in labels], dtype=np.int64)
    firsts = [group[0] for group in groups]
    possible = list(combinations(firsts, 2))
    found = sorted(data.draw(st.sets(st.sampled_from(possible)))) if possible else []
    shares = np.array([score(number) for number in range(len(found))], dtype=np.float64)
    left, right = (np.array([pair[side] for pair in found], dtype=np.int64) for side in (0, 1))
    distinct = PairColumns(left, right, shares, shares, np.full(len(found), NEAR, dtype=np.int8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(equals, "CROWD", CROWD)
        assert pairs_of(with_equals(distinct, equal_to)) == expected_pairs(groups, found)


def test_prints_are_equal_only_as_a_whole() -> None:
    prints = np.array([[1, 2], [1, 3], [2, 2], [1, 2], [2, 2]], dtype=np.uint64)
    assert first_of_equals(prints).tolist() == [0, 1, 2, 0, 2]


@given(st.lists(st.one_of(texts, st.sampled_from(["春眠不觉晓", "处处闻啼鸟", ""])), max_size=12), st.data())
def test_the_first_of_equal_texts_is_that_of_the_order(listed: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(listed))))
    ranked = [listed[number] for number in order]
    first = first_of_equal_texts(TextBatch.from_texts(listed), np.array(order, dtype=np.int64))
    assert first.tolist() == [ranked.index(text) for text in ranked]
