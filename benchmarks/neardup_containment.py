"""Containment: how many of the texts that stand inside others become candidates.

    python benchmarks/neardup_containment.py

Random texts of 600 characters, and pieces of them with 0 to 12 % of their characters inserted, deleted or replaced,
as texts of their own.  The truth is the exact containment of every piece in its source; printed are the pairs at or
above the wanted share, the share of them that was found, and the candidates that had to be verified for it.
"""

from __future__ import annotations

import numpy as np

from cleancorpus.neardup.comparison import compare_all
from cleancorpus.neardup.containment import containing_pairs
from cleancorpus.neardup.verify import likeness

TEXTS = 4000
WHOLE = 600
RATES = (0.0, 0.02, 0.04, 0.08, 0.12)


def edited(rng: np.random.Generator, text: np.ndarray, rate: float) -> np.ndarray:
    """Insert, delete and replace characters at a rate."""
    out: list[int] = []
    for letter, chance, other in zip(text, rng.random(len(text)), rng.integers(0, 3000, len(text)), strict=True):
        if chance < rate / 3:
            continue
        if chance < 2 * rate / 3:
            out.append(0x4E00 + int(other))
        out.append(0x4E00 + int(other) if 2 * rate / 3 <= chance < rate else int(letter))
    return np.array(out)


def main() -> None:
    """Print a table."""
    print("| share | characters | contained pairs | recall | candidates |\n|---|---|---|---|---|")
    rng = np.random.default_rng(7)
    for share in (0.5, 0.8, 0.9):
        for size in (15, 24, 40, 80, 200):
            whole = 0x4E00 + rng.integers(0, 3000, (TEXTS, WHOLE))
            at = rng.integers(0, WHOLE - size, TEXTS)
            pieces = [edited(rng, whole[n, at[n] : at[n] + size], RATES[n % len(RATES)]) for n in range(TEXTS)]
            texts = ["".join(map(chr, row)) for row in [*whole, *pieces]]
            view = compare_all(texts, "document").view
            number = np.arange(TEXTS)
            alike = likeness(view, number, number + TEXTS).containment >= share
            left, right = containing_pairs(view, share)
            found = np.isin(number[alike] * len(view) + number[alike] + TEXTS, left * len(view) + right)
            print(f"| {share} | {size} | {alike.sum():,} | {found.mean():.4f} | {len(left):,} |")


if __name__ == "__main__":
    main()
