"""Out-of-core search over synthetic passages: time, memory and disk by number of passages.

    python benchmarks/neardup_scale.py 100000 1000000 10000000 --folder /some/disk

Each size runs in a process of its own.  Passage p is made from p alone by a counter-based generator, so the
corpus takes no room: 60 to 240 characters; three in ten are copies of another passage anywhere in the corpus,
with 0 to 4 % of their characters replaced.  So the truth is known, and the recall is measured on a sample.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleancorpus.neardup import Search, dedup
from cleancorpus.neardup.shingles import mix64
from cleancorpus.neardup.verify import likeness
from cleancorpus.text import TextBatch

LEAST, MOST = 60, 240
RATES = (0, 10, 20, 40)  # replaced characters in a thousand
THRESHOLD = 0.8
_ALPHABET = np.arange(0x4E00, 0x4E00 + 3000, dtype=np.uint32)


def source_of(numbers: np.ndarray, count: int) -> np.ndarray:
    """Give the passage that each passage is a copy of; itself, if it is none."""
    target = (mix64(numbers.astype(np.uint64) + np.uint64(1 << 40)) % np.uint64(count)).astype(np.int64)
    is_copy = (numbers % 10 < 3) & (target % 10 >= 3)
    return np.where(is_copy, target, numbers)


def passages(numbers: np.ndarray, count: int) -> TextBatch:
    """Make the passages of these numbers."""
    source = source_of(numbers, count).astype(np.uint64)
    lengths = (LEAST + mix64(source + np.uint64(1 << 41)) % np.uint64(MOST - LEAST + 1)).astype(np.int64)
    column = np.arange(MOST, dtype=np.uint64)
    drawn = mix64(source[:, None] * np.uint64(1 << 10) + column)
    letters = _ALPHABET[(drawn % np.uint64(len(_ALPHABET))).astype(np.int64)]
    own = mix64((numbers.astype(np.uint64)[:, None] + np.uint64(1 << 42)) * np.uint64(1 << 10) + column)
    rate = np.array(RATES, dtype=np.uint64)[numbers % len(RATES)] * (source != numbers.astype(np.uint64))
    replaced = own % np.uint64(1000) < rate[:, None]
    letters[replaced] = _ALPHABET[((own[replaced] >> np.uint64(32)) % np.uint64(len(_ALPHABET))).astype(np.int64)]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return TextBatch(letters[column < lengths[:, None].astype(np.uint64)], offsets)


def items(count: int, first: int = 0, last: int | None = None) -> Iterator[tuple[str, str]]:
    """Make a corpus of ``count`` passages, or a part of it, passage by passage."""
    last = count if last is None else min(last, count)
    for start in range(first, last, 20_000):
        numbers = np.arange(start, min(start + 20_000, last))
        for number, text in zip(numbers.tolist(), passages(numbers, count).to_texts(), strict=True):
            yield f"{number:09d}", text


def measured_recall(count: int, pairs_file: Path) -> tuple[int, float]:
    """Give how many sampled copies are at or above the threshold, and the share of them that was found."""
    import duckdb

    numbers = np.unique(np.random.default_rng(1).integers(0, count, 50_000))
    source = source_of(numbers, count)
    numbers, source = numbers[numbers != source], source[numbers != source]
    both = passages(np.concatenate([numbers, source]), count)
    pair = np.arange(len(numbers))
    alike = likeness(both, pair, pair + len(numbers)).jaccard >= THRESHOLD
    wanted = {frozenset((f"{a:09d}", f"{b:09d}")) for a, b in zip(numbers[alike], source[alike], strict=True)}
    query = f"""SELECT "left", "right" FROM '{pairs_file}' WHERE "left" IN (SELECT * FROM wanted)
                OR "right" IN (SELECT * FROM wanted)"""
    connection = duckdb.connect(config={"memory_limit": "1GB"})
    connection.execute("CREATE TABLE wanted (id VARCHAR)")
    connection.executemany("INSERT INTO wanted VALUES (?)", [[min(pair)] for pair in list(wanted)[:2000]])
    found = {frozenset(row) for row in connection.execute(query).fetchall()}
    sample = list(wanted)[:2000]
    return len(sample), sum(pair in found for pair in sample) / max(len(sample), 1)


@dataclass
class Clock:
    """Seconds by the clock on the wall, and of processor time."""

    seconds: float = 0.0
    processor: float = 0.0

    @classmethod
    def now(cls) -> Clock:
        """Read both clocks."""
        return cls(time.perf_counter(), time.process_time())

    def add(self, begun: Clock, ended: Clock) -> None:
        """Add the time between two readings."""
        self.seconds += ended.seconds - begun.seconds
        self.processor += ended.processor - begun.processor


def run_one(count: int, folder: Path, containment: float | None) -> None:
    """Search a corpus of one size and print the figures as JSON."""
    made = Clock()
    stages: dict[str, Clock] = {}
    last = Clock.now()

    def made_items() -> Iterator[tuple[str, str]]:
        for first in range(0, count, 20_000):
            begun = Clock.now()
            part = list(items(count, first, first + 20_000))
            made.add(begun, Clock.now())
            yield from part

    def note(stage: str, done: int, _total: int | None) -> None:
        nonlocal last
        now = Clock.now()
        stages.setdefault(stage, Clock()).add(last, now)
        last = now
        if stage == "read" and done % 500_000 < 20_000:
            print(f"{done:,} read, {now.seconds - begun.seconds:.0f} s", file=sys.stderr, flush=True)

    begun = Clock.now()
    found = dedup(
        made_items(), folder, Search(THRESHOLD, containment=containment), memory_limit="1GB", threads=2, progress=note
    )
    whole = Clock()
    whole.add(begun, Clock.now())
    stages["read"].add(made, Clock())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sample, recall = measured_recall(count, found.pairs_file)
    figures = {
        "passages": found.passages,
        "seconds": round(whole.seconds - made.seconds, 1),
        "processor seconds": round(whole.processor - made.processor, 1),
        "processor microseconds a passage": round(1e6 * (whole.processor - made.processor) / found.passages, 1),
        "stages, processor seconds": {name: round(spent.processor, 1) for name, spent in stages.items()},
        "making the corpus, processor seconds": round(made.processor, 1),
        "load": [round(load, 1) for load in os.getloadavg()],
        "peak GB": round(peak, 2),
        "disk GB": round(sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e9, 2),
        "pairs": found.pairs,
        "dropped": found.dropped,
        "sampled pairs": sample,
        "recall": round(recall, 4),
    }
    print(json.dumps(figures))


def main() -> None:
    """Run each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, default=Path("dedup-scale"))
    parser.add_argument("--containment", type=float, help="also search for texts inside others")
    parser.add_argument("--here", action="store_true", help="run the one size in this process")
    options = parser.parse_args()
    for count in options.counts:
        folder = options.folder / str(count)
        if options.here:
            run_one(count, folder, options.containment)
        else:
            command = [sys.executable, __file__, str(count), "--folder", str(options.folder), "--here"]
            if options.containment is not None:
                command += ["--containment", str(options.containment)]
            subprocess.run(command, check=True)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
