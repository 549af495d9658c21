"""Signatures: what they are is fixed, and how well they estimate is bounded."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import SettingsError
from cleancorpus.neardup import signatures as module
from cleancorpus.neardup.signatures import EMPTY_SLOT, Signer, estimated_jaccard
from cleancorpus.text import TextBatch
from tests.neardup.corpus import passage, random_sets

# What scheme fss-2 gives, for good: stored signatures depend on it.  A change of scheme changes its name.
GOLDEN = json.loads(Path(__file__).with_name("golden_signatures.json").read_text("utf-8"))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['signer']}-{len(case['text'])}")
def test_golden_signatures(case: dict[str, Any]) -> None:
    signer = Signer(case["size"], case["shingle"])
    assert signer.name == case["signer"]
    assert signer.sign(TextBatch.from_texts([case["text"]]))[0].tolist() == case["signature"]


@given(st.lists(st.text(max_size=300), max_size=8), st.sampled_from([16, 64, 128]), st.integers(1, 8))
def test_a_text_is_signed_the_same_in_any_company(texts: list[str], size: int, shingle: int) -> None:
    signer = Signer(size, shingle)
    together = signer.sign(TextBatch.from_texts(texts))
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(signer.sign(TextBatch.from_texts([text]))[0], row)
        assert bool((row == EMPTY_SLOT).all()) == (text == "")
        assert bool((row == EMPTY_SLOT).any()) == (text == "")


@given(st.lists(st.integers(0, 2**32 - 2), min_size=1, max_size=60), st.randoms())
def test_order_and_repeats_of_shingles_do_not_matter(values: list[int], rng: random.Random) -> None:
    again = values + values[: len(values) // 2]
    rng.shuffle(again)
    hashes = np.array(values + again, dtype=np.uint32)
    one, other = Signer().sign_sets(hashes, np.array([0, len(values), len(hashes)]))
    assert np.array_equal(one, other)


@given(st.sets(st.integers(0, 2**32 - 2), max_size=40), st.sets(st.integers(0, 2**32 - 2), max_size=400))
def test_the_minimum_of_two_is_the_signature_of_the_union(one: set[int], other: set[int]) -> None:
    values = np.array([*one, *other, *(one | other)], dtype=np.uint32)
    offsets = np.cumsum([0, len(one), len(other), len(one | other)])
    left, right, union = Signer(size=64).sign_sets(values, offsets)
    assert np.array_equal(np.minimum(left, right), union)


def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(2)
    batch = TextBatch.from_texts([passage(rng, rng.randint(0, 900)) for _ in range(60)])
    whole = Signer().sign(batch)
    monkeypatch.setattr(module, "_CHUNK", 700)
    assert np.array_equal(Signer().sign(batch), whole)


@pytest.mark.parametrize("size", [20, 50, 250, 1000, 5000])
def test_the_error_is_at_most_that_of_minhash(size: int) -> None:
    # k-permutation MinHash has a standard error of sqrt(j * (1 - j) / k); 15 % is left to chance.
    for jaccard in (0.5, 0.8):
        hashes, offsets, truth = random_sets(3, size, jaccard, pairs=400)
        signatures = Signer().sign_sets(hashes, offsets)
        error = estimated_jaccard(signatures[0::2], signatures[1::2]) - truth
        expected = np.sqrt(truth * (1 - truth) / 128)
        assert np.sqrt((error**2).mean()) < 1.15 * expected
        assert abs(error.mean()) < 4 * expected / np.sqrt(400)


def test_a_hostile_text_costs_what_is_different_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # One character a hundred thousand times has one shingle: after one round, no round may see more of it.
    seen = []
    throw = module._Thrown.throw

    def counted(self: module._Thrown, turn: int, signatures: module.Signatures) -> None:
        seen.append(len(self.hashes))
        throw(self, turn, signatures)

    monkeypatch.setattr(module._Thrown, "throw", counted)
    batch = TextBatch.from_texts(["甲" * 100_000])
    signature = Signer().sign(batch)
    assert seen == [100_000, *[1] * (module.ROUNDS - 1)]
    assert np.array_equal(signature, Signer().sign(TextBatch.from_texts(["甲" * 5])))


@pytest.mark.parametrize(("size", "shingle"), [(100, 5), (8, 5), (8192, 5), (128, 0), (128, 65)])
def test_settings_out_of_range_are_refused(size: int, shingle: int) -> None:
    with pytest.raises(SettingsError):
        Signer(size, shingle)
