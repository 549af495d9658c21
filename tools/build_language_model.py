"""Make the tables of the character model: `chinese.npz`, `chinese-triples.npz` and `chinese-words.npz`.

Usage: tools/fetch_language_sources.sh SOURCES && python tools/build_language_model.py SOURCES

Counts of pairs and triples of symbols from all sources are added up, each source with its weight; the pairs
that tell the most beyond single symbols and the triples that tell the most beyond pairs are kept; what was
cut away goes to the back-off.  Words and pairs of words are open-gram's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import language_sources as sources
from cleancorpus.language import UNSEEN
from language_counts import (
    CLASS,
    CLASS_FLOOR,
    CLASSES,
    UNKNOWN_WORDS,
    WEIGHTS,
    Alphabet,
    Counts,
    Keys,
    add,
    han_pairs,
    make_alphabet,
    mark_pairs,
    running_text,
    text_runs,
    word_runs,
)
from language_words import WordEstimate, estimate_words

TARGET = Path(__file__).resolve().parent.parent / "src/cleancorpus/data/language"

DISCOUNT = 0.5  # taken from every count for what was not seen
PRIOR = 60.0  # pseudo-counts of the single-symbol distribution after each symbol
STEP = 0.1  # bits by which scores of pairs are stored
COARSE_STEP = 0.2  # those of triples and of words
PAIRS_KEPT = 700_000
TRIPLES_KEPT = 1_500_000
TRIPLE_PRIOR = 10.0  # pseudo-counts of the pair distribution after each two symbols
BACKOFF_ZERO = 64  # the stored step of a back-off score of nothing; some lie above it


@dataclass(frozen=True)
class Estimate:
    """Scores in bits: of symbols, of falling back, and of the pairs kept (sorted by key)."""

    frequency: Counts
    backoff: Counts
    keys: Keys
    scores: Counts


def estimate(keys: Keys, counts: Counts, size: int) -> Estimate:
    """Smooth the counts by single symbols and keep the pairs that gain the most over these."""
    before, behind = np.divmod(keys, size)
    total = np.bincount(before, counts, size)
    frequency = np.bincount(behind, counts, size) + DISCOUNT
    for name, share in CLASS_FLOOR.items():
        frequency[CLASS[name]] += share * counts.sum()
    frequency /= frequency.sum()
    share = (np.maximum(counts - DISCOUNT, 0) + PRIOR * frequency[behind]) / (total + PRIOR)[before]
    left_open = (PRIOR + DISCOUNT * np.bincount(before, minlength=size)) / (total + PRIOR)
    gain = counts * np.log2(share / (left_open[before] * frequency[behind]))
    kept = np.sort(np.argsort(-gain, kind="stable")[:PAIRS_KEPT])
    kept = kept[(gain[kept] > 0) & (counts[kept] > DISCOUNT)]
    seen = np.bincount(before[kept], share[kept], size)
    seen_alone = np.bincount(before[kept], frequency[behind[kept]], size)
    backoff = np.log2(np.maximum(1 - seen, 1e-4) / np.maximum(1 - seen_alone, 1e-4))
    return Estimate(np.log2(frequency), backoff, keys[kept], np.log2(share[kept]))


def pair_shares(model: Estimate, before: Keys, behind: Keys, size: int) -> Counts:
    """The share of each symbol after another one, as the finished pair model gives it."""
    keys = before * size + behind
    at = np.minimum(np.searchsorted(model.keys, keys), len(model.keys) - 1)
    scores = np.where(model.keys[at] == keys, model.scores[at], model.backoff[before] + model.frequency[behind])
    return np.asarray(np.exp2(scores))


@dataclass(frozen=True)
class TripleEstimate:
    """Scores in bits of the triples kept and of falling back from their first two symbols."""

    contexts: Keys
    lengths: Keys
    backoff: Counts
    third: Keys
    scores: Counts


def estimate_triples(
    triples: tuple[Keys, Counts], pairs: tuple[Keys, Counts], model: Estimate, size: int
) -> TripleEstimate:
    """Smooth the triples by the pair model and keep those that gain the most over it."""
    keys, counts = triples
    context, third = np.divmod(keys, size)
    contexts, number = np.unique(context, return_inverse=True)
    at = np.minimum(np.searchsorted(pairs[0], contexts), len(pairs[0]) - 1)
    seen = np.where(pairs[0][at] == contexts, pairs[1][at], 0.0)
    # The sources count triples less fully than pairs; what is missing goes to the back-off.
    total = np.maximum(seen, np.bincount(number, counts))
    pair = pair_shares(model, context % size, third, size)
    share = (np.maximum(counts - DISCOUNT, 0) + TRIPLE_PRIOR * pair) / (total + TRIPLE_PRIOR)[number]
    gain = counts * np.log2(share / pair)
    kept = np.sort(np.argsort(-gain, kind="stable")[:TRIPLES_KEPT])
    kept = kept[gain[kept] > 0]
    contexts, number, lengths = np.unique(context[kept], return_inverse=True, return_counts=True)
    left = np.maximum(1 - np.bincount(number, share[kept]), 1e-4)
    left_alone = np.maximum(1 - np.bincount(number, pair[kept]), 1e-4)
    return TripleEstimate(contexts, lengths, np.log2(left / left_alone), third[kept], np.log2(share[kept]))


def form_scores(alphabet: Alphabet, counts: dict[str, float]) -> NDArray[np.float64]:
    """Score each written form among the forms of its symbol, by the character counts of one script."""
    seen = np.zeros(0x110000)
    for character, count in counts.items():
        seen[ord(character)] = count
    together = np.bincount(alphabet.fold, seen, 0x110000)[alphabet.fold]
    forms = np.bincount(alphabet.fold, minlength=0x110000)[alphabet.fold]
    scores = np.log2((seen + 2) / (together + 2 * forms))
    scores[(forms == 1) | (together == 0)] = 0
    return scores


def quantised(scores: Counts, step: float, *, below: int = 256, zero: int = 0) -> NDArray[np.uint8]:
    """Scores as whole steps under zero, fewer than ``below``; ``zero`` is the step of a score of nothing."""
    return np.asarray(np.clip(np.rint(-scores / step) + zero, 0, below - 1), dtype=np.uint8)


def weighted_words(folder: Path, alphabet: Alphabet) -> Iterator[list[tuple[Keys, Counts]]]:
    """The word model's pairs and triples, its unknown words once as numbers and once as Latin letters."""
    for unknown, share in UNKNOWN_WORDS.items():
        runs = word_runs(sources.open_gram(folder, unknown), alphabet)
        yield [(keys, counts * share * WEIGHTS["open-gram"]) for keys, counts in runs]


