"""Make the table of words and of pairs of words from open-gram's word model, cut down to what tells the most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import language_sources as sources
from cleancorpus.language.words import LONGEST, UNKNOWN, spelling_keys
from language_counts import OPEN_GRAM_WORDS, Alphabet, Counts, Keys, add

WORD_PAIRS_KEPT = 1_200_000


@dataclass(frozen=True)
class WordEstimate:
    """Scores in bits of words (number 0 is the unknown one), of falling back after them, and of pairs of them.

    ``spelling`` (``int64[W - 1]``) are the keys of the words' symbols, commonest word first; ``keys`` are
    ``first * W + second``, sorted.
    """

    spelling: Keys
    frequency: Counts
    backoff: Counts
    keys: Keys
    scores: Counts


def estimate_words(model: sources.WordModel, alphabet: Alphabet) -> WordEstimate:
    """Fold words that are one in symbols, leave out long ones, and keep the pairs that gain the most."""
    spelling, number, share = fold_words(model, alphabet)
    size = len(share)
    old = model.double[:, :2].astype(int)
    first, second = number[old].T
    # What is known of a word's followers is a mean over the words that are one in symbols.
    weight = np.zeros(len(model.words))
    weight[model.single[:, 0].astype(int)] = model.single[:, 1]
    counted = weight[old[:, 0]] / share[np.maximum(first, 0)] * model.double[:, 2]
    known = (first >= 0) & (second >= 0)
    keys, follows = add([(first[known] * size + second[known], counted[known])])
    first, second = np.divmod(keys, size)
    gain = np.log2(follows / (falling_back(keys, follows, share)[first] * share[second]))
    gain *= share[first] * OPEN_GRAM_WORDS * follows
    best = np.sort(np.argsort(-gain, kind="stable")[:WORD_PAIRS_KEPT])
    keys, follows = keys[best], follows[best]
    return WordEstimate(spelling, np.log2(share), np.log2(falling_back(keys, follows, share)), keys, np.log2(follows))


def falling_back(keys: Keys, follows: Counts, share: Counts) -> Counts:
    """Give what the shares of words are multiplied by after each word, where the pair is not held."""
    first, second = np.divmod(keys, len(share))
    left = np.maximum(1 - np.bincount(first, follows, len(share)), 1e-3)
    left_alone = np.maximum(1 - np.bincount(first, share[second], len(share)), 1e-3)
    return np.asarray(left / left_alone)


def fold_words(model: sources.WordModel, alphabet: Alphabet) -> tuple[Keys, Keys, Counts]:
    """Give the spelling of each word kept, each old word's new number (or -1), and the shares by new number."""
    shares: dict[int, float] = {}
    key_of: dict[int, int] = {}
    for old, share in zip(model.single[:, 0].astype(int).tolist(), model.single[:, 1].tolist(), strict=True):
        word = model.words[old]
        if old == sources.OPEN_GRAM_UNKNOWN or not 1 <= len(word) <= LONGEST:
            continue
        key = int(spelling_keys(alphabet.encode(word)[None])[0])
        key_of[old] = key
        shares[key] = shares.get(key, 0.0) + share
    ordered = sorted(shares, key=lambda key: (-shares[key], key))
    number = np.full(len(model.words), -1, dtype=np.int64)
    number[sources.OPEN_GRAM_UNKNOWN] = UNKNOWN
    new = {key: at for at, key in enumerate(ordered, UNKNOWN + 1)}
    for old, key in key_of.items():
        number[old] = new[key]
    unknown = model.single[model.single[:, 0] == sources.OPEN_GRAM_UNKNOWN, 1]
    return np.array(ordered, dtype=np.int64), number, np.concatenate([unknown, [shares[key] for key in ordered]])
