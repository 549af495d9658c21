"""Put lists of teasers into parsed pages: a headline in a link, a summary as long as a paragraph, one below another.

A short article above many teasers is where prose alone tells least; few of the labelled pages are like that.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerplate_pages import LabelledPage, squeezed
from cleancorpus.boilerplate.html import AROUND
from cleancorpus.stage import Hints

LISTS = (
    *("div/div", "div.content/div", "div.related/div", "section/div", "div.content/div.content"),
    *("div.related.content", "div/div.navigation"),
)
ITEMS = ("ul/li", "ul/li", "ul/li/div", "ul/li.content", "div/div", "div.content/div.content", "article/div")
HEADLINES = ("h3", "h4", "h2", "div.title", "p.title", "div")
SUMMARIES = ("p", "p", "div", "div.content", "p.content")
MARK = "byline"


@dataclass(frozen=True)
class _Line:
    """One line of a list: its text, its path, the share of it in links, and the elements around it."""

    text: str
    path: str
    links: float
    around: tuple[int, ...]


def with_teasers(
    pages: Sequence[LabelledPage], sources: Sequence[Sequence[str]], weight: float, seed: int
) -> Iterator[LabelledPage]:
    """Give each parsed article once more, with a list of teasers somewhere below its main text."""
    rng = random.Random(seed)
    for page in pages:
        if page.hints is None or page.kind == "magic_forum" or not page.body.any():
            continue
        end = int(np.flatnonzero(page.body)[-1]) + 1
        place = rng.choice((end, end, rng.randrange(end, len(page.lines) + 1)))
        written = list(_teasers(rng, sources, int(page.hints.around.max()) + 1))
        yield replace(_inserted(page, page.hints, place, written), kind="teasers", weight=page.weight * weight)


def _teasers(rng: random.Random, sources: Sequence[Sequence[str]], number: int) -> Iterator[_Line]:
    base = f"{rng.choice(LISTS)}/{rng.choice(ITEMS)}"
    headline, summary, mark = rng.choice(HEADLINES), rng.choice(SUMMARIES), rng.choice((0, None, None, 2))
    for item in range(rng.choice((3, 6, 10, 20))):
        text = next((t for t in (rng.choice(rng.choice(sources)) for _ in range(99)) if len(t) > 60), "今日要闻" * 20)
        rows = [
            (text[: rng.randrange(8, 24)].split("。")[0] or text[:9], headline, 1.0),
            (text[: rng.choice((40, 80, 120, 200))], summary, 0.0),
        ]
        if mark is not None:
            rows.insert(mark, (f"{rng.randrange(1, 24)}小时前", f"div.{MARK}", 0.0))
        for row, (said, step, links) in enumerate(rows):
            inner = number + 1 + item * 9
            around = (inner + 1 + row, inner, number, *(0,) * (AROUND - 3))
            yield _Line(" ".join(said.split()) or "新闻", f"{base}/{step}", links, around)


def _inserted(page: LabelledPage, hints: Hints, place: int, written: Sequence[_Line]) -> LabelledPage:
    """Give a page, every line of which is a block, with further lines in front of the one at ``place``."""
    lines = page.text.split("\n")
    lines[place:place] = [line.text for line in written]
    length = np.array([len(line) for line in lines], dtype=np.int64)
    start = np.cumsum(length + 1) - length - 1
    number = {tag: at for at, tag in enumerate(dict.fromkeys((*hints.tags, *(line.path for line in written))))}

    def joined(column: NDArray[Any], new: Sequence[Any]) -> NDArray[Any]:
        return np.insert(column, place, np.array(new, dtype=column.dtype), axis=0)

    return replace(
        page,
        text="\n".join(lines),
        lines=[*page.lines[:place], *(squeezed(line.text) for line in written), *page.lines[place:]],
        body=joined(page.body, [False] * len(written)),
        hints=Hints(
            start,
            start + length,
            joined(hints.link_density, [line.links for line in written]),
            joined(hints.tag, [number[line.path] for line in written]),
            tuple(number),
            joined(hints.around, [line.around for line in written]),
        ),
    )
