"""Spun text: rewriters against duplicate detection swap synonyms everywhere.  It is flagged, never undone.

Each word of the table is ordinary by itself.  What gives a rewriter away is that its words do not fit where
they stand: the character model finds the word that they replaced far likelier there, again and again.
Two further traces count: a year in place of a number, and quotation marks that lost their other half.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Flags
from cleancorpus.text import Positions, TextBatch, encode_codepoints

SPUN_TEXT = "mojibake.spun-text"

RULES = (
    Rule(
        id=SPUN_TEXT,
        family="mojibake",
        safety="flag",
        why="Words do not fit their places but synonyms do: a program rewrote the text against duplicate detection.",
        hits=(
            "以经济开展为中心，全心全意为人民效劳，坚持实事求是的原那么，促进社会全面开展。"
            "农村经济的开展需要进一步解放思想，改革开放以来取得了宏大成就，局部地区经济欠兴旺，"
            "要学会解决主要矛盾，共走访群众20230多人次，帮助解决困难2023多个。",
        ),
        misses=(
            "各地广泛开展读书活动，根据工程标准做好方案，增强服务意识，提高效劳水平。",
            "2023年全县共有2000多人参加，其中1990年以前出生的有300多人。",
        ),
    ),
)

# What a word that no text has by itself counts, and one that spinners like while its plain word is missing.
_ALWAYS, _OFTEN = 3.0, 1.0
# A word counts when it stands this often and the plain one nowhere, or where it fits worse by so many bits.
_LEAST_OFTEN, _MISFIT = 2, 8.0
# What must come together: different words, and the score; benchmarks/mojibake.py spun shows the margin.
_LEAST_WORDS, _LEAST_SCORE = 2, 4.0
# Years and quotation marks are looked for where they could make the flag.
_MOST_BESIDE = 2.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """The telling pairs as columns; the sorted ``keys`` are their spun words' first two characters.

    ``order`` (``int64``) gives the pair of each key, ``third`` (``uint32``) the third character of its word, or 0.
    """

    spun: tuple[str, ...]
    plain: tuple[str, ...]
    always: tuple[bool, ...]
    keys: NDArray[np.uint32]
    order: NDArray[np.int64]
    third: NDArray[np.uint32]


@lru_cache(maxsize=1)
def load_pairs() -> Pairs:
    """Read the telling pairs of the table that the near-duplicate fold uses too."""
    path = resources.files("cleancorpus").joinpath("data", "fold", "spun_pairs.tsv")
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [row for row in lines[1:] if row[2]]
    spun, plain, tells = zip(*rows, strict=True)
    keys = np.array([ord(word[0]) << 16 | ord(word[1]) for word in spun], dtype=np.uint32)
    order = np.argsort(keys)
    third = np.array([ord(word[2]) if len(word) > 2 else 0 for word in spun], dtype=np.uint32)
    return Pairs(spun, plain, tuple(tell == "always" for tell in tells), keys[order], order, third[order])


def find_spun(batch: TextBatch, places: Positions, digits: Positions, ruleset: RuleSet) -> Flags:
    """Flag the texts that were spun, each as a whole, with the evidence as the reason and its sum as the score.

    ``places`` are the positions of characters that begin a telling word, before ones that are second in one;
    ``digits`` are those of all 0 and 1.
    """
    if SPUN_TEXT not in ruleset or not len(places):
        return Flags.empty()
    suspects = {number: words for number, words in _suspects(batch, places).items() if _could_tell(words)}
    if not suspects:
        return Flags.empty()
    rows = []
    years_of = np.bincount(batch.document_of(_years(batch.codepoints, digits)), minlength=len(batch))
    for number, candidates in suspects.items():
        years = int(years_of[number])
        halves = _lost_halves(batch.codepoints[batch.offsets[number] : batch.offsets[number + 1]])
        if _most(candidates) + years + halves < _LEAST_SCORE:
            continue
        text = batch.text(number)
        standing = _standing(text, candidates)
        if len(standing) < _LEAST_WORDS or _most(standing) + years + halves < _LEAST_SCORE:
            continue
        words = _telling_words(text, standing)
        if len(words) < _LEAST_WORDS:
            continue
        score = sum(words.values()) + years + halves
        if score >= _LEAST_SCORE:
            evidence = [", ".join(words), f"{years} years for numbers" if years else ""]
            evidence.append("quotation marks without their other half" if halves else "")
            start, end = int(batch.offsets[number]), int(batch.offsets[number + 1])
            rows.append((start, end, SPUN_TEXT, "; ".join(filter(None, evidence)), float(score)))
    return Flags.of(rows)


def _suspects(batch: TextBatch, places: Positions) -> dict[int, list[int]]:
    """Give the texts with the beginnings of several telling words, and which words these may be."""
    pairs, points = load_pairs(), batch.codepoints
    keys = points[places] << np.uint32(16) | points[places + 1]
    slot = np.minimum(np.searchsorted(pairs.keys, keys), len(pairs.keys) - 1)
    third = pairs.third[slot]
    hit = (pairs.keys[slot] == keys) & ((third == 0) | (third == points[np.minimum(places + 2, len(points) - 1)]))
    found = np.unique(batch.document_of(places[hit]) * len(pairs.keys) + pairs.order[slot[hit]])
    documents, words = found // len(pairs.keys), found % len(pairs.keys)
    several = np.flatnonzero(np.bincount(documents) >= _LEAST_WORDS) if len(found) else found
    return {number: words[documents == number].tolist() for number in several.tolist()}


def _most(words: list[int]) -> float:
    """Give what words count at most."""
    always = load_pairs().always
    return sum(_ALWAYS if always[at] else _OFTEN for at in words)


def _could_tell(words: list[int]) -> bool:
    return _most(words) + _MOST_BESIDE >= _LEAST_SCORE


def _standing(text: str, candidates: list[int]) -> list[int]:
    """Give the pairs of which the spun word stands in the text, and the plain one does not."""
    pairs = load_pairs()
    there = [at for at in candidates if pairs.spun[at] in text]
    return [at for at in there if pairs.always[at] or pairs.plain[at] not in text]


def _telling_words(text: str, standing: list[int]) -> dict[str, float]:
    """Give the words of the text that a spinner put in, and what each counts."""
    pairs = load_pairs()
    found: dict[str, float] = {}
    for at in standing:
        spun, plain = pairs.spun[at], pairs.plain[at]
        if pairs.always[at]:
            found[f"{spun} for {plain}"] = _ALWAYS
        elif text.count(spun) >= _LEAST_OFTEN or _misfits(text, spun, plain):
            found[f"{spun} for {plain}"] = _OFTEN
    return found


def _misfits(text: str, spun: str, plain: str) -> bool:
    """Say whether the plain word would fit far better where the spun one stands first."""
    at = text.index(spun)
    before, behind = text[max(at - 1, 0) : at], text[at + len(spun) : at + len(spun) + 1]
    stands, meant = (encode_codepoints(before + word + behind) for word in (spun, plain))
    model = load_model()
    return float(model.score(meant).sum() - model.score(stands).sum()) > _MISFIT


# Digits behind the first three of a year, and what stands behind a round number.
_MOST_DIGITS = 3
_ROUND = (ord("多"), ord("余"))


def _years(points: NDArray[np.uint32], digits: Positions) -> Positions:
    """Give where a year, and perhaps two more digits, stands for a number: ``2023多个``, ``20230多条``.

    ``digits`` are the positions of all 0 and 1; a year that is one (``2023多年``) does not count.
    """
    zero = digits[(points[digits] == ord("0")) & (digits > 0)]
    start = zero[points[zero - 1] == ord("2")] - 1
    row = points[np.minimum(start[:, None] + np.arange(-1, 5 + _MOST_DIGITS), len(points) - 1)]
    row[:, 0][start == 0] = 0
    digit = (row >= ord("0")) & (row <= ord("9"))
    more = np.logical_and.accumulate(digit[:, 4 : 4 + _MOST_DIGITS], axis=1).sum(axis=1)
    each = np.arange(len(row))
    behind, last = row[each, 4 + more], row[each, 5 + more]
    century = (row[:, 3] == ord("1")) | (row[:, 3] == ord("2"))
    found = century & ~digit[:, 0] & (more > 0) & np.isin(behind, _ROUND) & (last != ord("年"))
    years: Positions = start[found]
    return years


def _lost_halves(points: NDArray[np.uint32]) -> float:
    """Give what unclosed quotation marks count: one for each five, at most two, where most are unclosed."""
    opened = int(np.count_nonzero(points == ord("“")))
    if opened < 5 or int(np.count_nonzero(points == ord("”"))) * 4 >= opened:
        return 0.0
    return min(opened / 5, 2.0)
