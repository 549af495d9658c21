"""Signature schemes compared: error against the true Jaccard index by size of set, and speed.

    python benchmarks/neardup_signatures.py

k-permutation MinHash (Broder 1997), one-permutation hashing with optimal densification (Shrivastava 2017) and
fast similarity sketching (Dahlgaard, Knudsen and Thorup 2017), all in numpy over the same 32-bit shingle hashes,
128 slots.  The error is the root mean square over pairs of sets with Jaccard 0.3, 0.5, 0.7, 0.8 and 0.9.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from cleancorpus.neardup.shingles import mix32
from cleancorpus.neardup.signatures import EMPTY_SLOT, Signer

SIZES = (20, 30, 50, 100, 250, 500, 1000, 2000, 5000)
TARGETS = (0.3, 0.5, 0.7, 0.8, 0.9)
SLOTS = 128
Scheme = Callable[[np.ndarray, np.ndarray], np.ndarray]


def k_permutation(hashes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sign by the least of all hashes under each of 128 hash functions."""
    drawn = np.random.default_rng(7).integers(0, 2**32, (2, SLOTS), dtype=np.uint32)
    columns = [
        np.minimum.reduceat(mix32(hashes * (factor | np.uint32(1)) + addend), offsets[:-1])
        for factor, addend in drawn.T
    ]
    return np.stack(columns, axis=1)


def one_permutation(hashes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sign by the least hash in each slot; an empty slot takes a filled one's, chosen by a hash of its own."""
    count = len(offsets) - 1
    signatures = np.full(count * SLOTS, EMPTY_SLOT, dtype=np.uint32)
    rows = np.repeat(np.arange(count) * SLOTS, np.diff(offsets)) + (hashes >> np.uint32(25))
    np.minimum.at(signatures, rows, hashes)
    signatures = signatures.reshape(count, SLOTS)
    filled = signatures != EMPTY_SLOT
    source = signatures.copy()
    row, slot = np.nonzero(~filled)
    attempt = 0
    while len(row):
        attempt += 1
        seed = (slot * 1_000_003 + attempt * 0x9E3779B1 & 0xFFFFFFFF).astype(np.uint32)
        chosen = (mix32(seed) >> np.uint32(25)).astype(np.int64)
        works = filled[row, chosen]
        signatures[row[works], slot[works]] = source[row[works], chosen[works]]
        row, slot = row[~works], slot[~works]
    return signatures


def fast_similarity(hashes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sign as the library does."""
    return Signer(size=SLOTS).sign_sets(hashes, offsets)


SCHEMES: dict[str, Scheme] = {
    "k-permutation": k_permutation,
    "one permutation, densified": one_permutation,
    "fast similarity sketching": fast_similarity,
}


def error(scheme: Scheme, size: int, pairs: int) -> tuple[float, float]:
    """Give the root mean square error and the mean error over all targets."""
    rng = np.random.default_rng(size)
    errors = []
    for target in TARGETS:
        shared = round(2 * size * target / (1 + target))
        drawn = rng.integers(0, 2**32 - 1, (pairs, 2 * size - shared), dtype=np.uint32)
        both = np.concatenate([drawn[:, :size], drawn[:, size - shared :]], axis=1).reshape(-1)
        signatures = scheme(both, np.arange(0, 2 * pairs * size + 1, size))
        estimate = (signatures[0::2] == signatures[1::2]).mean(axis=1)
        errors.append(estimate - shared / (2 * size - shared))
    whole = np.concatenate(errors)
    return float(np.sqrt((whole**2).mean())), float(whole.mean())


def speed(scheme: Scheme, size: int) -> float:
    """Give the millions of shingles signed in a second, in batches of 24,000."""
    count = max(24_000 // size, 1)
    hashes = np.random.default_rng(1).integers(0, 2**32 - 1, count * size, dtype=np.uint32)
    offsets = np.arange(0, count * size + 1, size)
    spent = []
    for _ in range(15):
        begun = time.perf_counter()
        scheme(hashes, offsets)
        spent.append(time.perf_counter() - begun)
    return count * size / median(spent) / 1e6


def main() -> None:
    """Print the table."""
    print("| shingles | " + " | ".join(f"{name}: RMSE | bias | M/s" for name in SCHEMES) + " |")
    print("|---" * (1 + 3 * len(SCHEMES)) + "|")
    for size in SIZES:
        pairs = max(400, 80_000 // size)
        cells = []
        for scheme in SCHEMES.values():
            rmse, bias = error(scheme, size, pairs)
            cells.append(f"{rmse:.4f} | {bias:+.4f} | {speed(scheme, size):.0f}")
        print(f"| {size} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
