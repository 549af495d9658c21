"""Main content of real pages, against the extractors that need the HTML: F1, recall, precision and MB/s.

    python benchmarks/boilerplate_pages.py [FOLDER]

FOLDER (default ../shared/eval/pages) holds sets of pages: ``html/``, ``flat/`` and ``gold.json``. Needs rapidfuzz,
resiliparse, trafilatura with lxml_html_clean, readability-lxml, boilerpy3 and jusText. All scores are taken as
../shared/eval/score_clean.py takes them: longest common subsequence over text without blanks, NFKC. MB/s are of
UTF-8 HTML, or of flat text for the rows that read it, a second of processor time, one page after the other; the
flat stage is timed on all pages as one batch, several times over, and the reading of HTML apart.
"""

from __future__ import annotations

import json
import logging
import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import justext
import lxml.html
import trafilatura
from boilerpy3 import extractors
from rapidfuzz.distance import LCSseq
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

import cleancorpus
from cleancorpus.boilerplate import RULES, Level, Strip, html
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

PAGES = Path(__file__).parents[2] / "shared" / "eval" / "pages"
RUNS = 5


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def score(gold: str, text: str) -> tuple[float, float, float]:
    want, got = squeezed(gold), squeezed(text)
    common = LCSseq.similarity(want, got)
    recall, precision = common / len(want), common / len(got) if got else 0.0
    return (2 * recall * precision / (recall + precision) if common else 0.0), recall, precision


def by_justext(html: str) -> str:
    """Run jusText by length and link density alone: it has no list of Chinese stop words."""
    paragraphs = justext.justext(
        html, frozenset(), length_low=20, length_high=60, stopwords_low=0.0, stopwords_high=0.0
    )
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def by_readability(html: str) -> str:
    return str(lxml.html.fromstring(Document(html).summary()).text_content())


def main_content(text: str) -> str:
    return cleancorpus.clean(text, level="main-content", stages=("boilerplate",)).text


FROM_FLAT: dict[str, Callable[[str], str]] = {
    "nothing (all visible text)": str,
    "cleancorpus, flat, conservative": lambda text: cleancorpus.clean(text, stages=("boilerplate",)).text,
    "cleancorpus, flat, main-content": main_content,
}
FROM_HTML: dict[str, Callable[[str], str]] = {
    "cleancorpus, HTML, main-content": main_content,
    "trafilatura": lambda html: trafilatura.extract(html) or "",
    "trafilatura, favor_recall": lambda html: trafilatura.extract(html, favor_recall=True) or "",
    "trafilatura, favor_precision": lambda html: trafilatura.extract(html, favor_precision=True) or "",
    "trafilatura, no comments": lambda html: trafilatura.extract(html, include_comments=False) or "",
    "resiliparse, main_content": lambda html: extract_plain_text(html, main_content=True, alt_texts=False),
    "readability-lxml": by_readability,
    "boilerpy3, ArticleExtractor": lambda html: extractors.ArticleExtractor(raise_on_failure=False).get_content(html),
    "boilerpy3, KeepEverything": lambda html: extractors.KeepEverythingExtractor(raise_on_failure=False).get_content(
        html
    ),
    "jusText": by_justext,
}


def attempt(extract: Callable[[str], str], text: str) -> str:
    """Give what an extractor makes of a page; a page on which it fails counts as nothing found."""
    try:
        return extract(text)
    except Exception as error:
        print(f"    {type(error).__name__}: {error}"[:100], file=sys.stderr)
        return ""


def report(
    name: str, extract: Callable[[str], str], inputs: dict[str, dict[str, str]], gold: dict[str, dict[str, str]]
) -> None:
    attempt(extract, next(iter(next(iter(inputs.values())).values())))
    size, begun = 0, time.process_time()
    found: dict[str, dict[str, str]] = {}
    for folder, pages in inputs.items():
        found[folder] = {page: attempt(extract, text) for page, text in pages.items()}
        size += sum(len(text.encode("utf-8", "replace")) for text in pages.values())
    rate = size / (time.process_time() - begun) / 1e6
    cells = []
    for folder, texts in found.items():
        rows = [score(gold[folder][page], text) for page, text in texts.items()]
        f1, recall, precision = (statistics.fmean(column) for column in zip(*rows, strict=True))
        cells.append(f"{f1:.3f} ({recall:.3f}, {precision:.3f})")
    print(f"| {name} | {' | '.join(cells)} | {rate:.1f} |")


def speed(flat: dict[str, dict[str, str]]) -> None:
    """Time one pass of the stage over all flat pages as one batch, eight times over, at both levels."""
    batch = TextBatch.from_texts([text for pages in flat.values() for text in pages.values()] * 8)
    size = len(batch.to_utf8()[0]) / 1e6
    levels: tuple[Level, ...] = ("conservative", "main-content")
    for level in levels:
        stage = Strip(RuleSet(RULES), level)
        times = []
        for _ in range(RUNS):
            begun = time.process_time()
            stage.propose(batch, Context())
            times.append(time.process_time() - begun)
        print(f"stage, {level}: {size / statistics.median(times):.1f} MB/s of flat text")


def reading(pages: dict[str, dict[str, str]]) -> None:
    """Time what turns HTML into lines and hints, apart from the stage, in turns with Resiliparse's plain text."""
    texts = [text for folder in pages.values() for text in folder.values()]
    size = sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6
    for name, read in (("HTML to lines and hints", html.extract), ("resiliparse, all text", extract_plain_text)):
        times = []
        for _ in range(RUNS):
            begun = time.process_time()
            for text in texts:
                read(text)
            times.append(time.process_time() - begun)
        print(f"{name}: {size / statistics.median(times):.1f} MB/s of HTML")


def main() -> None:
    logging.disable(logging.CRITICAL)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    gold: dict[str, dict[str, str]] = {}
    flat: dict[str, dict[str, str]] = {}
    parsed: dict[str, dict[str, str]] = {}
    for path in sorted(folder.iterdir()):
        gold[path.name] = {
            key: row["clean"] for key, row in json.loads((path / "gold.json").read_text("utf-8")).items()
        }
        flat[path.name] = {key: (path / "flat" / f"{key}.txt").read_text("utf-8") for key in gold[path.name]}
        raw = {key: next((path / "html").glob(f"{key}.*")).read_bytes() for key in gold[path.name]}
        parsed[path.name] = {key: bytes_to_str(data, detect_encoding(data)) for key, data in raw.items()}
    print(f"| F1 (recall, precision) | {' | '.join(gold)} | MB/s |")
    print("|---|" + "---|" * (len(gold) + 1))
    for name, extract in FROM_FLAT.items():
        report(name, extract, flat, gold)
    for name, extract in FROM_HTML.items():
        report(name, extract, parsed, gold)
    print()
    speed(flat)
    reading(parsed)


if __name__ == "__main__":
    main()
