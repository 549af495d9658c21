"""Texts made for the tests of near-duplicates: random characters, and copies edited at known rates."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np

from cleancorpus.neardup.comparison import Compared
from cleancorpus.text import TextBatch

Item = tuple[str, str]

# Common characters, so that chance brings no two texts together but their shingles look like text.
LETTERS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好"
    "看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知"
    "世什两次使身者被高已亲其进此话常与活正感"
)


def passage(rng: random.Random, length: int) -> str:
    """A text of random characters with a full stop here and there."""
    letters = [rng.choice(LETTERS) for _ in range(length)]
    letters[19::20] = "。" * len(letters[19::20])
    return "".join(letters)


def edited(rng: random.Random, text: str, rate: float) -> str:
    """A copy in which ``rate`` of the characters are gone, replaced or have one put in front, in equal parts."""
    out: list[str] = []
    for letter in text:
        chance = rng.random() / rate if rate else 3.0
        if chance < 1 / 3:
            continue
        if chance < 2 / 3:
            out.append(rng.choice(LETTERS))
        out.append(rng.choice(LETTERS) if 2 / 3 <= chance < 1 else letter)
    return "".join(out)


def corpus(seed: int, families: int, copies: int = 4) -> list[Item]:
    """Families of one text and up to ``copies`` edited copies, under ids that sort."""
    rng = random.Random(seed)
    items: list[Item] = []
    for family in range(families):
        text = passage(rng, rng.choice([30, 60, 120, 250, 500]))
        items.append((f"{family:05d}", text))
        for copy in range(rng.randint(0, copies)):
            rate = rng.choice([0.0, 0.01, 0.02, 0.03, 0.05, 0.08])
            items.append((f"{family:05d}-{copy}", edited(rng, text, rate)))
    return items


def brute_force(items: Sequence[Item], threshold: float, size: int = 5) -> dict[frozenset[str], float]:
    """All pairs of whole texts at or above the threshold, by Python sets of the folded shingles."""
    views = Compared.of(TextBatch.from_texts([text for _, text in items]), "document").view.to_texts()
    sets = [{view[i : i + size] for i in range(max(len(view) - size + 1, 1))} for view in views]
    holders: dict[str, list[int]] = {}
    for number, shingles in enumerate(sets):
        for shingle in shingles:
            holders.setdefault(shingle, []).append(number)
    likely = {pair for group in holders.values() for pair in itertools.combinations(group, 2)}
    found = {}
    for one, other in likely:
        jaccard = len(sets[one] & sets[other]) / len(sets[one] | sets[other])
        if jaccard >= threshold:
            found[frozenset((items[one][0], items[other][0]))] = jaccard
    return found


def random_sets(seed: int, size: int, jaccard: float, pairs: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Pairs of random sets of ``size`` hashes: flat hashes, offsets (left, right, left …), their true Jaccard."""
    shared = round(2 * size * jaccard / (1 + jaccard))
    drawn = np.random.default_rng(seed).integers(0, 2**32 - 1, (pairs, 2 * size - shared), dtype=np.uint32)
    both = np.concatenate([drawn[:, :size], drawn[:, size - shared :]], axis=1)
    return both.reshape(-1), np.arange(0, 2 * pairs * size + 1, size), shared / (2 * size - shared)
