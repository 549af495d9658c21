"""Which texts become candidates: those that share a key, and no others."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cleancorpus.errors import InputError
from cleancorpus.neardup.candidates import CROWD, HEADS, band_pairs, key_runs, pairs_in_runs
from cleancorpus.neardup.flatfile import FlatFile

# Keys that differ in low bits only, where the row's number takes their place in the sort, and any others.
KEYS = st.one_of(st.integers(0, 7), st.integers(-(2**63), -(2**63) + 3), st.integers(-(2**63), 2**63 - 1))


@given(arrays.arrays(np.int64, st.integers(0, 40), elements=KEYS))
def test_runs_hold_the_rows_that_share_a_key(keys: np.ndarray) -> None:
    rows, start, length = key_runs(keys)
    runs = sorted(rows[first : first + size].tolist() for first, size in zip(start, length, strict=True))
    holders = (np.flatnonzero(keys == key).tolist() for key in np.unique(keys))
    assert runs == sorted(several for several in holders if len(several) > 1)


@pytest.mark.parametrize("size", [2, HEADS, CROWD, CROWD + 1, CROWD + 2, 3 * CROWD])
def test_in_a_crowd_all_meet_the_first_of_it(size: int) -> None:
    members = np.array([5, 900, *range(1000, 1000 + size)])
    left, right = pairs_in_runs(members, np.array([0, 2]), np.array([2, size]))
    crowd = members[2:].tolist()
    pairs = [pair for pair in combinations(crowd, 2) if size <= CROWD + 1 or pair[0] in crowd[:HEADS]]
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(5, 900), *pairs]


@given(arrays.arrays(np.int64, st.tuples(st.integers(0, 30), st.integers(1, 3)), elements=st.integers(0, 9)))
def test_texts_that_share_a_key_of_a_band_are_candidates_once(keys: np.ndarray) -> None:
    left, right, crowded = band_pairs(keys)
    pairs = [pair for pair in combinations(range(len(keys)), 2) if (keys[pair[0]] == keys[pair[1]]).any()]
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == pairs
    assert not crowded


def test_a_crowd_is_told() -> None:
    assert not band_pairs(np.zeros((CROWD + 1, 1), dtype=np.int64))[2]
    assert band_pairs(np.zeros((CROWD + 2, 1), dtype=np.int64))[2]


def test_what_was_not_recorded_is_cut_off_and_what_is_missing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "numbers.bin"
    file = FlatFile(path, "<u4", 0)
    file.append(np.arange(5, dtype=np.uint32))
    file.append(np.arange(5, 9, dtype=np.uint32))
    file.close()
    again = FlatFile(path, "<u4", 5)  # as if the process had died before the second part was recorded
    again.append(np.array([7, 7], dtype=np.uint32))
    assert again.read(0, 7).tolist() == [0, 1, 2, 3, 4, 7, 7]
    with pytest.raises(InputError, match="shorter"):
        again.read(5, 8)
    again.close()
    with pytest.raises(InputError, match="shorter"):
        FlatFile(path, "<u4", 8)
