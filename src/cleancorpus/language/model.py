"""The whole model: pairs for scoring a batch; triples, words and the page for choosing one lost character."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language.pairs import BOUNDARY, COMMON_BITS, UNSEEN, PairModel, Scores
from cleancorpus.language.triples import Page, TripleModel
from cleancorpus.language.words import WordModel
from cleancorpus.text import Codepoints

Keys = NDArray[np.int64]
Shares = NDArray[np.float64]

# All that follows was set on 750 places of 15 files, one half of what `benchmarks/language_model.py` draws.
PAGE_PRIOR, PAIR_PRIOR, TRIPLE_PRIOR = 10_000.0, 50.0, 10.0
"""How many times the model's shares count as seen, against the page's counts of characters, pairs and triples."""

WINDOW = 8
"""Characters on either side of a lost one that are read as words."""

WORDS_SHARE, WORDS_MIDDLE = 0.4, -2.0
"""How much the words weigh where they explain the text, and by how many bits a character they may explain it
worse than triples do when they weigh half of that: they know modern prose only, and no verse or classics."""

CONFIDENCE = 0.9
"""What scores of candidates are multiplied by, so that shares are as often right as they say."""

_CLASSES_SPELT_FREE = (1, 2, 3)  # blanks, digits and letters: what an unknown word is made of


class CharacterModel(PairModel):
    """How likely characters are in Chinese text of either script; see ``PairModel`` for its tables."""

    def rank(self, left: Codepoints, candidates: Codepoints, right: Codepoints) -> Scores:
        """Score the candidates for one lost character by the text on both sides of it.

        ``left`` and ``right`` are the page before and behind the place, as much of it as is known (either may
        be empty): the eight characters on each side decide, the page's script and its own wording weigh in.
        The result, ``float32[C]``, is ``log2`` of each candidate's share, so that the shares add up to one:
        the best candidate's share says how clear the choice is.
        """
        if len(candidates) == 0:
            return np.zeros(0, dtype=np.float32)
        # In order, which makes looking them up faster, and each once.
        middle, symbol = np.unique(self.symbols(candidates).astype(np.int64), return_inverse=True)
        before, behind = (self.symbols(side).astype(np.int64) for side in (left, right))
        rows, place = _window(before, middle, behind)
        near = self._triples_around(rows, place, Page.of(before, behind, len(self.frequency)))
        words, weight = self._words_around(rows, place, near)
        scores = ((1 - weight) * near + weight * words - self.within[middle])[symbol]
        scores += self.form_scores(candidates, self.traditional(np.concatenate([left, right])))
        scores *= CONFIDENCE
        return np.asarray(scores - _log2_total(scores), dtype=np.float32)

    def _triples_around(self, rows: Keys, place: int, page: Page) -> Shares:
        """Score the candidates by the two characters before and the two behind, and by the page."""
        edge = np.full((len(rows), 2), BOUNDARY, dtype=np.int64)
        runs = np.concatenate([edge, rows, edge], axis=1)[:, place : place + 5].T
        first, second, third = (runs[at : at + 3].ravel() for at in range(3))
        scores: Shares = self._triple_scores(first, second, third, page).reshape(3, len(rows)).sum(axis=0)
        return scores

    def _words_around(self, rows: Keys, place: int, near: Shares) -> tuple[Shares, float]:
        """Score the candidates by the words that they make, and say how much that weighs here."""
        words = load_words(self).score(rows, place)
        best = int(near.argmax())
        row = rows[best]
        # Both models read the same window; where the words read it far worse, it is not their kind of text.
        gain = (float(words[best]) - float(self._log_triples(row[:-2], row[1:-1], row[2:]).sum())) / len(row)
        return words, WORDS_SHARE / (1 + float(np.exp(WORDS_MIDDLE - gain)))

    def _pair_shares(self, first: Keys, second: Keys) -> Shares:
        # The classes' sizes cancel: all candidates are compared in the same way.
        scores = self.pair_scores(first.astype(np.uint16), second.astype(np.uint16)) + self.within[second]
        return np.exp2(scores.astype(np.float64))

    def _log_triples(self, first: Keys, second: Keys, third: Keys) -> Shares:
        return np.log2(_triples(len(self.frequency)).shares(first, second, third, self._pair_shares(second, third)))

    def _triple_scores(self, first: Keys, second: Keys, third: Keys, page: Page) -> Shares:
        """Score symbols given the two before them, adapted to the page that they stand on.

        The page's own counts are added to the model's shares as if the model had been seen a number of
        times (a cache model, Kuhn and De Mori 1990).
        """
        pair = self._pair_shares(second, third)
        share = _triples(len(self.frequency)).shares(first, second, third, pair)
        share = (page.count(third) + PAGE_PRIOR * share) / (len(page) + PAGE_PRIOR)
        share = (page.count(second, third) + PAIR_PRIOR * share) / (page.count(second) + PAIR_PRIOR)
        share = (page.count(first, second, third) + TRIPLE_PRIOR * share) / (page.count(first, second) + TRIPLE_PRIOR)
        return np.asarray(np.log2(share), dtype=np.float64)


def _window(before: Keys, middle: Keys, behind: Keys) -> tuple[Keys, int]:
    """Give a row of the symbols around the place for each candidate, within the line, and where it stands there."""
    before, behind = before[-WINDOW:], behind[:WINDOW]
    breaks = np.flatnonzero(before == BOUNDARY)
    before = before[breaks[-1] + 1 :] if len(breaks) else before
    breaks = np.flatnonzero(behind == BOUNDARY)
    behind = behind[: breaks[0]] if len(breaks) else behind
    rows = np.empty((len(middle), len(before) + 1 + len(behind)), dtype=np.int64)
    rows[:, : len(before)] = before
    rows[:, len(before)] = middle
    rows[:, len(before) + 1 :] = behind
    return rows, len(before)


def _log2_total(scores: Shares) -> float:
    top = scores.max()
    return float(top + np.log2(np.exp2(scores - top).sum()))


def _read(name: str) -> dict[str, NDArray[Any]]:
    data = (files("cleancorpus") / "data" / "language" / name).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as file:
        return {column: file[column] for column in file.files}


def _from_gaps(planes: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Add up differences modulo 65536, given as their low bytes and their high bytes."""
    return np.cumsum(planes[0] + (planes[1].astype(np.uint16) << 8), dtype=np.uint16)


