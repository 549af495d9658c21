"""How fast each stage and the whole run, in UTF-8 MB a second on one core, and how long one page takes.

    python benchmarks/pipeline.py ../shared/eval [--runs 3]

Two corpora: the clean texts cut into documents of 2,000 characters, and the flat pages as they are.
A stage's figure is its `propose` over batches; "end to end" is `clean_many` from bytes to documents.  With
`--alone`, processor time of `clean` on the first 2,000 characters of each; with `--first`, of the first `clean` of a
process.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cleancorpus as cc
from cleancorpus.cleaner import BATCH_CHARACTERS, Cleaner
from cleancorpus.settings import Settings
from cleancorpus.stage import Context, Stage
from cleancorpus.text import TextBatch

PAGE = 2000
_FIRST = """
import time
begun = time.process_time()
import cleancorpus
imported = time.process_time()
cleancorpus.clean("本市将新建三座图书馆\\n三座新馆将于明年开工。\\n京ICP备00000000号-3\\n".encode("gb18030"))
print(imported - begun, time.process_time() - imported)
"""


def clean_documents(folder: Path, limit: int) -> list[str]:
    documents: list[str] = []
    for path in sorted((folder / "clean").rglob("*.*")):
        text = path.read_text(encoding="utf-8")[:limit]
        documents += [text[place : place + PAGE] for place in range(0, len(text), PAGE)]
    return documents


def flat_pages(folder: Path) -> list[str]:
    paths = sorted([*folder.glob("pages/*/flat/*"), *folder.glob("more_pages/flat/*")])
    return [cc.decode(path.read_bytes()).text for path in paths]


def batches(documents: list[str]) -> Iterator[TextBatch]:
    held: list[str] = []
    for document in documents:
        held.append(document)
        if sum(map(len, held)) >= BATCH_CHARACTERS:
            yield TextBatch.from_texts(held)
            held = []
    if held:
        yield TextBatch.from_texts(held)


def seconds(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def measure(name: str, documents: list[str], runs: int) -> None:
    size = sum(len(document.encode()) for document in documents) / 1e6
    print(f"{name}: {len(documents)} documents, {size:.1f} MB of UTF-8")
    data = [document.encode() for document in documents]
    print(f"  decode            {size / seconds(lambda: [cc.decode(item) for item in data], runs):8.1f} MB/s")
    ready = list(batches(documents))
    for target in ("keep", "hans"):
        cleaner = Cleaner(Settings(script=target))
        for stage in cleaner.stages:
            if target == "hans" and stage.name != "script":
                continue
            label = stage.name if target == "keep" else "script to hans"
            spent = seconds(partial(_proposals, stage, ready), runs)
            print(f"  {label:17} {size / spent:8.1f} MB/s")
    whole = Cleaner(Settings(html="never"))
    print(f"  end to end        {size / seconds(lambda: list(whole.clean_many(data)), runs):8.1f} MB/s")


def _proposals(stage: Stage, ready: list[TextBatch]) -> None:
    for batch in ready:
        stage.propose(batch, Context())


def _cleaned(cleaner: Cleaner, data: list[bytes], batch_characters: int) -> None:
    for _ in cleaner.clean_many(data, batch_characters=batch_characters):
        pass


def batch_sizes(name: str, documents: list[str], runs: int) -> None:
    data = [document.encode() for document in documents]
    size, whole = sum(map(len, data)) / 1e6, Cleaner(Settings(html="never"))
    for bits in (14, 16, 18, 20):
        spent = seconds(partial(_cleaned, whole, data, 1 << bits), runs)
        print(f"{name}, batches of {1 << bits:9,} characters: {size / spent:5.1f} MB/s")


def one_by_one(name: str, documents: list[str]) -> None:
    """Time `clean` of the first characters of every document that has so many, once all are warm."""
    pages = [document[:PAGE] for document in documents if len(document) >= PAGE]
    times = []
    for page in (*pages, *pages):
        begun = time.process_time()
        cc.clean(page)
        times.append((time.process_time() - begun) * 1000)
    warm = statistics.quantiles(times[len(pages) :], n=10)
    print(f"{name}, {len(pages)} one by one: median {warm[4]:.1f} ms, nine in ten below {warm[8]:.1f} ms")


def first_of_a_process(runs: int) -> None:
    """Time the import and the first `clean` in processes of their own, which find the library compiled."""
    import_seconds, first = zip(*(map(float, _new_process().split()) for _ in range(runs + 1)), strict=True)
    # The first of the processes may compile what later ones read.
    medians = (1000 * statistics.median(times[1:]) for times in (import_seconds, first))
    print("import {:.0f} ms, first text {:.0f} ms of processor time".format(*medians))


def _new_process() -> str:
    done = subprocess.run([sys.executable, "-c", _FIRST], check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--characters", type=int, default=300_000, help="of each clean text")
    parser.add_argument("--batches", action="store_true", help="only the speed by the size of batches")
    parser.add_argument("--alone", action="store_true", help="only the time that 2,000 characters take by themselves")
    parser.add_argument("--first", action="store_true", help="only the time that the first text of a process takes")
    arguments = parser.parse_args()
    if arguments.first:
        first_of_a_process(arguments.runs)
        return
    clean, pages = clean_documents(arguments.folder, arguments.characters), flat_pages(arguments.folder)
    if arguments.alone:
        one_by_one("clean texts", clean)
        one_by_one("flat pages", pages)
        return
    if arguments.batches:
        batch_sizes("clean texts", clean, arguments.runs)
        batch_sizes("flat pages", pages, arguments.runs)
        return
    measure("clean texts", clean, arguments.runs)
    measure("flat pages", pages, arguments.runs)


if __name__ == "__main__":
    main()
