"""Which passages of a segment have a key: sorted arrays in files, looked up where they lie.

A database needs milliseconds for the few dozen keys of one query, whatever it indexes; a binary search in a mapped
file needs microseconds, and pages that nobody asks for stay on the disk (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.containment import MARK
from cleancorpus.text import Positions, flat_ranges

_PART = 4_000_000  # entries sorted at a time where segments are joined


@dataclass(frozen=True, eq=False)
class Postings:
    """``keys`` (``int64[N]``, sorted), and for each the number of a passage, ``rows`` (``uint32[N]``).

    A number may have ``MARK`` beside it, which it keeps where segments are joined.
    """

    keys: NDArray[np.int64]
    rows: NDArray[np.uint32]

    @classmethod
    def of(cls, keys: NDArray[np.int64], rows: NDArray[np.uint32]) -> Postings:
        """Sort keys, each with its row."""
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], rows[order])

    @classmethod
    def map(cls, folder: Path, name: str) -> Postings:
        """Map the postings in a folder, without reading them."""
        return cls(map_array(folder / f"{name}.keys", "<i8"), map_array(folder / f"{name}.rows", "<u4"))

    def write(self, folder: Path, name: str) -> None:
        """Write the postings to a folder."""
        self.keys.astype("<i8", copy=False).tofile(folder / f"{name}.keys")
        self.rows.astype("<u4", copy=False).tofile(folder / f"{name}.rows")

    def look_up(self, wanted: NDArray[np.int64], most: int) -> tuple[Positions, NDArray[np.uint32]]:
        """Give for the wanted keys (sorted) that are there the place of each among them, and the row.

        A key that stands there several times comes as often, but ``most`` times at most.
        """
        low = np.searchsorted(self.keys, wanted)
        width = np.minimum(np.searchsorted(self.keys, wanted, side="right") - low, most)
        return np.repeat(np.arange(len(wanted)), width), self.rows[flat_ranges(low, width)]


def map_array(path: Path, kind: str) -> NDArray[Any]:
    """Map a file of numbers; an empty file, which no system maps, is an empty array."""
    if not path.stat().st_size:
        return np.zeros(0, dtype=kind)
    return np.memmap(path, dtype=kind, mode="r").view(np.ndarray)


def join_postings(sources: Sequence[Postings], moved: Sequence[Positions], folder: Path, name: str) -> None:
    """Write the postings of several segments as those of one, a range of the keys at a time.

    ``moved`` gives for each segment the new number of each passage, -1 for those that are gone.
    """
    entries = sum(len(source.keys) for source in sources)
    parts = 1 + entries // _PART
    borders = np.array([-(2**63) + 2**64 * part // parts for part in range(1, parts)], dtype=np.int64)
    bounds = [[0, *np.searchsorted(source.keys, borders).tolist(), len(source.keys)] for source in sources]
    with (folder / f"{name}.keys").open("wb") as keys_file, (folder / f"{name}.rows").open("wb") as rows_file:
        for part in range(parts):
            keys, rows = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint32)]
            for source, number, bound in zip(sources, moved, bounds, strict=True):
                own = source.rows[bound[part] : bound[part + 1]]
                new = number[(own & ~MARK).astype(np.int64)]
                stays = new >= 0
                keys.append(source.keys[bound[part] : bound[part + 1]][stays])
                rows.append(new[stays].astype(np.uint32) | (own[stays] & MARK))
            joined = Postings.of(np.concatenate(keys), np.concatenate(rows))
            joined.keys.astype("<i8", copy=False).tofile(keys_file)
            joined.rows.astype("<u4", copy=False).tofile(rows_file)
