"""Triples of symbols: what the two characters before say beyond the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language.pairs import Scores

Keys = NDArray[np.int64]
Shares = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TripleModel:
    """Scores of symbols given the two before them, where these tell more than the one before.

    ``contexts`` (``int64``, sorted) are the keys ``first * V + second`` of the two symbols before and ``backoff``
    (``float32``) the scores of falling back there; ``keys`` (``int64``, sorted) are
    ``context number << 16 | third symbol`` and ``steps`` (``uint8``) the scores in steps of ``step`` bits under zero.
    """

    contexts: Keys
    backoff: Scores
    keys: Keys
    steps: NDArray[np.uint8]
    step: float
    size: int

    def shares(self, first: Keys, second: Keys, third: Keys, pair: Shares) -> Shares:
        """Give each third symbol's share after the two before it; ``pair`` is its share after the second."""
        context = first * self.size + second
        number = np.minimum(np.searchsorted(self.contexts, context), len(self.contexts) - 1)
        known = self.contexts[number] == context
        key = number << 16 | third
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        share = np.where(known, np.exp2(self.backoff[number]), 1.0) * pair
        seen = known & (self.keys[at] == key)
        return np.where(seen, np.exp2(-self.step * self.steps[at]), share)


@dataclass(frozen=True, eq=False)
class Page:
    """How often runs of one, two and three symbols stand on a page; one sorted array of keys for each length."""

    keys: tuple[Keys, ...]
    base: int

    @classmethod
    def of(cls, before: Keys, behind: Keys, size: int) -> Page:
        """Count the page around a lost character; ``size`` is the number of symbols."""
        # What was lost stands between the two sides as a symbol of its own, so that no run goes across.
        symbols = np.concatenate([before, [size], behind])
        base = size + 1
        pairs = symbols[:-1] * base + symbols[1:]
        return cls((np.sort(symbols), np.sort(pairs), np.sort(pairs[:-1] * base + symbols[2:])), base)

    def __len__(self) -> int:
        return len(self.keys[0])

    def count(self, *run: Keys) -> Keys:
        """Count each of the runs given by their first, second and third symbols."""
        key = run[0]
        for symbols in run[1:]:
            key = key * self.base + symbols
        keys = self.keys[len(run) - 1]
        return np.asarray(np.searchsorted(keys, key, "right") - np.searchsorted(keys, key, "left"), dtype=np.int64)
