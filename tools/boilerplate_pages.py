"""Pages whose lines are labelled, for training the model of lines: real ones with gold or labels, invented ones.

A line is body when at least half of it lies in its page's gold, in order and in runs of four characters or
more, by the longest common subsequence of the page and the gold.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

import synthetic_pages
from cleancorpus.boilerplate import html
from cleancorpus.stage import Hints
from synthetic_writer import BODY, HEADING

OWN = Path(__file__).parents[1] / "tests" / "boilerplate" / "pages" / "looked_at"
LABELS = Path(__file__).with_name("boilerplate_labels.tsv")
BLANKS = re.compile(r"\s+")
HOST = re.compile(r"(?:href|src)=[\"']?(?:https?:)?//([\w.-]+)", re.IGNORECASE)
CANONICAL = re.compile(r"(?:rel=.?canonical|property=.?og:url)[^>]*?=[\"']?https?://([\w.-]+)", re.IGNORECASE)
# What a page counts for: the 27 pages of one portal as four, each of the few threads as two, ten of our own as one.
WEIGHT = {"cx_news": 0.15, "magic_forum": 2.0, "labelled": 1.0, "own": 0.1, "invented": 0.08}


@dataclass
class LabelledPage:
    """A page's lines (without blanks, NFKC), which of them are body, its gold, and the site it is held out with.

    Lines that may be called ``either`` are neither learned nor counted.
    """

    kind: str
    site: str
    text: str
    lines: list[str]
    body: NDArray[np.bool_]
    gold: str
    weight: float
    hints: Hints | None = None
    either: NDArray[np.bool_] | None = None


def squeezed(text: str) -> str:
    return BLANKS.sub("", unicodedata.normalize("NFKC", text))


def score(want: str, got: str) -> tuple[float, float, float]:
    """Give F1, recall and precision of two squeezed texts, by their longest common subsequence."""
    common = LCSseq.similarity(want, got)
    recall, precision = common / len(want) if want else 1.0, common / len(got) if got else float(not want)
    return (2 * recall * precision / (recall + precision) if common else 0.0), recall, precision


def body_lines(lines: list[str], gold: str, thread: bool) -> NDArray[np.bool_]:
    """Say which squeezed lines are body; in an article no short line far from all long ones is."""
    place = np.full(sum(map(len, lines)), -1)
    for step in LCSseq.opcodes("".join(lines), gold):
        if step.tag == "equal":
            place[step.src_start : step.src_end] = np.arange(step.dest_start, step.dest_end)
    body = np.zeros(len(lines), dtype=bool)
    end = 0
    for number, line in enumerate(lines):
        mine = place[end : end + len(line)]
        end += len(line)
        at = np.flatnonzero(mine >= 0)
        if len(at):
            runs = np.split(at, np.flatnonzero((np.diff(mine[at]) != 1) | (np.diff(at) != 1)) + 1)
            covered = sum(len(run) for run in runs if len(run) >= min(4, len(line)))
            body[number] = covered * 2 >= len(line)
    size = np.array([len(line) for line in lines])
    long = np.flatnonzero(body & (size >= 20))
    if len(long) and not thread:
        for number in np.flatnonzero(body & (size < 20)).tolist():
            body[number] = bool(np.abs(long - number).min() <= 15)
    return body


def labelled(kind: str, site: str, text: str, gold: str, weight: float, hints: Hints | None = None) -> LabelledPage:
    lines = [squeezed(line) for line in text.split("\n")]
    body = body_lines(lines, squeezed(gold), kind == "magic_forum")
    return LabelledPage(kind, site, text, lines, body, squeezed(gold), weight, hints)


def site_of(source: str) -> str:
    """Name a page's site by its canonical address, or else by the domain that it links to most."""
    own = CANONICAL.search(source)
    hosts = Counter(domain(host) for host in ([own[1]] if own else HOST.findall(source)))
    return hosts.most_common(1)[0][0] if hosts else "?"


def domain(host: str) -> str:
    parts = host.split(".")
    country = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in ("com", "net", "gov", "org", "co")
    return ".".join(parts[-3 if country else -2 :])


def gold_pages(folder: Path, parsed: bool) -> Iterator[LabelledPage]:
    """Give the pages with gold, from their flat text or parsed from HTML."""
    for group in sorted(path for path in folder.iterdir() if (path / "gold.json").exists()):
        for key, row in json.loads((group / "gold.json").read_text("utf-8")).items():
            raw = next((group / "html").glob(f"{key}.*")).read_bytes()
            source = bytes_to_str(raw, detect_encoding(raw) or "utf-8")
            if parsed:
                text, hints, _ = html.extract(source)
            else:
                text, hints = (group / "flat" / f"{key}.txt").read_text("utf-8"), None
            yield labelled(group.name, site_of(source), text, row["clean"], WEIGHT.get(group.name, 1.0), hints)


