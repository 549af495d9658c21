"""Words: what a run of symbols is worth, over all ways to read it as words that follow one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cleancorpus.language.pairs import Scores

Keys = NDArray[np.int64]
Sums = NDArray[np.float64]

LONGEST = 4
"""Characters of the longest word: longer ones are two in ten thousand of all words of running text."""

SYMBOL_BITS = 14
UNKNOWN = 0
"""The word that stands for numbers, for words in other letters, and for what is in no dictionary."""

_LENGTHS = np.arange(1, LONGEST + 1)
_START, _END = -1, -2  # what stands before the first word, and behind the last
_OUTSIDE = (1 << SYMBOL_BITS) - 2  # a symbol of no word, which stands around the rows
_HOLE = -1  # a symbol that leaves its bits of a key empty
# Where runs across a place begin and end, from there on.
_ACROSS = np.array([(begin, end) for end in range(1, LONGEST + 1) for begin in range(end - LONGEST, 1)]).T
_LEAST = 2.0**-1020  # a smaller likelihood is taken for it, so that it has a logarithm


@dataclass(frozen=True, eq=False)
class _Sides:
    """The words around the place, by position and by length less one, and what all ways to read a side add up to.

    ``ending`` and ``starting`` are the words that end and start at a position; ``before`` and ``behind`` the
    likelihood of the text before and behind it, if that is its last or first word.
    """

    ending: Keys
    starting: Keys
    before: Sums
    behind: Sums


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

        The sum is over all ways to cut a row into words.  Takes time linear in the length of the rows: what
        stands before and behind the place is summed up once, and only words across it for each row.
        """
        middle = rows[:, place]
        edge = np.full(LONGEST, _OUTSIDE, dtype=np.int64)
        padded = np.concatenate([edge, rows[0], edge])
        padded[LONGEST + place] = _HOLE
        runs = sliding_window_view(padded, LONGEST)
        keys = np.stack([spelling_keys(runs[:, :size]) for size in _LENGTHS], axis=1)
        sides = self._sides(keys, padded, place)
        begin, end = place + _ACROSS
        # What the runs across the place are spelt like, with each of the symbols there.
        shift = SYMBOL_BITS * (end - place - 1)
        spelt = keys[begin + LONGEST, end - begin - 1, None] | middle + 1 << shift[:, None]
        words, shares = self._look_up(spelt, np.where((end - begin == 1)[:, None], middle, _OUTSIDE))
        run, row = np.nonzero(shares)
        word, begin, end = words[run, row, None], begin[run], end[run]
        before = (sides.before[begin] * self._follow(sides.ending[begin], word)).sum(axis=1)
        behind = (sides.behind[end] * self._follow(word, sides.starting[end])).sum(axis=1)
        total = np.bincount(row, shares[run, row] * before * behind, minlength=len(rows))
        return np.asarray(np.log2(np.maximum(total, _LEAST)))

    def _sides(self, keys: Keys, padded: Keys, place: int) -> _Sides:
        """Sum up all ways to read what stands before the place, and behind it.

        ``keys`` are those of all runs of the ``padded`` row, by where they begin and by length less one.
        """
        length = len(padded) - 2 * LONGEST
        single = np.full(keys.shape, _OUTSIDE)
        single[:, 0] = padded[: len(keys)]
        words, shares = self._look_up(keys, single)
        starts = np.arange(LONGEST, LONGEST + length + 1)
        back = starts[:, None] - _LENGTHS, _LENGTHS - 1
        ending, starting = words[back], words[starts]
        ending[0, 0], starting[length, 0] = _START, _END
        follow = self._follow(ending[:, :, None], starting[:, None, :])
        ended, started = shares[back], shares[starts]
        before, behind, onward, backward = np.zeros((4, length + 1 + LONGEST, LONGEST))
        before[0, 0] = behind[length, 0] = 1
        for at in range(place):
            onward[at] = before[at] @ follow[at]
            before[at + 1] = ended[at + 1] * onward[at + 1 - _LENGTHS, _LENGTHS - 1]
        for at in range(length, place + 1, -1):
            backward[at] = follow[at] @ behind[at]
            behind[at - 1] = started[at - 1] * backward[at - 1 + _LENGTHS, _LENGTHS - 1]
        return _Sides(ending, starting, before, behind)

    def _look_up(self, keys: Keys, single: Keys) -> tuple[Keys, Sums]:
        """Give the words that runs are by their keys, and the shares of being spelt so, 0 for what is no word.

        ``single`` are the symbols of runs of one: such a one that is no word by itself is an unknown word.
        """
        at = np.minimum(np.searchsorted(self.spelling, keys), len(self.spelling) - 1)
        known = self.spelling[at] == keys
        spelt = np.exp2(self.symbol.take(single, mode="clip").astype(np.float64))
        return np.where(known, self.number[at], UNKNOWN), np.where(known, 1.0, spelt * (single != _OUTSIDE))

    def _follow(self, before: Keys, words: Keys) -> Sums:
        """Give the shares of words after the words before them."""
        keys = before << 20 | words
        at = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        back = np.where(before == _START, 0.0, self.backoff[before]) + self.frequency[words]
        bits = np.where(self.pairs[at] == keys, -self.step * self.steps[at], back)
        return np.exp2(np.where(words == _END, 0.0, bits))


def spelling_keys(runs: Keys) -> Keys:
    """Give one key for each run of at most ``LONGEST`` symbols (``int64[C, n]``)."""
    key = np.zeros(len(runs), dtype=np.int64)
    for at in range(runs.shape[1]):
        key = key << SYMBOL_BITS | (runs[:, at] + 1)
    return key
