"""Crowds: what many texts that share their keys cost, and what is missed among them.

    python benchmarks/neardup_crowds.py

Three corpora, searched in memory at 0.8: lines that differ in one number (with the fold off), broken HTML (passages of
eight units in any order), and texts of 400 characters that share a frame, each followed by a copy of which 2 % of the
characters are others.  Of the texts with a frame, recall is that of the copies which are at least 0.8 like their
original; the last column counts the kept texts that are as much like a better kept one, by Python's sets over all
pairs of the first thousand kept ones.  Processor seconds.
"""

from __future__ import annotations

import random
import time
from itertools import combinations

import numpy as np

from cleancorpus.neardup import FOLD_PARTS, DuplicateReport, near_duplicates
from hostile import broken_page
from neardup_quality import edited, shingles

THRESHOLD = 0.8


def numbered_lines(count: int) -> list[str]:
    """Make one text of lines that differ in a number."""
    return ["".join(f"第{number}号文件，内容是关于基层组织建设的若干意见的通知。\n" for number in range(count))]


def framed(count: int, share: float) -> list[str]:
    """Make texts that have a share of their characters in common, every second a copy of the one before."""
    rng = random.Random(4)
    frame = "".join(chr(rng.randrange(0x4E00, 0x5200)) for _ in range(int(400 * share)))
    texts = []
    for _ in range(count // 2):
        own = "".join(chr(rng.randrange(0x5200, 0x8000)) for _ in range(int(400 * (1 - share))))
        cut = rng.randrange(len(frame))
        text = frame[:cut] + own + frame[cut:]
        texts += [text, edited(rng, text, 0.02)]
    return texts


def jaccard(one: str, other: str) -> float:
    """Give the exact Jaccard index of two texts."""
    left, right = shingles(one), shingles(other)
    return len(left & right) / len(left | right)


def missed(texts: list[str], report: DuplicateReport) -> str:
    """Describe the recall of the copies, and the kept texts that are like another kept one."""
    columns = report.pair_columns
    found = {frozenset(pair) for pair in zip(columns.left.tolist(), columns.right.tolist(), strict=True)}
    copies = [(n, n + 1) for n in range(0, len(texts), 2) if jaccard(texts[n], texts[n + 1]) >= THRESHOLD]
    right = sum(frozenset(pair) in found for pair in copies)
    kept = np.flatnonzero(report.kept_for == np.arange(len(texts)))[:1000].tolist()
    sets = {number: shingles(texts[number]) for number in kept}
    alike = {
        other
        for one, other in combinations(kept, 2)
        if len(sets[one] & sets[other]) >= THRESHOLD * len(sets[one] | sets[other])
    }
    return f"{right / len(copies):.4f} ({len(copies)}) | {len(alike)} of {len(kept)}"


def main() -> None:
    """Print the table."""
    print("| | passages | seconds | pairs | kept | recall of copies | kept beside one alike |\n|---" + "|---" * 6 + "|")
    near_duplicates(["热身"])
    for name, sizes in (
        ("lines that differ in a number", (5_000, 20_000, 100_000)),
        ("broken HTML", (250_000, 1_000_000, 4_000_000)),
        ("a frame of 60 %", (3_000, 12_000)),
        ("a frame of 75 %", (3_000, 12_000)),
    ):
        for size in sizes:
            share = {"a frame of 60 %": 0.6, "a frame of 75 %": 0.75}.get(name)
            if share is not None:
                texts = framed(size, share)
            else:
                texts = [broken_page(size)] if name == "broken HTML" else numbered_lines(size)
            unit = "passage" if share is None else "document"
            fold = frozenset[str]() if name == "lines that differ in a number" else FOLD_PARTS
            begun = time.process_time()
            report = near_duplicates(texts, THRESHOLD, unit, fold=fold)
            seconds = time.process_time() - begun
            kept = int((report.kept_for == np.arange(len(report.kept_for))).sum())
            cells = f"{len(report.kept_for):,} | {seconds:.2f} | {len(report.pair_columns):,} | {kept:,}"
            print(f"| {name} | {cells} | {missed(texts, report) if share else '| '} |", flush=True)


if __name__ == "__main__":
    main()
