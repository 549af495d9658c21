"""Pairs of symbols: how likely a character is after the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Positions

Scores = NDArray[np.float32]
Symbols = NDArray[np.uint16]

BOUNDARY = 0
"""The symbol of line breaks, which also stands before the first character of a text."""

UNSEEN = 255
"""The step that marks a pair the model does not hold."""

# Characters scored at a time, so that the intermediate arrays stay in the second-level cache.
_PIECE = 1 << 14
# Pairs of the commonest symbols are looked up in a square of 4096 by 4096 steps (16 MB, of which ordinary
# text touches little); pairs with a rarer one, about one in eighty, by binary search.
COMMON_BITS = 12


@dataclass(frozen=True, eq=False)
class PairModel:
    """A bigram model over folded symbols, with back-off to single symbols.

    Scores are base-2 logarithms of probabilities (bits, negative).  ``symbol`` (``uint16[0x110000]``) gives
    each code point its symbol, ``frequency`` and ``backoff`` (``float32[V]``) are the scores of a symbol by
    itself and of falling back after a symbol, and ``within`` (``float32[V]``) is what picking one character
    out of a symbol's class costs.  Scores of pairs are stored in steps of ``step`` bits under zero: for pairs
    of common symbols in ``square`` (``uint8[4096 * 4096]``, ``UNSEEN`` where there is no such pair), for pairs
    with a rarer one in ``rare_steps`` beside their keys ``a * V + b`` in ``rare_keys`` (``int64``, sorted).
    ``hans`` and ``hant`` (``float32[0x110000]``) score a written form among the forms of its symbol, in
    simplified and in traditional text.
    """

    symbol: Symbols
    frequency: Scores
    backoff: Scores
    within: Scores
    square: NDArray[np.uint8]
    rare_keys: NDArray[np.int64]
    rare_steps: NDArray[np.uint8]
    step: float
    hans: Scores
    hant: Scores

    @cached_property
    def _alone(self) -> Scores:
        return self.frequency - self.within

    @cached_property
    def _levels(self) -> Scores:
        return (-self.step * np.arange(256)).astype(np.float32)

    def symbols(self, codepoints: Codepoints) -> Symbols:
        """Give the folded symbol of each code point, ``uint16[N]``."""
        return self.symbol.take(codepoints, mode="clip")

    def score(self, codepoints: Codepoints, offsets: Positions | None = None) -> Scores:
        """Score each character given the one before it: ``log2 P(character | previous)``, ``float32[N]``.

        ``offsets`` (``int64[D + 1]``, as in ``TextBatch``) says where texts begin; without it the array is
        one text.  Before the first character of a text stands a line break.
        """
        symbols = self.symbols(codepoints)
        previous = np.empty_like(symbols)
        previous[1:] = symbols[:-1]
        previous[:1] = BOUNDARY
        if offsets is not None:
            starts = offsets[:-1]
            previous[starts[starts < len(previous)]] = BOUNDARY
        scores = np.empty(len(symbols), dtype=np.float32)
        for at in range(0, len(symbols), _PIECE):
            piece = slice(at, at + _PIECE)
            scores[piece] = self.pair_scores(previous[piece], symbols[piece])
        return scores

    def score_alone(self, codepoints: Codepoints) -> Scores:
        """Score each character by itself: ``log2 P(character)``, ``float32[N]``."""
        return self._alone[self.symbols(codepoints)]

    def pair_scores(self, previous: Symbols, symbols: Symbols) -> Scores:
        """Score characters of the given symbols, each after one of the symbol before it."""
        rare = np.flatnonzero((previous | symbols) >> COMMON_BITS)
        steps = self.square.take(previous.astype(np.int32) << COMMON_BITS | symbols, mode="clip")
        if len(rare):
            steps[rare] = self._find_steps(previous[rare], symbols[rare])
        scores = self._levels.take(steps)
        scores -= self.within.take(symbols)
        unseen = np.flatnonzero(steps == UNSEEN)
        scores[unseen] = self.backoff.take(previous[unseen]) + self._alone.take(symbols[unseen])
        return scores

    def _find_steps(self, previous: Symbols, symbols: Symbols) -> NDArray[np.uint8]:
        keys = previous.astype(np.int64) * len(self.frequency) + symbols
        at = np.minimum(np.searchsorted(self.rare_keys, keys), len(self.rare_keys) - 1)
        return np.where(self.rare_keys[at] == keys, self.rare_steps[at], UNSEEN)

    def traditional(self, codepoints: Codepoints) -> float:
        """Give the probability that a text is in traditional script, 0.5 where nothing tells."""
        evidence = np.clip(self.hant[codepoints] - self.hans[codepoints], -4, 4).sum(dtype=np.float64)
        return float(1 / (1 + np.exp2(-np.clip(evidence, -30, 30))))

    def form_scores(self, codepoints: Codepoints, traditional: float) -> Scores:
        """Score the written forms among those of their symbols, where the script is known that well."""
        hans, hant = np.exp2(self.hans[codepoints]), np.exp2(self.hant[codepoints])
        return np.asarray(np.log2((1 - traditional) * hans + traditional * hant), dtype=np.float32)
