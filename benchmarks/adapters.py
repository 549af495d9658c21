"""What it costs to go through a framework, against the library itself, in one run; medians of several.

    python benchmarks/adapters.py ../shared/eval [--runs 5] [--spark]
    python benchmarks/adapters.py --text 100

The library is `Cleaner.clean_many` over a list of `str`; each framework starts with the texts in its own form and
ends with the results in it. Times are processor time, of Spark, whose workers are processes of their own, elapsed
time. Two corpora: the flat pages, and the clean texts in pages of 2,000 characters brought
to simplified script, half of which are traditional (an edit every few characters).
`--text` cleans one text of so many MB through Arrow and prints time and memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

import cleancorpus as cc
from cleancorpus.adapters import arrow
from cleancorpus.cleaner import Cleaner
from cleancorpus.settings import Settings

PAGE = 2000
PROSE = "我们在山里住了三年，每天清早到河边挑水，下午到镇上的小学教书。孩子们走很远的路来上课，没有一个人迟到。\n"


def flat_pages(folder: Path) -> list[str]:
    paths = sorted([*folder.glob("pages/*/flat/*"), *folder.glob("more_pages/flat/*")])
    return [cc.decode(path.read_bytes()).text for path in paths]


def clean_pages(folder: Path, limit: int = 150_000) -> list[str]:
    pages: list[str] = []
    for path in sorted((folder / "clean").rglob("*.*")):
        text = path.read_text(encoding="utf-8")[:limit]
        pages += [text[place : place + PAGE] for place in range(0, len(text), PAGE)]
    return pages


Way = Callable[[], object]


def ways(pages: list[str], script: str, spark: Any) -> dict[str, Way]:
    """Give what is measured, each made ready on the same pages."""
    import datasets
    import duckdb
    import polars as pl

    from cleancorpus.adapters import datasets as mapped
    from cleancorpus.adapters import duckdb as functions
    from cleancorpus.adapters import polars as framed

    cleaner = Cleaner(Settings(script=script))
    table = pa.table({"text": pages})
    frame = pl.DataFrame(pl.from_arrow(table))
    connection = duckdb.connect()
    connection.register("texts", table)
    connection.execute("SET threads = 1")
    connection.execute("CREATE TABLE pages AS SELECT * FROM texts")
    functions.clean(connection, cleaner=cleaner)
    functions.tag(connection, cleaner=cleaner)
    dataset = datasets.Dataset(table)
    datasets.disable_progress_bars()
    found: dict[str, Way] = {
        "the library": lambda: list(cleaner.clean_many(pages)),
        "Arrow": lambda: arrow.clean(table, cleaner=cleaner),
        "Polars": lambda: framed.clean(frame, cleaner=cleaner),
        "DuckDB, text": lambda: connection.sql("SELECT clean_zh(text) FROM pages").to_arrow_table(),
        "DuckDB, tags": lambda: connection.sql("SELECT tag_zh(text) FROM pages").to_arrow_table(),
        "datasets": lambda: mapped.clean(dataset, mapping={"load_from_cache_file": False}, script=script),
    }
    if spark is not None:
        from cleancorpus.adapters import spark as distributed

        rows = spark.createDataFrame(table).persist()
        rows.count()
        found["Spark local[1]"] = lambda: distributed.clean(rows, script=script).toArrow()
    return found


def spark_session() -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def measure(name: str, pages: list[str], script: str, runs: int, spark: Any) -> None:
    size = sum(len(page.encode()) for page in pages) / 1e6
    taken: dict[str, list[tuple[float, float]]] = {}
    compared = ways(pages, script, spark)
    for turn in range(runs + 1):
        for way, work in compared.items():
            began = time.process_time(), time.perf_counter()
            work()
            if turn:
                taken.setdefault(way, []).append((time.process_time() - began[0], time.perf_counter() - began[1]))
    print(f"\n{name}: {size:.1f} MB, {len(pages):,} texts\n\n| way | MB/s | time against the library |\n|---|---|---|")
    for way, runs_of_way in taken.items():
        # Processor time is what a busy machine leaves alone; Spark's workers are other processes.
        clock = 1 if way.startswith("Spark") else 0
        seconds = [times[clock] for times in runs_of_way]
        base = [times[clock] for times in taken["the library"]]
        # Runs stand side by side: what disturbs one disturbs its neighbours too.
        ratio = statistics.median(own / other for own, other in zip(seconds, base, strict=True))
        print(f"| {way} | {size / statistics.median(seconds):.1f} | {ratio:.2f} |")


def one_text(megabytes: int) -> None:
    text = PROSE * (megabytes * 1_000_000 // len(PROSE.encode()))
    table = pa.table({"text": [text]})
    arrow.clean(pa.table({"text": [PROSE]}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    arrow.clean(table)
    taken = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"one text of {megabytes} MB: {taken:.1f} s, {peak - before:,.0f} MB above the {before:,.0f} MB before")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--text", type=int)
    args = parser.parse_args()
    if args.text:
        one_text(args.text)
    if args.folder:
        spark = spark_session() if args.spark else None
        measure("flat pages", flat_pages(args.folder), "keep", args.runs, spark)
        measure("clean texts, to simplified", clean_pages(args.folder), "hans", args.runs, spark)


if __name__ == "__main__":
    main()
