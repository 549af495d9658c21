"""Shingles: the hashes of a batch are those of its texts, and sets compare as Python's sets do."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.neardup import verify
from cleancorpus.neardup.shingles import (
    fingerprints,
    shingle_sets,
    shingles32,
    windows32,
    windows64,
)
from cleancorpus.neardup.verify import likeness
from cleancorpus.text import TextBatch

TEXTS = st.lists(st.text(alphabet=st.characters(codec=None), max_size=40), max_size=8)


def python_shingles(text: str, size: int) -> set[str]:
    return {text[place : place + size] for place in range(max(len(text) - size + 1, 1))} if text else set()


@given(st.lists(st.integers(0, 2**21), max_size=80), st.integers(1, 20))
def test_a_window_hash_depends_on_its_window_alone(values: list[int], size: int) -> None:
    array = np.array(values, dtype=np.uint32)
    for windows in (windows32, windows64):
        hashes = windows(array, size)
        assert len(hashes) == max(len(values) - size + 1, 0)
        for place, value in enumerate(hashes):
            assert windows(array[place : place + size], size)[0] == value


@given(TEXTS, st.integers(1, 9))
def test_sets_are_those_of_python(texts: list[str], size: int) -> None:
    batch = TextBatch.from_texts(texts)
    sets = shingle_sets(batch, size)
    assert sets.sizes.tolist() == [len(python_shingles(text, size)) for text in texts]
    pairs = np.array([(a, b) for a in range(len(texts)) for b in range(len(texts))], dtype=np.int64).reshape(-1, 2)
    found = likeness(batch, pairs[:, 0], pairs[:, 1], size)
    for (a, b), common, jaccard in zip(pairs.tolist(), found.common, found.jaccard, strict=True):
        one, other = python_shingles(texts[a], size), python_shingles(texts[b], size)
        assert common == len(one & other)
        assert jaccard == (len(one & other) / len(one | other) if one | other else 1.0)


@given(TEXTS, st.integers(1, 9))
def test_short_hashes_stand_where_shingles_begin(texts: list[str], size: int) -> None:
    batch = TextBatch.from_texts(texts)
    hashes = shingles32(batch, size)
    for text, start, end in zip(texts, batch.offsets[:-1], batch.offsets[1:], strict=True):
        own = hashes[start:end]
        wanted = max(len(text) - size + 1, 1) if text else 0
        assert len(set(own[:wanted].tolist())) == len(python_shingles(text, size))
        assert (own[wanted:] == own[wanted - 1 : wanted]).all()
        assert np.array_equal(shingles32(TextBatch.from_text(text), size), own)


def test_a_short_text_is_no_part_of_a_longer_one() -> None:
    batch = TextBatch.from_texts(["甲乙丙丁", "甲乙丙丁戊", "甲乙丙丁"])
    found = likeness(batch, np.array([0, 0]), np.array([1, 2]))
    assert found.jaccard.tolist() == [0.0, 1.0]


def test_pairs_of_one_shingle_do_not_run_into_one_another() -> None:
    batch = TextBatch.from_texts(["甲乙", "甲乙", "", "甲乙丙丁戊己"])
    left, right = np.array([0, 0, 0, 2, 2, 0, 2]), np.array([1, 1, 1, 2, 0, 3, 3])
    found = likeness(batch, left, right)
    assert found.common.tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert found.jaccard.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    assert found.containment.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]


@given(st.lists(st.text(max_size=6), max_size=20))
def test_equal_fingerprints_mean_equal_texts(texts: list[str]) -> None:
    prints = [tuple(row) for row in fingerprints(TextBatch.from_texts(texts)).tolist()]
    assert all(
        (a == b) == (p == q) for a, p in zip(texts, prints, strict=True) for b, q in zip(texts, prints, strict=True)
    )


def test_a_small_set_is_looked_up_in_a_large_one() -> None:
    long = "".join(chr(0x4E00 + place * 7 % 20000) for place in range(6000))
    batch = TextBatch.from_texts([long, long[100:130]])
    found = likeness(batch, np.array([0, 1]), np.array([1, 0]))
    assert found.common.tolist() == [26, 26]
    assert found.containment.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("size", [0, 65])
def test_sizes_out_of_range_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="characters"):
        shingle_sets(TextBatch.from_text("甲"), size)


@pytest.mark.parametrize("places", [0, 6])
def test_a_text_in_many_pairs_is_counted_as_one_in_few(places: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # With one place for each shingle in the table of such a text, many of them meet in one place.
    monkeypatch.setattr(verify, "_SPARSE", places)
    monkeypatch.setattr(verify, "_BLOCK", 400)
    rng = random.Random(5)
    texts = ["", "甲", *("".join(rng.choices("甲乙丙丁", k=rng.randint(3, 90))) for _ in range(40))]
    batch = TextBatch.from_texts(texts)
    left, right = (column.reshape(-1) for column in np.meshgrid(np.arange(12), np.arange(len(texts))))
    found = verify.likeness(batch, left, right, 3)
    for a, b, common, one, other in zip(left, right, found.common, found.left, found.right, strict=True):
        sets = python_shingles(texts[a], 3), python_shingles(texts[b], 3)
        assert (common, one, other) == (len(sets[0] & sets[1]), len(sets[0]), len(sets[1]))
