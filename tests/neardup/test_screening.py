"""Screening: it leaves out false candidates of crowds, and no pair that is alike enough."""

from __future__ import annotations

import random
from math import comb

import numpy as np
import pytest

from cleancorpus.neardup.screening import MISSED, least_equal, plausible
from cleancorpus.neardup.signatures import Signer
from cleancorpus.neardup.verify import likeness
from cleancorpus.text import Positions, TextBatch
from tests.neardup.corpus import edited


def crowd(count: int) -> TextBatch:
    """Make texts that have half of their characters in common, every second a copy of the one before."""
    rng = random.Random(7)
    frame = "".join(chr(rng.randrange(0x4E00, 0x5200)) for _ in range(100))
    texts: list[str] = []
    for _ in range(count // 2):
        own = frame + "".join(chr(rng.randrange(0x5200, 0x8000)) for _ in range(100))
        texts += [own, edited(rng, own, 0.02)]
    return TextBatch.from_texts(texts)


def all_pairs(count: int) -> tuple[Positions, Positions]:
    left, right = np.triu_indices(count, 1)
    return left.astype(np.int64), right.astype(np.int64)


@pytest.mark.parametrize("threshold", [0.7, 0.9])
def test_what_is_left_out_is_not_alike_enough(threshold: float) -> None:
    view = crowd(60)
    left, right = all_pairs(60)
    jaccard = likeness(view, left, right).jaccard
    passed = plausible(view, left, right, threshold, Signer(64))
    assert set(np.flatnonzero(jaccard >= threshold).tolist()) <= set(passed.tolist())
    assert len(passed) < len(left) / 5
    assert (np.diff(passed) > 0).all()


def test_few_candidates_are_all_compared() -> None:
    view = crowd(60)
    left, right = (column[:479] for column in all_pairs(60))
    assert plausible(view, left, right, 0.9, Signer(64)).tolist() == list(range(479))


@pytest.mark.parametrize(("size", "jaccard"), [(32, 0.9), (64, 0.8), (128, 0.5), (128, 0.05), (64, 1.0)])
def test_the_limit_is_the_highest_that_misses_so_few(size: int, jaccard: float) -> None:
    def below(limit: int) -> float:
        return sum(comb(size, n) * jaccard**n * (1 - jaccard) ** (size - n) for n in range(limit))

    least = least_equal(size, jaccard)
    assert below(least) <= MISSED
    assert below(least + 1) > MISSED
