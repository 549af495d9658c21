"""Which texts become candidates: those that share a key, and no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cleancorpus.errors import InputError
from cleancorpus.neardup.candidates import key_runs
from cleancorpus.neardup.flatfile import FlatFile

# Keys that differ in low bits only, where the row's number takes their place in the sort, and any others.
KEYS = st.one_of(st.integers(0, 7), st.integers(-(2**63), -(2**63) + 3), st.integers(-(2**63), 2**63 - 1))


@given(arrays.arrays(np.int64, st.integers(0, 40), elements=KEYS))
def test_runs_hold_the_rows_that_share_a_key(keys: np.ndarray) -> None:
    rows, start, length = key_runs(keys)
    runs = sorted(rows[first : first + size].tolist() for first, size in zip(start, length, strict=True))
    holders = (np.flatnonzero(keys == key).tolist() for key in np.unique(keys))
    assert runs == sorted(several for several in holders if len(several) > 1)


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
