"""Fit the weights by which the character model ranks candidates for a lost character: `ranking.tsv`.

Usage: python tools/fit_ranking.py [--places N] [--corpus ../shared/eval/clean] [--write]

Loses a byte (GBK) of characters of the clean texts, in every other block of 4,000 characters, and fits a
conditional logit model (McFadden 1974) to what speaks for each candidate; the other blocks tell how good it is.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel, load_model
from cleancorpus.language.model import EVIDENCE
from cleancorpus.text import encode_codepoints

TARGET = Path(__file__).resolve().parent.parent / "src/cleancorpus/data/language/ranking.tsv"
CLEAN = Path(__file__).resolve().parents[2] / "shared/eval/clean"
BLOCK, PAGE = 4000, 1500
RIDGE = 1e-3  # what keeps weights small that nothing speaks for
MARKS = "，。、：；？！（）“”《》…—·"
BITS = 1 / np.log(2)

Evidence = list[tuple[NDArray[np.float64], int]]


def alike(character: str, *, lead_lost: bool) -> str:
    """All characters that one may be in GBK when one of its two bytes is lost; nothing where it has no two."""
    data = character.encode("gbk", "ignore")
    if len(data) != 2:
        return ""
    pairs = (bytes([byte, data[1]] if lead_lost else [data[0], byte]) for byte in range(0x40, 0xFF))
    read = (pair.decode("gbk", "ignore") for pair in pairs)
    return "".join(one for one in read if is_modelled(one))


def is_modelled(text: str) -> bool:
    """Say whether a text is one Chinese character or mark that the model knows apart from all others."""
    return len(text) == 1 and ("\u4e00" <= text <= "\u9fff" or text in MARKS)


def lost_characters(
    text: str, half: int, count: int, seed: str, model: CharacterModel
) -> Iterator[tuple[NDArray[np.float64], int]]:
    """What speaks for each candidate at places of one half of a text, and which candidate is right.

    Two of three places lost a trail byte, the third its lead byte.
    """
    chance = random.Random(seed)
    while count:
        at = chance.randrange(1, len(text) - 1)
        candidates = alike(text[at], lead_lost=count % 3 == 0) if is_modelled(text[at]) else ""
        if at // BLOCK % 2 != half or not candidates:
            continue
        count -= 1
        sides = (text[max(0, at - PAGE) : at], candidates, text[at + 1 : at + 1 + PAGE])
        left, points, right = map(encode_codepoints, sides)
        yield model.evidence(left, points, right), candidates.index(text[at])


def fit(places: Evidence) -> NDArray[np.float64]:
    """Fit the weights by Newton's method with steps halved until they gain; the likelihood has one maximum."""
    weights = np.zeros(len(EVIDENCE))
    gain = likelihood(places, weights)
    for _ in range(15):
        slope = -2 * RIDGE * weights
        bend = 2 * RIDGE * np.eye(len(weights))
        for table, right in places:
            share = shares(table, weights)
            mean = share @ table
            slope += (table[right] - mean) / len(places)
            bend += ((table * share[:, None]).T @ table - np.outer(mean, mean)) / len(places)
        step = np.linalg.solve(bend, slope)
        while (better := likelihood(places, weights + step)) < gain and np.abs(step).max() > 1e-6:
            step /= 2
        weights, gain = weights + step, better
    return weights


def likelihood(places: Evidence, weights: NDArray[np.float64]) -> float:
    """The mean log likelihood of what is right, less what large weights cost."""
    found = [np.log(max(shares(table, weights)[right], 1e-300)) for table, right in places]
    return float(np.mean(found) - RIDGE * weights @ weights)


def shares(table: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each candidate's share."""
    scores = table @ weights
    share = np.exp(scores - scores.max())
    return np.asarray(share / share.sum())


def report(places: Evidence, weights: NDArray[np.float64]) -> None:
    """Print how often the best candidate is right, and the curve of shares."""
    told = [(share.max(), share.argmax() == right) for table, right in places for share in [shares(table, weights)]]
    share, hit = (np.array(column) for column in zip(*told, strict=True))
    print(f"{len(places)} places of the other half: {hit.mean():.1%} right")
    for least in (0.8, 0.9, 0.92, 0.95, 0.97, 0.98, 0.99):
        sure = share >= least
        print(f"   share >= {least}: {sure.mean():.1%} chosen, {hit[sure].mean():.2%} of these right")


def main() -> None:
    """Fit on one half, report on the other, and write the table if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--places", type=int, default=300, help="places in each half of each file")
    parser.add_argument("--corpus", type=Path, default=CLEAN)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    model = load_model()
    halves: tuple[Evidence, Evidence] = ([], [])
    for path in sorted(options.corpus.glob("*/*")):
        text = path.read_text("utf-8")
        for half, places in enumerate(halves):
            places += lost_characters(text, half, options.places, f"{half} {path.name}", model)
    weights = fit(halves[0])
    report(halves[1], weights)
    if options.write:
        rows = [f"{name}\t{weight * BITS:.4f}" for name, weight in zip(EVIDENCE, weights.tolist(), strict=True)]
        head = f"# tools/fit_ranking.py made this from {len(halves[0])} places; see EVIDENCE in language/model.py."
        TARGET.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