def gaps(numbers: Keys) -> NDArray[np.uint16]:
    """Differences of neighbours modulo 65536, which compress better than the numbers and add up to them."""
    # Unsigned subtraction wraps around, as the sums that undo it do.
    return np.asarray(np.diff(numbers.astype(np.uint16), prepend=np.uint16(0)), dtype=np.uint16)


def gap_bytes(numbers: Keys) -> NDArray[np.uint8]:
    """Differences as their low bytes and their high bytes (``uint8[2, N]``), which compress better apart."""
    gap = gaps(numbers)
    return np.stack([gap & 0xFF, gap >> 8]).astype(np.uint8)


def main() -> None:
    """Build the model from a folder of sources."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sources", type=Path)
    folder = parser.parse_args().sources
    counts = sources.wikipedia(folder)
    alphabet = make_alphabet(running_text(folder), counts)
    size = alphabet.size
    text, text_triples = (
        add(
            (keys, values * WEIGHTS[name])
            for name, part in running_text(folder).items()
            for keys, values in [text_runs(part, alphabet, length)]
        )
        for length in (2, 3)
    )
    words, word_triples = (add(part) for part in zip(*weighted_words(folder, alphabet), strict=True))
    published = [han_pairs(counts, alphabet), *mark_pairs(counts, alphabet, add([text, words]))]
    weighted = [text, words]
    weighted += [(keys, values * WEIGHTS["wikipedia"]) for keys, values in published]
    pairs = add(weighted)
    model = estimate(*pairs, size)
    triples = add([text_triples, word_triples])
    write_pairs(TARGET / "chinese.npz", model, alphabet, counts)
    write_triples(TARGET / "chinese-triples.npz", estimate_triples(triples, pairs, model, size))
    write_words(TARGET / "chinese-words.npz", estimate_words(sources.open_gram(folder, ""), alphabet))


def write_pairs(path: Path, model: Estimate, alphabet: Alphabet, counts: sources.WikipediaCounts) -> None:
    """Write the symbols, the written forms and the pairs."""
    named = np.flatnonzero(alphabet.symbol >= len(CLASSES)).astype(np.uint32)
    classes = np.where(alphabet.symbol < len(CLASSES), alphabet.symbol, 0)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(classes)) + 1, [0x110000]])
    within = np.zeros(alphabet.size)
    within[: len(CLASSES)] = np.log2(list(CLASSES.values()))
    np.savez_compressed(
        path,
        step=np.float32(STEP),
        class_start=starts.astype(np.int32),
        class_symbol=classes[starts[:-1]].astype(np.uint8),
        form=named,
        form_symbol=alphabet.symbol[named],
        form_hans=quantised(form_scores(alphabet, counts.hans), STEP)[named],
        form_hant=quantised(form_scores(alphabet, counts.hant), STEP)[named],
        frequency=model.frequency.astype(np.float32),
        backoff=model.backoff.astype(np.float32),
        within=within.astype(np.float32),
        pair_length=np.bincount(model.keys // alphabet.size, minlength=alphabet.size).astype(np.uint16),
        pair_gap=gaps(model.keys % alphabet.size),
        pair_score=quantised(model.scores, STEP, below=UNSEEN),
    )
    print(f"{alphabet.size} symbols, {len(model.keys)} pairs, {path.stat().st_size} bytes")


def write_triples(path: Path, model: TripleEstimate) -> None:
    """Write the triples."""
    np.savez_compressed(
        path,
        step=np.float32(COARSE_STEP),
        backoff_zero=np.int32(BACKOFF_ZERO),
        context_gap=np.diff(model.contexts, prepend=0).astype(np.uint32),
        context_length=model.lengths.astype(np.uint16),
        context_backoff=quantised(model.backoff, COARSE_STEP, zero=BACKOFF_ZERO),
        third_gap=gap_bytes(model.third),
        score=quantised(model.scores, COARSE_STEP),
    )
    print(f"{len(model.third)} triples after {len(model.contexts)} pairs, {path.stat().st_size} bytes")


def write_words(path: Path, model: WordEstimate) -> None:
    """Write the words and the pairs of words."""
    size = len(model.frequency)
    first, second = np.divmod(model.keys, size)
    np.savez_compressed(
        path,
        step=np.float32(COARSE_STEP),
        backoff_zero=np.int32(BACKOFF_ZERO),
        spelling=model.spelling,
        frequency=quantised(model.frequency, COARSE_STEP),
        backoff=quantised(model.backoff, COARSE_STEP, zero=BACKOFF_ZERO),
        pair_length=np.bincount(first, minlength=size).astype(np.uint32),
        pair_gap=gap_bytes(second),
        pair_score=quantised(model.scores, COARSE_STEP),
    )
    print(f"{size} words, {len(second)} pairs of words, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
