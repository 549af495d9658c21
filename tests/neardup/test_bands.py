"""Bands: as wide as the recall allows, over the shortest signature that tells texts on one subject apart."""

from __future__ import annotations

from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.bands import RECALL, SIZES, Bands


def test_the_recall_is_that_of_the_formula() -> None:
    assert isclose(Bands(2, 3).recall(0.5), 1 - (1 - 0.125) ** 2)
    assert Bands(4, 2).recall(0) == 0
    assert Bands(4, 2).recall(1) == 1


@given(st.floats(0.05, 1), st.sampled_from(SIZES), st.floats(0.5, 0.999))
def test_no_wider_bands_find_as_much(threshold: float, size: int, recall: float) -> None:
    chosen = Bands.for_threshold(threshold, size, recall)
    assert chosen.bands == size // chosen.rows
    assert chosen.bands * chosen.rows <= chosen.signature <= max(size, 16)
    assert chosen.recall(threshold) >= recall or chosen.rows == 1
    assert all(Bands(size // rows, rows).recall(threshold) < recall for rows in range(chosen.rows + 1, size + 1))


@pytest.mark.parametrize(("threshold", "recall"), [(0, 0.9), (1.01, 0.9), (0.5, 0), (0.5, 1), (-0.1, 0.9)])
def test_shares_out_of_range_are_refused(threshold: float, recall: float) -> None:
    with pytest.raises(SettingsError):
        Bands.for_threshold(threshold, recall=recall)


def test_the_shortest_signature_that_is_enough_is_taken() -> None:
    signatures = [Bands.least(threshold).signature for threshold in (0.95, 0.8, 0.5, 0.3)]
    assert signatures == sorted(signatures)
    assert signatures[0] < signatures[-1] == SIZES[-1]
    for threshold in (0.95, 0.8, 0.5):
        assert Bands.least(threshold).recall(threshold) >= RECALL
    # Where none is enough, the longest finds most.
    assert Bands.least(0.01) == Bands(SIZES[-1], 1)


def test_a_key_stands_for_all_values_of_its_band() -> None:
    bands = Bands(3, 2)
    signature = np.array([[1, 2, 3, 4, 5, 6, 7]], dtype=np.uint32)
    keys = bands.keys(signature)
    assert keys.shape == (1, 3)
    for value in range(6):
        other = signature.copy()
        other[0, value] += np.uint32(9)
        assert (bands.keys(other) != keys)[0].tolist() == [band == value // 2 for band in range(3)]
    assert (bands.keys(signature + np.array([0] * 6 + [1], dtype=np.uint32)) == keys).all()  # the rest is in no band
    same = np.array([[1, 2, 1, 2, 1, 2]], dtype=np.uint32)
    assert len(set(bands.keys(same)[0].tolist())) == 3
