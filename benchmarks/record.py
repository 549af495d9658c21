"""What the record costs: writing it, reading it, giving the inputs back, and its size; and a whole run.

    python benchmarks/record.py ../shared/eval [--runs 3]

Two corpora: the clean texts in pages of 2,000 characters, half of them traditional, brought to simplified script
(an edit every few characters, the heaviest record there is), and the flat pages at the defaults.
Figures are UTF-8 MB of input a second of processor time, which other work on the machine disturbs little; the
run is without the search for near-duplicates.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cleancorpus.cleaner import Cleaner
from cleancorpus.document import Document, Item
from cleancorpus.io.duplicates import DuplicateSearch
from cleancorpus.io.record import Recorded
from cleancorpus.io.record_reader import read_record
from cleancorpus.io.record_table import to_table, write_record
from cleancorpus.io.restore import restore
from cleancorpus.io.run import Job, run
from cleancorpus.settings import Settings

PAGE = 2000


def clean_pages(folder: Path, limit: int) -> dict[str, bytes]:
    pages = {}
    for path in sorted((folder / "clean").rglob("*.*")):
        text = path.read_text(encoding="utf-8")[:limit]
        for place in range(0, len(text), PAGE):
            pages[f"{path.stem}-{place}.txt"] = text[place : place + PAGE].encode()
    return pages


def flat_pages(folder: Path) -> dict[str, bytes]:
    paths = sorted([*folder.glob("pages/*/flat/*"), *folder.glob("more_pages/flat/*")])
    return {f"{number}-{path.name}": path.read_bytes() for number, path in enumerate(paths)}


def seconds(work: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def recorded(documents: list[Document]) -> list[Recorded]:
    return [Recorded.of(one, number=n, id=str(n), file=str(n)) for n, one in enumerate(documents)]


def measure(name: str, pages: dict[str, bytes], settings: Settings, runs: int) -> None:
    size = sum(map(len, pages.values())) / 1e6
    cleaner = Cleaner(settings)
    items = [Item(data, id=name) for name, data in pages.items()]
    documents = list(cleaner.clean_many(items))
    edits = sum(len(layer.edits) for one in documents for layer in one.history)
    with tempfile.TemporaryDirectory() as scratch:
        path, source = Path(scratch) / "record.parquet", Path(scratch) / "in"
        source.mkdir()
        for file, data in pages.items():
            (source / file).write_bytes(data)
        job = Job(
            inputs=(str(source),),
            output=Path(scratch) / "out",
            settings=settings,
            duplicates=DuplicateSearch(policy="ignore"),
        )

        def back() -> None:
            for record, one in zip(read_record(path), documents, strict=True):
                record.document(one.text).raw()

        rates = {
            "clean": seconds(lambda: list(cleaner.clean_many(items)), runs),
            "write the record": seconds(lambda: write_record(path, [to_table(recorded(documents))]), runs),
            "read it": seconds(lambda: list(read_record(path)), runs),
            "read it and rebuild the bytes": seconds(back, runs),
            "the whole run": seconds(lambda: run(job), runs),
            "restore": seconds(lambda: restore(job.output, Path(scratch) / "back"), runs),
        }
        share = path.stat().st_size / 1e6 / size
    print(f"\n{name}: {size:.1f} MB, {len(pages):,} files, {edits:,} edits; the record is {share:.0%} of the input\n")
    print("| step | MB/s |\n|---|---|")
    for step, taken in rates.items():
        print(f"| {step} | {size / taken:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=300_000, help="characters of each clean text")
    args = parser.parse_args()
    measure("clean texts, to simplified", clean_pages(args.folder, args.limit), Settings(script="hans"), args.runs)
    measure("flat pages", flat_pages(args.folder), Settings(), args.runs)


if __name__ == "__main__":
    main()