@lru_cache(maxsize=1)
def _triples(size: int) -> TripleModel:
    column = _read("chinese-triples.npz")
    step = float(column["step"])
    number = np.repeat(np.arange(len(column["context_length"]), dtype=np.int64), column["context_length"])
    return TripleModel(
        contexts=np.cumsum(column["context_gap"], dtype=np.int64),
        backoff=-step * (column["context_backoff"].astype(np.float32) - column["backoff_zero"]),
        keys=number << 16 | _from_gaps(column["third_gap"]),
        steps=column["score"],
        step=step,
        size=size,
    )


@lru_cache(maxsize=1)
def load_words(model: PairModel) -> WordModel:
    """Load the words that come with the library; they are loaded once, when first asked for."""
    column = _read("chinese-words.npz")
    step = float(column["step"])
    order = np.argsort(column["spelling"])
    first = np.repeat(np.arange(len(column["pair_length"]), dtype=np.int64), column["pair_length"])
    symbol = model.frequency.copy()
    symbol[list(_CLASSES_SPELT_FREE)] = 0
    return WordModel(
        spelling=column["spelling"][order],
        number=order + 1,
        frequency=-step * column["frequency"].astype(np.float32),
        backoff=-step * (column["backoff"].astype(np.float32) - column["backoff_zero"]),
        pairs=first << 20 | _from_gaps(column["pair_gap"]),
        steps=column["pair_score"],
        step=step,
        symbol=symbol,
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
    common = (before | behind) < 1 << COMMON_BITS
    square = np.full(1 << 2 * COMMON_BITS, UNSEEN, dtype=np.uint8)
    square[(before << COMMON_BITS | behind)[common]] = column["pair_score"][common]
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
