"""A compact character model of Chinese, in either script: how likely a run of characters is.

Characters are folded to symbols (traditional forms to simplified ones, full-width forms to ordinary ones,
digits, kana and other foreign letters to a few classes), and the model knows how often a symbol follows
another.  A batch is scored by array passes.  How the tables were made, from which texts, and how well they
do is told in ``docs/language.md``; ``tools/build_language_model.py`` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

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
_COMMON_BITS = 12

PAIR_PRIOR, TRIPLE_PRIOR = 50.0, 10.0
"""How many times the model's shares count as seen, against the counts of the page at hand."""

CONFIDENCE = 0.8
"""What scores of candidates are multiplied by, so that shares are as often right as they say.

Least cross entropy over 900 places of 15 files of prose, law, verse and manuals (``docs/language.md``)."""


@dataclass(frozen=True, eq=False)
class CharacterModel:
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
            scores[piece] = self._pair_scores(previous[piece], symbols[piece])
        return scores

    def score_alone(self, codepoints: Codepoints) -> Scores:
        """Score each character by itself: ``log2 P(character)``, ``float32[N]``."""
        return self._alone[self.symbols(codepoints)]

    def rank(self, left: Codepoints, candidates: Codepoints, right: Codepoints) -> Scores:
        """Score the candidates for one lost character by the text on both sides of it.

        ``left`` and ``right`` are the page before and behind the place, as much of it as is known (either may
        be empty): the two characters on each side decide, the page's script and its own wording weigh in.
        The result, ``float32[C]``, is ``log2`` of each candidate's share, so that the shares add up to one:
        the best candidate's share says how clear the choice is.
        """
        if len(candidates) == 0:
            return np.zeros(0, dtype=np.float32)
        middle = self.symbols(candidates).astype(np.int64)
        edge = np.array([BOUNDARY, BOUNDARY], dtype=np.int64)
        before = np.concatenate([edge, self.symbols(left)])
        behind = np.concatenate([self.symbols(right), edge])
        page = _Page.of(before, behind, len(self.frequency))
        runs = np.empty((5, len(middle)), dtype=np.int64)
        runs[:2] = before[-2:, None]
        runs[2] = middle
        runs[3:] = behind[:2, None]
        scores = np.asarray(-self.within[middle], dtype=np.float64)
        for at in range(3):
            scores += self._triple_scores(runs[at], runs[at + 1], runs[at + 2], page)
        scores += self._form_scores(candidates, self.traditional(np.concatenate([left, right])))
        scores *= CONFIDENCE
        return np.asarray(scores - _log2_sum(scores), dtype=np.float32)

    def traditional(self, codepoints: Codepoints) -> float:
        """Give the probability that a text is in traditional script, 0.5 where nothing tells."""
        evidence = np.clip(self.hant[codepoints] - self.hans[codepoints], -4, 4).sum(dtype=np.float64)
        return float(1 / (1 + np.exp2(-np.clip(evidence, -30, 30))))

    def _form_scores(self, codepoints: Codepoints, traditional: float) -> Scores:
        """Score the written forms among those of their symbols, where the script is known that well."""
        hans, hant = np.exp2(self.hans[codepoints]), np.exp2(self.hant[codepoints])
        return np.asarray(np.log2((1 - traditional) * hans + traditional * hant), dtype=np.float32)

    def _pair_scores(self, previous: Symbols, symbols: Symbols) -> Scores:
        rare = np.flatnonzero((previous | symbols) >> _COMMON_BITS)
        steps = self.square.take(previous.astype(np.int32) << _COMMON_BITS | symbols, mode="clip")
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

    def _triple_scores(
        self, first: NDArray[np.int64], second: NDArray[np.int64], third: NDArray[np.int64], page: _Page
    ) -> NDArray[np.float64]:
        """Score symbols given the two before them, adapted to the page that they stand on.

        The page's own counts are added to the model's shares as if the model had been seen ``PAIR_PRIOR`` and
        ``TRIPLE_PRIOR`` times (a cache model, Kuhn and De Mori 1990).
        """
        # The classes' sizes cancel: all candidates are compared in the same way.
        pair = np.exp2(self._pair_scores(second.astype(np.uint16), third.astype(np.uint16)) + self.within[third])
        triple = _triples().shares(first, second, third, pair, len(self.frequency))
        adapted = (page.count(second, third) + PAIR_PRIOR * pair) / (page.count(second) + PAIR_PRIOR)
        triple = triple * (adapted / pair)
        share = (page.count(first, second, third) + TRIPLE_PRIOR * triple) / (page.count(first, second) + TRIPLE_PRIOR)
        return np.asarray(np.log2(share), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Page:
    """How often runs of one, two and three symbols stand on a page; one sorted array of keys for each length."""

    keys: tuple[NDArray[np.int64], ...]
    base: int

    @classmethod
    def of(cls, before: NDArray[np.int64], behind: NDArray[np.int64], size: int) -> _Page:
        # What was lost stands between the two sides as a symbol of its own, so that no run goes across.
        symbols = np.concatenate([before, [size], behind])
        base = size + 1
        pairs = symbols[:-1] * base + symbols[1:]
        return cls((np.sort(symbols), np.sort(pairs), np.sort(pairs[:-1] * base + symbols[2:])), base)

    def count(self, *run: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count each of the runs given by their first, second and third symbols."""
        key = run[0]
        for symbols in run[1:]:
            key = key * self.base + symbols
        keys = self.keys[len(run) - 1]
        return np.asarray(np.searchsorted(keys, key, "right") - np.searchsorted(keys, key, "left"), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Triples:
    """Scores of symbols given the two before them, where these tell more than the one before.

    ``contexts`` (``int64``, sorted) are the keys of the first two symbols and ``backoff`` (``float32``) the
    scores of falling back there; ``keys`` (``int64``, sorted) are ``context number << 16 | third symbol``.
    """

    contexts: NDArray[np.int64]
    backoff: Scores
    keys: NDArray[np.int64]
    scores: Scores

    def shares(
        self,
        first: NDArray[np.int64],
        second: NDArray[np.int64],
        third: NDArray[np.int64],
        pair: NDArray[np.float32],
        size: int,
    ) -> NDArray[np.float64]:
        """Give each third symbol's share after the two before it; ``pair`` is its share after the second."""
        context = first * size + second
        number = np.minimum(np.searchsorted(self.contexts, context), len(self.contexts) - 1)
        known = self.contexts[number] == context
        key = number << 16 | third
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        share = np.where(known, np.exp2(self.backoff[number]), 1.0) * pair
        seen = known & (self.keys[at] == key)
        return np.where(seen, np.exp2(self.scores[at]), share)


def _log2_sum(scores: NDArray[np.float64]) -> float:
    top = scores.max()
    return float(top + np.log2(np.exp2(scores - top).sum()))


def _read(name: str) -> dict[str, NDArray[Any]]:
    data = (files("cleancorpus") / "data" / "language" / name).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as file:
        return {column: file[column] for column in file.files}


@lru_cache(maxsize=1)
def _triples() -> _Triples:
    column = _read("chinese-triples.npz")
    step = float(column["step"])
    number = np.repeat(np.arange(len(column["context_length"]), dtype=np.int64), column["context_length"])
    return _Triples(
        contexts=np.cumsum(column["context_gap"], dtype=np.int64),
        backoff=-step * (column["context_backoff"].astype(np.float32) - column["backoff_zero"]),
        keys=number << 16 | np.cumsum(column["third_gap"], dtype=np.uint16),
        scores=-step * column["score"].astype(np.float32),
    )


@lru_cache(maxsize=1)
def load_model() -> CharacterModel:
    """Load the model that comes with the library; it is loaded once."""
    column = _read("chinese.npz")
    step = float(column["step"])
    symbol = np.repeat(column["class_symbol"].astype(np.uint16), np.diff(column["class_start"]))
    symbol[column["form"]] = column["form_symbol"]
    hans, hant = np.zeros((2, len(symbol)), dtype=np.float32)
    hans[column["form"]] = -step * column["form_hans"].astype(np.float32)
    hant[column["form"]] = -step * column["form_hant"].astype(np.float32)
    size = len(column["frequency"])
    before = np.repeat(np.arange(size, dtype=np.int32), column["pair_length"])
    behind = np.cumsum(column["pair_gap"], dtype=np.uint16)
    common = (before | behind) < 1 << _COMMON_BITS
    square = np.full(1 << 2 * _COMMON_BITS, UNSEEN, dtype=np.uint8)
    square[(before << _COMMON_BITS | behind)[common]] = column["pair_score"][common]
    return CharacterModel(
        symbol=symbol,
        frequency=column["frequency"],
        backoff=column["backoff"],
        within=column["within"],
        square=square,
        rare_keys=before[~common].astype(np.int64) * size + behind[~common],
        rare_steps=column["pair_score"][~common],
        step=step,
        hans=hans,
        hant=hant,
    )
