"""Counting what is frequent in a stream, in bounded memory and with a known error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


class FrequentKeys:
    """The counts of the most frequent keys of a stream, at most ``capacity`` of them.

    A summary of Misra and Gries, "Finding repeated elements" (1982), taken in batches as Agarwal et al.,
    "Mergeable summaries" (PODS 2012): ``count`` never says too much, and too little by at most ``error``,
    which is at most the length of the stream divided by ``capacity + 1``.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a summary holds at least one key")
        self.capacity = capacity
        self.error = 0
        self.length = 0
        self.keys: Keys = np.zeros(0, dtype=np.uint64)
        self.counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def add(self, keys: Keys) -> None:
        """Count a batch of keys, each once for every time it stands there."""
        self.length += len(keys)
        fresh, times = np.unique(keys, return_counts=True)
        joined, place = np.unique(np.concatenate([self.keys, fresh]), return_inverse=True)
        counts = np.zeros(len(joined), dtype=np.int64)
        np.add.at(counts, place[: len(self.keys)], self.counts)
        np.add.at(counts, place[len(self.keys) :], times)
        if len(joined) > self.capacity:
            cut = int(np.partition(counts, len(counts) - self.capacity - 1)[len(counts) - self.capacity - 1])
            self.error += cut
            counts = counts - cut
        keep = counts > 0
        self.keys, self.counts = joined[keep], counts[keep]

    def count(self, keys: Keys) -> NDArray[np.int64]:
        """Give the count of each key; 0 where it is not held."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.int64)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, self.counts[place], 0)
