"""Words: what a run of symbols is worth, over all ways to read it as words that follow one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language.pairs import Scores

Keys = NDArray[np.int64]
Sums = NDArray[np.float64]

LONGEST = 4
"""Characters of the longest word: longer ones are two in ten thousand of all words of running text."""

SYMBOL_BITS = 14
UNKNOWN = 0
"""The word that stands for numbers, for words in other letters, and for what is in no dictionary."""

_IMPOSSIBLE = -1e9
_START = -1


@dataclass(frozen=True, eq=False)
class WordModel:
    """A bigram model over words, which are runs of symbols.

    ``spelling`` (``int64[W]``, sorted) are the words' symbols (see ``spelling_keys``) and ``number`` (``int64[W]``)
    their numbers; ``frequency`` and ``backoff`` (``float32``, by number) are the scores of a word by itself and of
    falling back after it, in bits.  ``pairs`` (``int64``, sorted) are ``first << 20 | second``, and ``steps``
    (``uint8``) the scores of the second after the first, in steps of ``step`` bits under zero.  ``symbol``
    (``float32[V]``) is the score of a symbol by itself, by which a character in no word is spelt.
    """

    spelling: Keys
    number: Keys
    frequency: Scores
    backoff: Scores
    pairs: Keys
    steps: NDArray[np.uint8]
    step: float
    symbol: Scores

    def score(self, rows: Keys, place: int) -> Sums:
        """Score rows of symbols that differ at ``place`` only (``int64[C, N]``): ``log2`` of their likelihood.

        The sum is over all ways to cut a row into words.  Takes time linear in the length of the rows.
        """
        length = rows.shape[1]
        start = np.full(1, _START, dtype=np.int64)
        reached: list[list[tuple[Keys, Sums]]] = [[(start, np.zeros(1))]]
        for end in range(1, length + 1):
            ending: list[tuple[Keys, Sums]] = []
            for begin in range(max(end - LONGEST, 0), end):
                chosen = rows if begin <= place < end else rows[:1]
                words, spelt = self._read(chosen[:, begin:end])
                if (spelt > _IMPOSSIBLE).any() and reached[begin]:
                    ways = [score + self._follow(before, words) for before, score in reached[begin]]
                    ending.append((words, _log2_sum(ways) + spelt))
            reached.append(ending)
        total = _log2_sum([score for _, score in reached[-1]])
        return np.asarray(np.broadcast_to(total, len(rows)))

    def _read(self, runs: Keys) -> tuple[Keys, Sums]:
        """Give the words that runs of symbols are, and what it costs to spell them so."""
        keys = spelling_keys(runs)
        at = np.minimum(np.searchsorted(self.spelling, keys), len(self.spelling) - 1)
        known = self.spelling[at] == keys
        # A character that is no word by itself is an unknown word; a longer run is none.
        otherwise = self.symbol[runs[:, 0]].astype(np.float64) if runs.shape[1] == 1 else _IMPOSSIBLE
        return np.where(known, self.number[at], UNKNOWN), np.where(known, 0.0, otherwise)

    def _follow(self, before: Keys, words: Keys) -> Sums:
        """Score words after the words before them."""
        keys = before << 20 | words
        at = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        back = np.where(before == _START, 0.0, self.backoff[before]) + self.frequency[words]
        return np.where(self.pairs[at] == keys, -self.step * self.steps[at], back)


def spelling_keys(runs: Keys) -> Keys:
    """Give one key for each run of at most ``LONGEST`` symbols (``int64[C, n]``)."""
    key = np.zeros(len(runs), dtype=np.int64)
    for at in range(runs.shape[1]):
        key = key << SYMBOL_BITS | (runs[:, at] + 1)
    return key


def _log2_sum(scores: list[Sums]) -> Sums:
    total = scores[0]
    for score in scores[1:]:
        total = np.logaddexp2(total, score)
    return total
