"""Pages whose lines are labelled, for training the model of lines: real ones with gold, agreed ones, invented ones.

A line is body when at least half of it lies in its page's gold, in order and in runs of four characters or
more, by the longest common subsequence of the page and the gold.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import numpy as np
import trafilatura
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

import synthetic_pages
from cleancorpus.boilerplate import html
from cleancorpus.stage import Hints

BLANKS = re.compile(r"\s+")
HOST = re.compile(r"(?:href|src)=[\"']?(?:https?:)?//([\w.-]+)", re.IGNORECASE)
CANONICAL = re.compile(r"(?:rel=.?canonical|property=.?og:url)[^>]*?=[\"']?https?://([\w.-]+)", re.IGNORECASE)
# What a page counts for: the 27 pages of one portal as four, those that two extractors agree on less.
WEIGHT = {"cx_news": 0.15, "magic_forum": 2.0, "agreed": 0.7, "invented": 0.3}


@dataclass
class LabelledPage:
    """A page's lines (without blanks, NFKC), which of them are body, its gold, and the site it is held out with."""

    kind: str
    site: str
    text: str
    lines: list[str]
    body: NDArray[np.bool_]
    gold: str
    weight: float
    hints: Hints | None = None


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
            text, hints = html.extract(source) if parsed else ((group / "flat" / f"{key}.txt").read_text("utf-8"), None)
            yield labelled(group.name, site_of(source), text, row["clean"], WEIGHT.get(group.name, 1.0), hints)


def agreed_pages(folder: Path, parsed: bool) -> Iterator[LabelledPage]:
    """Give pages without gold on which trafilatura and readability agree (F1 of 0.9), with the latter's text.

    The sites of one family weigh as one page in ten where there are more than ten of them.
    """
    rows = [row.split("\t") for row in (folder / "index.tsv").read_text("utf-8").splitlines()[1:]]
    families = Counter(row[1] for row in rows)
    for path, family, _, encoding in rows:
        if not path.startswith("html/"):
            continue
        source = (folder / path).read_bytes().decode(encoding, "replace")
        visible = extract_plain_text(source, main_content=False, preserve_formatting=True, alt_texts=False)
        try:
            gold = lxml.html.fromstring(Document(source).summary()).text_content()
        except (lxml.etree.LxmlError, ValueError):
            continue
        other = trafilatura.extract(source, favor_recall=True, include_comments=False) or ""
        size = len(squeezed(visible))
        if size < 500 or len(squeezed(gold)) > 0.97 * size or score(squeezed(gold), squeezed(other))[0] < 0.9:
            continue
        text, hints = html.extract(source) if parsed else (visible, None)
        one_of_many = family != "html_gne" and families[family] > 10
        weight = 0.1 if one_of_many else WEIGHT["agreed"]
        page = labelled("agreed", family if one_of_many else site_of(source), text, gold, weight, hints)
        if score(page.gold, "".join(line for line, body in zip(page.lines, page.body, strict=True) if body))[0] >= 0.9:
            yield page


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


def invented_pages(folder: Path, news: Path, count: int, seed: int) -> Iterator[LabelledPage]:
    """Make pages of clean text inside invented chrome; threads of posts weigh more, bare text less."""
    generator, sources = random.Random(seed), clean_sources(folder, news)
    for _ in range(count):
        page = synthetic_pages.make_page(generator, sources)
        texts = [
            BLANKS.sub(" ", line) if line.strip() == "" else re.sub(r"[\r\n]", " ", line) for line, _ in page.lines
        ]
        body = np.array([label in (synthetic_pages.BODY, synthetic_pages.HEADING) for _, label in page.lines])
        lines = [squeezed(text) for text in texts]
        body &= np.array([bool(line) for line in lines])
        if body.any():
            gold = "".join(line for line, kept in zip(lines, body, strict=True) if kept)
            weight = WEIGHT["invented"] * {"bare": 0.5, "forum": 2.0}.get(page.kind, 1.0)
            yield LabelledPage("invented", "invented", "\n".join(texts), lines, body, gold, weight)