def labelled_pages(folder: Path, parsed: bool) -> Iterator[LabelledPage]:
    """Give the pages whose flat lines were labelled by hand, from their flat text or parsed from HTML.

    In parsed HTML the lines of the main text are found again by what they say.  The sites of one family weigh
    as one page in ten where there are more than ten of them.  Raises ``ValueError`` for a page that has changed.
    """
    encodings = {row[0]: row[3] for row in _rows(folder / "index.tsv")}
    labels = list(_rows(LABELS))
    families = Counter(path.split("_")[1] for path, *_ in labels)
    for path, digest, body, *_ in labels:
        source = (folder / path).read_bytes().decode(encodings[path], "replace")
        html_page = path.startswith("html/")
        flat = visible_text(source) if html_page else source
        if hashlib.sha256(flat.encode("utf-8", "replace")).hexdigest()[:12] != digest:
            raise ValueError(f"{path} is not the page that was labelled")
        numbers = [number for first, last in _ranges(body) for number in range(first - 1, last)]
        gold = "\n".join(flat.split("\n")[number] for number in numbers)
        one_of_many = families[path.split("_")[1]] > 10 and "_gne_" not in path
        site = path.split("_")[1] if one_of_many or not html_page else site_of(source)
        weight = 0.1 if one_of_many else WEIGHT["labelled"]
        if parsed and html_page:
            text, hints, _ = html.extract(source)
            yield labelled("labelled", site, text, gold, weight, hints)
        elif not parsed:
            lines = [squeezed(line) for line in flat.split("\n")]
            flags = np.zeros(len(lines), dtype=bool)
            flags[numbers] = [bool(lines[number]) for number in numbers]
            yield LabelledPage("labelled", site, flat, lines, flags, squeezed(gold), weight)


def own_pages(folder: Path = OWN) -> Iterator[LabelledPage]:
    """Give the pages written for the tests, whose lines of chrome are marked ✂, and those that may stay or go ≈."""
    for path in sorted(folder.glob("*.txt")):
        marked = path.read_text("utf-8").splitlines()
        texts = [line.removeprefix("✂").removeprefix("≈") for line in marked]
        lines = [squeezed(text) for text in texts]
        body = np.array([line == text and bool(shown) for line, text, shown in zip(marked, texts, lines, strict=True)])
        either = np.array([line.startswith("≈") for line in marked])
        gold = "".join(line for line, kept in zip(lines, body, strict=True) if kept)
        yield LabelledPage("own", path.stem, "\n".join(texts), lines, body, gold, WEIGHT["own"], either=either)


def visible_text(source: str) -> str:
    """Give all visible text of an HTML page, as flat pages have it."""
    return str(extract_plain_text(source, main_content=False, preserve_formatting=True, alt_texts=False))


def _rows(table: Path) -> Iterator[list[str]]:
    lines = table.read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith(("#", "path\t")))


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield int(first), int(last or first)


def clean_sources(folder: Path, news: Path) -> list[list[str]]:
    """Read the paragraphs of clean texts, and of news without chrome, that invented pages are made around."""
    sources = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        least = 1 if path.suffix == ".md" or "poetry" in path.name else 8
        lines = path.read_text("utf-8", "replace")[:1_500_000].split("\n")
        sources += [[line for line in lines if len(line.strip()) >= least]] * (2 if path.suffix == ".md" else 1)
    for family in ("txt_sogouC", "txt_twnews", "txt_weixin", "txt_newscluster", "txt_fudan"):
        texts = [path.read_text("utf-8", "replace") for path in sorted(news.glob(f"{family}*"))]
        paragraphs = [line.strip() for text in texts for line in text.split("\n") if len(line.strip()) >= 30]
        sources += [paragraphs] * 4
    return [source for source in sources if source]


def invented_pages(sources: list[list[str]], count: int, seed: int) -> Iterator[LabelledPage]:
    """Make pages of clean text inside invented chrome; threads of posts weigh more, bare text less."""
    generator = random.Random(seed)
    for _ in range(count):
        page = synthetic_pages.make_page(generator, sources)
        texts = [
            BLANKS.sub(" ", line) if line.strip() == "" else re.sub(r"[\r\n]", " ", line) for line, _ in page.lines
        ]
        body = np.array([label in (BODY, HEADING) for _, label in page.lines])
        lines = [squeezed(text) for text in texts]
        body &= np.array([bool(line) for line in lines])
        if body.any():
            gold = "".join(line for line, kept in zip(lines, body, strict=True) if kept)
            weight = WEIGHT["invented"] * {"bare": 0.5, "forum": 2.0}.get(page.kind, 1.0)
            yield LabelledPage("invented", "invented", "\n".join(texts), lines, body, gold, weight)
