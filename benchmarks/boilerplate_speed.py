"""How fast page chrome goes: this stage on flat text, and the extractors that read HTML, on the same pages in one run.

    python benchmarks/boilerplate_speed.py [FOLDER]

FOLDER (default ../shared/eval) holds ``pages`` and ``more_pages`` with ``html``, and ``clean``. All have their turn
in each of five rounds; the median of the processor times counts. The flat text of the pages is all visible text, by
resiliparse, each page once, in batches of some 4 MB. Megabytes are of what each reads: UTF-8 of flat text, or HTML;
pages a second are the same pages for all. Then the stage alone, on each kind of clean text. Needs resiliparse,
trafilatura with lxml_html_clean, boilerpy3 and jusText.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import justext
import trafilatura
from boilerpy3 import extractors
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from cleancorpus.boilerplate import RULES, Level, Strip
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

EVAL = Path(__file__).parents[2] / "shared" / "eval"
ROUNDS, BATCH, DOCUMENT = 5, 4_000_000, 4000

Run = Callable[[], object]


def batches(texts: Sequence[str]) -> list[TextBatch]:
    """Put texts into batches of some 4 MB."""
    parts: list[list[str]] = [[]]
    size = 0
    for text in texts:
        if size > BATCH:
            parts.append([])
            size = 0
        parts[-1].append(text)
        size += len(text.encode())
    return [TextBatch.from_texts(part) for part in parts]


def stage(level: Level, texts: Sequence[str]) -> Run:
    strip, prepared = Strip(RuleSet(RULES), level), batches(texts)
    return lambda: [strip.propose(batch, Context()) for batch in prepared]


def each(extract: Callable[[str], object], pages: Sequence[str]) -> Run:
    def attempt(page: str) -> None:
        try:
            extract(page)
        except Exception:  # an extractor that fails on a page has still spent its time on it
            logging.debug("failed")

    return lambda: [attempt(page) for page in pages]


def by_justext(html: str) -> object:
    return justext.justext(html, frozenset(), length_low=20, length_high=60, stopwords_low=0.0, stopwords_high=0.0)


def timed(runs: dict[str, tuple[Run, int]], pages: int) -> None:
    """Print megabytes and pages a second for each run, the median of rounds in which all have a turn."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (run, _) in runs.items():
            begin = time.process_time()
            run()
            times[name].append(time.process_time() - begin)
    for name, (_, size) in runs.items():
        seconds = statistics.median(times[name])
        print(f"| {name} | {size / seconds / 1e6:.1f} | {pages / seconds:,.0f} |", flush=True)


def on_pages(folder: Path) -> None:
    raw = [file.read_bytes() for file in sorted([*folder.glob("pages/*/html/*"), *folder.glob("more_pages/html/*")])]
    html = [bytes_to_str(data, detect_encoding(data)) for data in raw]
    flat = [extract_plain_text(page, preserve_formatting=True, main_content=False, alt_texts=False) for page in html]
    flat_size, html_size = (sum(len(text.encode("utf-8", "replace")) for text in texts) for texts in (flat, html))
    article = extractors.ArticleExtractor(raise_on_failure=False)
    print(f"{len(html)} pages: {html_size / 1e6:.1f} MB of HTML, {flat_size / 1e6:.1f} MB of flat text")
    print("| | MB/s of its input | pages/s |\n|---|---|---|")
    timed(
        {
            "cleancorpus, flat, conservative": (stage("conservative", flat), flat_size),
            "cleancorpus, flat, main-content": (stage("main-content", flat), flat_size),
            "resiliparse, main_content": (
                each(lambda page: extract_plain_text(page, main_content=True), html),
                html_size,
            ),
            "boilerpy3, ArticleExtractor": (each(article.get_content, html), html_size),
            "jusText": (each(by_justext, html), html_size),
            "trafilatura": (each(trafilatura.extract, html), html_size),
        },
        len(html),
    )


def on_clean_text(folder: Path) -> None:
    print("\n| clean text | conservative, MB/s | main-content, MB/s |\n|---|---|---|")
    for file in sorted((folder / "clean").glob("*/*")):
        documents = [""]
        for line in file.read_text("utf-8").splitlines(keepends=True)[:60_000]:
            if len(documents[-1]) > DOCUMENT:
                documents.append("")
            documents[-1] += line
        size = sum(len(text.encode()) for text in documents)
        rates = []
        levels: tuple[Level, ...] = ("conservative", "main-content")
        for level in levels:
            run = stage(level, documents)
            times = []
            for _ in range(ROUNDS):
                begin = time.process_time()
                run()
                times.append(time.process_time() - begin)
            rates.append(f"{size / statistics.median(times) / 1e6:.0f}")
        print(f"| {file.name} | {' | '.join(rates)} |", flush=True)


def main() -> int:
    """Time everything."""
    logging.disable(logging.CRITICAL)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EVAL
    on_pages(folder)
    on_clean_text(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
