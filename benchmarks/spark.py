"""Near-duplicates on Spark's local mode against one machine: the same findings, and what they cost.

    nice python benchmarks/spark.py [--documents 200000] [--crowd 0.1] [--cores 2]

Synthetic texts of 60 to 140 characters, a fifth of them edited copies of others; `--crowd` is the share that is
nearly one text, so that its bands hold that share of all rows. Each way runs in a process of its own: the library's
own search, Spark with 1 partition and with 4. The findings (pairs with places, likeness and kind; what is dropped
for what) must be the same to the row. Memory is the sum of the largest resident sizes of all processes of the way;
shuffle, spill and rows are sums over the tasks in Spark's event log.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

FIRST, LETTERS = 0x4E00, 3000


def texts(count: int, crowd: float, seed: int = 7) -> list[str]:
    choose = np.random.default_rng(seed)
    lengths = choose.integers(60, 141, count)
    rows = [choose.integers(FIRST, FIRST + LETTERS, length).astype(np.uint32) for length in lengths]
    for copy in choose.choice(count, count // 5, replace=False).tolist():
        rows[copy] = edited(rows[int(choose.integers(count))], int(choose.integers(0, 4)), choose)
    base = choose.integers(FIRST, FIRST + LETTERS, 300).astype(np.uint32)
    for place in choose.choice(count, int(crowd * count), replace=False).tolist():
        rows[place] = edited(base, 2, choose)
    return [row.tobytes().decode("utf-32-le") for row in rows]


def edited(row: np.ndarray[Any, Any], changes: int, choose: np.random.Generator) -> np.ndarray[Any, Any]:
    copy = row.copy()
    copy[choose.integers(0, len(copy), changes)] = choose.integers(FIRST, FIRST + LETTERS, changes)
    return copy


def digest(rows: Iterable[tuple[Any, ...]]) -> tuple[int, str]:
    ordered = sorted(map(repr, rows))
    return len(ordered), hashlib.sha256("\n".join(ordered).encode()).hexdigest()[:16]


# -- the ways, each in a process of its own -----------------------------------------------------------------------


def one_machine(items: list[tuple[str, str]], threshold: float) -> dict[str, Any]:
    import cleancorpus as cc

    began = time.perf_counter()
    report = cc.near_duplicates(items, threshold=threshold, unit="document")
    pairs = [(p.left, p.right, *p.left_span, *p.right_span, round(p.jaccard, 12), p.kind) for p in report.pairs]
    drops = [(d.passage.id, *d.passage.span, d.kept.id, *d.kept.span) for d in report.drops]
    taken = time.perf_counter() - began
    return {"seconds": taken, "pairs": digest(pairs), "drops": digest(drops)}


def on_spark(items: list[tuple[str, str]], threshold: float, partitions: int, cores: int) -> dict[str, Any]:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from cleancorpus.adapters import spark as step

    os.environ["PYSPARK_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory() as scratch:
        builder = SparkSession.builder.master(f"local[{cores}]")
        for key, value in {
            "spark.ui.enabled": "false",
            "spark.driver.memory": "2g",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "8",
            "spark.local.dir": scratch,
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": Path(scratch).as_uri(),
            "spark.eventLog.compress": "false",
            "spark.eventLog.rolling.enabled": "false",
        }.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        table = pa.table({"id": [key for key, _ in items], "text": [text for _, text in items]})
        frame = session.createDataFrame(table).repartition(partitions).persist()
        frame.count()
        began = time.perf_counter()
        found = step.near_duplicates(frame, threshold=threshold)
        pairs, drops = found.pairs.toArrow().to_pylist(), found.drops.toArrow().to_pylist()
        taken = time.perf_counter() - began
        session.stop()
        tasks = list(task_metrics(Path(scratch)))
    names = ["left", "right", "left_start", "left_end", "right_start", "right_end"]
    rows = [(*(row[name] for name in names), round(row["jaccard"], 12), row["kind"]) for row in pairs]
    names = ["id", "start", "end", "kept_id", "kept_start", "kept_end"]
    dropped = [tuple(row[name] for name in names) for row in drops]
    return {
        "seconds": taken,
        "pairs": digest(rows),
        "drops": digest(dropped),
        "tasks": len(tasks),
        "shuffle": sum(task["Shuffle Write Metrics"]["Shuffle Bytes Written"] for task in tasks),
        "largest task's shuffle": max(task["Shuffle Write Metrics"]["Shuffle Bytes Written"] for task in tasks),
        "spill": sum(task["Disk Bytes Spilled"] for task in tasks),
    }


def task_metrics(folder: Path) -> Iterator[dict[str, Any]]:
    for path in folder.glob("local-*"):
        if path.is_file():
            for line in path.open(encoding="utf-8"):
                event = json.loads(line)
                if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                    yield event["Task Metrics"]


# -- measuring ----------------------------------------------------------------------------------------------------


class Memory(threading.Thread):
    """Samples the resident sizes of a process and all below it; ``peak`` is the largest sum, in bytes."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.5):
            self.peak = max(self.peak, sum(size for _, size in self._tree()))

    def _tree(self) -> Iterator[tuple[int, int]]:
        parents: dict[int, tuple[int, int]] = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(path.name)] = int(fields[1]), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        for process, (parent, size) in parents.items():
            while parent not in (0, self.root) and process != self.root:
                parent = parents.get(parent, (0, 0))[0]
            if process == self.root or parent == self.root:
                yield process, size


def measure(way: str, args: argparse.Namespace) -> dict[str, Any]:
    options = [f"--{name}={getattr(args, name)}" for name in ("documents", "crowd", "cores", "threshold")]
    command = [sys.executable, __file__, "--way", way, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        memory = Memory(process.pid)
        memory.start()
        said, _ = process.communicate()
        memory.done.set()
    if process.returncode:
        raise SystemExit(f"{way} failed")
    return {**json.loads(said.splitlines()[-1]), "memory": memory.peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--crowd", type=float, default=0.0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.way:
        items = [(f"d{number:07}", text) for number, text in enumerate(texts(args.documents, args.crowd))]
        partitions = args.way.removeprefix("spark-")
        alone = args.way == "one-machine"
        found = (
            one_machine(items, args.threshold)
            if alone
            else on_spark(items, args.threshold, int(partitions), args.cores)
        )
        print(json.dumps(found))
        return
    print(f"{args.documents:,} documents, {args.crowd:.0%} of them nearly one text, local[{args.cores}]\n")
    print("| way | seconds | memory MB | shuffle MB | largest task's MB | spill MB | tasks | pairs | dropped |")
    print("|---|---|---|---|---|---|---|---|---|")
    results = []
    for way in ("one-machine", "spark-1", "spark-4"):
        found = measure(way, args)
        results.append((found["pairs"], found["drops"]))
        sizes = [found.get(key, 0) / 1e6 for key in ("memory", "shuffle", "largest task's shuffle", "spill")]
        cells = [way, f"{found['seconds']:.0f}", *(f"{size:,.0f}" for size in sizes), str(found.get("tasks", ""))]
        cells += [f"{found['pairs'][0]:,}", f"{found['drops'][0]:,}"]
        print("| " + " | ".join(cells) + " |", flush=True)
    same = all(result == results[0] for result in results)
    print("\nThe findings are " + ("the same to the row." if same else "NOT the same."))
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
