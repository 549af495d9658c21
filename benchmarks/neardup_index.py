"""The persistent index: adding a million passages, and asking about a hundred thousand.

    python benchmarks/neardup_index.py --folder /some/disk

The passages are those of ``neardup_scale.py``.  Half of the texts asked about are copies of indexed passages with
2 % of their characters replaced, half are new; of the copies that are at or above the threshold, the share that
is found is printed, too.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from cleancorpus.neardup import DuplicateIndex, Search
from cleancorpus.neardup.verify import likeness
from cleancorpus.text import TextBatch
from neardup_scale import items, passages

THRESHOLD = 0.7


def asked(count: int, total: int) -> tuple[list[str], list[str | None]]:
    """Make the texts to ask about, and the id of the passage that each is alike to, if it is one."""
    rng = np.random.default_rng(5)
    known = rng.integers(0, total, count // 2)
    batch = passages(known, total)
    points = batch.codepoints.copy()
    changed = rng.random(len(points)) < 0.02
    points[changed] = 0x4E00 + rng.integers(0, 3000, int(changed.sum()))
    copies = TextBatch(points, batch.offsets).to_texts()
    strangers = passages(np.arange(total, total + count - len(known)) * 10 + 5, 10**12).to_texts()
    number = np.arange(len(known))
    both = TextBatch.from_texts(batch.to_texts() + copies)
    alike = likeness(both, number, number + len(known)).jaccard >= THRESHOLD
    texts = [text for pair in zip(copies, strangers, strict=True) for text in pair]
    truth = [name for row in number for name in (f"{known[row]:09d}" if alike[row] else None, None)]
    return texts, truth


def timed(action: Callable[[], Any]) -> tuple[float, float, Any]:
    """Give the seconds that an action takes, those of them that are the processor's, and its result."""
    begun, processor = time.perf_counter(), time.process_time()
    result = action()
    return time.perf_counter() - begun, time.process_time() - processor, result


def latencies(actions: Iterable[Callable[[], Any]]) -> dict[str, float]:
    """Do actions one by one; give percentiles of their latency and of their processor time in milliseconds."""
    spent = 1000 * np.array([timed(action)[:2] for action in actions])
    figures = {f"p{part}": round(float(np.percentile(spent[:, 0], part)), 1) for part in (50, 95, 99)}
    return {**figures, **{f"processor p{part}": round(float(np.percentile(spent[:, 1], part)), 1) for part in (50, 95)}}


def single_queries(index: DuplicateIndex, texts: list[str]) -> dict[str, float]:
    """Ask one by one."""
    index.query(texts[0])
    return latencies(lambda text=text: index.query(text) for text in texts)


def single_adds(index: DuplicateIndex, texts: list[str]) -> dict[str, float]:
    """Add one by one, with the joining of segments that falls due."""
    return latencies(lambda n=n, text=text: index.add(f"more {n}", text) for n, text in enumerate(texts))


def main() -> None:
    """Print the figures as JSON, step by step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("index-benchmark"))
    parser.add_argument("--adds", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=100_000)
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    texts, truth = asked(options.queries, options.adds)
    with DuplicateIndex.open(options.folder, Search(THRESHOLD, "document")) as index:
        seconds, processor, _ = timed(lambda: index.add_many(items(options.adds)))
        size = sum(path.stat().st_size for path in options.folder.rglob("*") if path.is_file())
        segments = len(list(options.folder.glob("*/passages.duckdb")))
        figures = {"seconds": round(seconds, 1), "processor seconds": round(processor, 1)}
        print(json.dumps({"adds": options.adds, **figures, "GB": round(size / 1e9, 3), "segments": segments}))
        print(json.dumps({"single adds, ms": single_adds(index, texts[1:200:2])}), flush=True)
        print(json.dumps({"single queries, ms": single_queries(index, texts[:100])}), flush=True)
        seconds, processor, _ = timed(index.compact)
        print(json.dumps({"compact, seconds": round(seconds, 1), "processor seconds": round(processor, 1)}))
        print(json.dumps({"single queries, ms, compacted": single_queries(index, texts[:300])}), flush=True)
        for batch in (1000, len(texts)):
            part = texts[: 10 * batch]
            groups = [part[first : first + batch] for first in range(0, len(part), batch)]
            seconds, processor, answers = timed(
                lambda groups=groups: [a for group in groups for a in index.query_many(group)]
            )
            hits = [
                name in {match.id for match in answer} for name, answer in zip(truth, answers, strict=False) if name
            ]
            figures = {"queries": len(part), "at a time": batch, "ms each": round(seconds / len(part) * 1000, 3)}
            figures["processor ms each"] = round(processor / len(part) * 1000, 3)
            print(json.dumps({**figures, "copies found": round(sum(hits) / len(hits), 4)}), flush=True)
    print(json.dumps({"peak GB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)}))


if __name__ == "__main__":
    main()
