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

# These were set on 750 places of 15 files, one half of what `benchmarks/language_model.py` draws.
PAGE_PRIOR, PAIR_PRIOR, TRIPLE_PRIOR = 10_000.0, 50.0, 10.0
"""How many times the model's shares count as seen, against the page's counts of characters, pairs and triples."""

WINDOW = 8
"""Characters on either side of a lost one that are read as words."""

_NEAR = 400  # characters on either side that tell the script
_WORDS_MIDDLE = -2.0  # bits a character by which words may explain a text worse than triples do, and be half trusted

EVIDENCE = (
    *(f"triple {place}, {kind}" for kind in ("on this page", "in general") for place in ("ends", "middle", "begins")),
    "words",
    "words, modern prose",
    *(f"triple {place}, modern prose" for place in ("ends", "middle", "begins")),
    "frequency",
    "class",
    *(
        f"{run}, {kind}"
        for kind in ("count", "stands")
        for run in ("alone", "pair ends", "pair begins", "triple ends", "triple middle", "triple begins")
    ),
    "written form",
)
"""What speaks for a character, in the order of ``CharacterModel.evidence``: scores in bits of the triples that end
with it, have it in the middle and begin with it, of the words that it makes, and of itself; and logarithms of the
counts of runs with it on the page, and whether there are any; last its written form.  ``ranking.tsv`` has a weight
for each."""

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
        scores = self.evidence(left, candidates, right) @ _ranking_weights()
        return np.asarray(scores - _log2_total(scores), dtype=np.float32)

    def evidence(self, left: Codepoints, candidates: Codepoints, right: Codepoints) -> Shares:
        """Give what speaks for each candidate (see ``EVIDENCE``), ``float64[C, len(EVIDENCE)]``."""
        # In order, which makes looking them up faster, and each once.
        middle, symbol = np.unique(self.symbols(candidates).astype(np.int64), return_inverse=True)
        before, behind = (self.symbols(side).astype(np.int64) for side in (left, right))
        rows, place = _window(before, middle, behind)
        edge = np.full((len(rows), 2), BOUNDARY, dtype=np.int64)
        around = np.concatenate([edge, rows, edge], axis=1)[:, place : place + 5].T
        page = Page.of(before, behind, len(self.frequency))
        on_page, general = self._triples_around(around, page)
        words, modern = self._words_around(rows, place, on_page.sum(axis=0))
        counts = _page_counts(around, page)
        form = self.form_scores(candidates, self.traditional(np.concatenate([left[-_NEAR:], right[:_NEAR]])))
        columns = [*on_page, *general, words, modern * words, *(modern * on_page)]
        columns += [self.frequency[middle], self.within[middle], *np.log1p(counts), *(counts > 0)]
        return np.column_stack([np.stack(columns, axis=1)[symbol], form])

    def _triples_around(self, around: Keys, page: Page) -> tuple[Shares, Shares]:
        """Score the triples with a candidate in them, as the page has them and in general (``float64[3, C]``)."""
        first, second, third = (around[at : at + 3].ravel() for at in range(3))
        pair = self._pair_shares(second, third)
        share = _triples(len(self.frequency)).shares(first, second, third, pair)
        on_page = _adapted(first, second, third, share, page)
        return np.log2(on_page).reshape(3, -1), np.log2(share).reshape(3, -1)

    def _words_around(self, rows: Keys, place: int, near: Shares) -> tuple[Shares, float]:
        """Score the candidates by the words that they make, and say how surely they are words of modern prose."""
        words = load_words(self).score(rows, place)
        best = int(near.argmax())
        row = rows[best]
        # Both models read the same window; where the words read it far worse, it is not their kind of text.
        gain = (float(words[best]) - float(self._log_triples(row[:-2], row[1:-1], row[2:]).sum())) / len(row)
        return words, 1 / (1 + float(np.exp(_WORDS_MIDDLE - gain)))

    def _pair_shares(self, first: Keys, second: Keys) -> Shares:
        # The classes' sizes cancel: all candidates are compared in the same way.
        scores = self.pair_scores(first.astype(np.uint16), second.astype(np.uint16)) + self.within[second]
        return np.exp2(scores.astype(np.float64))

    def _log_triples(self, first: Keys, second: Keys, third: Keys) -> Shares:
        return np.log2(_triples(len(self.frequency)).shares(first, second, third, self._pair_shares(second, third)))


def _adapted(first: Keys, second: Keys, third: Keys, share: Shares, page: Page) -> Shares:
    """Adapt the shares of symbols given the two before them to the page that they stand on.

    The page's own counts are added to the model's shares as if the model had been seen a number of
    times (a cache model, Kuhn and De Mori 1990).
    """
    share = (page.count(third) + PAGE_PRIOR * share) / (len(page) + PAGE_PRIOR)
    share = (page.count(second, third) + PAIR_PRIOR * share) / (page.count(second) + PAIR_PRIOR)
    return (page.count(first, second, third) + TRIPLE_PRIOR * share) / (page.count(first, second) + TRIPLE_PRIOR)


def _page_counts(around: Keys, page: Page) -> Keys:
    """Count the runs of one, two and three symbols with a candidate in them on the page (``int64[6, C]``)."""
    spans = ((2, 3), (1, 3), (2, 4), (0, 3), (1, 4), (2, 5))
    return np.stack([page.count(*around[begin:end]) for begin, end in spans])


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


@lru_cache(maxsize=1)
def _ranking_weights() -> Shares:
    """Read the weights of what speaks for a character, in the order of ``EVIDENCE``."""
    lines = (files("cleancorpus") / "data/language/ranking.tsv").read_text("utf-8").splitlines()
    weight = dict(line.split("\t") for line in lines if not line.startswith("#"))
    return np.array([float(weight[name]) for name in EVIDENCE])


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
