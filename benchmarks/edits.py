"""How fast edits are applied and taken back: million characters a second, median of several runs.

    python benchmarks/edits.py

Three rates of editing over four million characters in texts of 2,000; "there and back" applies the edits,
makes their inverse and applies that too.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.text import TextBatch

CHARACTERS = 4_000_000
RUNS = 7


def batch_of(generator: np.random.Generator) -> TextBatch:
    codepoints = generator.integers(0x4E00, 0x9FA5, CHARACTERS).astype(np.uint32)
    return TextBatch(codepoints, np.arange(0, CHARACTERS + 1, 2000))


def mixed_edits(generator: np.random.Generator, rate: float) -> Edits:
    """Give insertions, deletions and replacements by 0 to 2 characters, at every second place at most."""
    count = int(CHARACTERS * rate)
    start = np.sort(generator.choice(CHARACTERS // 2, count, replace=False)) * 2
    end = start + generator.integers(0, 2, count)
    offsets = np.concatenate([[0], np.cumsum(generator.integers(0, 3, count))])
    after = TextBatch(np.full(offsets[-1], ord("新"), dtype=np.uint32), offsets)
    return Edits(start, end, after, np.zeros(count, dtype=np.int32), ("benchmark.mixed",))


def substitutions(generator: np.random.Generator, rate: float) -> Edits:
    count = int(CHARACTERS * rate)
    places = np.sort(generator.choice(CHARACTERS, count, replace=False))
    return Edits.substitutions(places, np.full(count, ord("新"), dtype=np.uint32), "benchmark.one")


def rate_of(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return CHARACTERS / 1e6 / statistics.median(times)


def main() -> None:
    generator = np.random.default_rng(0)
    batch = batch_of(generator)
    print("edited  kind           apply  apply+inverse  there and back   (million characters a second)")
    for rate in (0.03, 0.3):
        for kind, edits in (("mixed", mixed_edits(generator, rate)), ("same length", substitutions(generator, rate))):

            def there_and_back(edits: Edits = edits) -> None:
                edited = edits.apply(batch)
                edits.inverse(batch).apply(edited)

            def both(edits: Edits = edits) -> None:
                edits.apply(batch)
                edits.inverse(batch)

            figures = [rate_of(work) for work in (lambda edits=edits: edits.apply(batch), both, there_and_back)]
            print(f"{rate:5.0%}   {kind:12} {figures[0]:7.0f} {figures[1]:14.0f} {figures[2]:15.0f}")


if __name__ == "__main__":
    main()
