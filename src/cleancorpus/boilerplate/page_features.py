"""Where a line stands on its page, as further measures of the same lines: by prose, by chrome, by what is around it."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from cleancorpus.boilerplate.pages import ALL, Column, Pages, running
from cleancorpus.text import Positions

# Lines of one shape that stand on a page four times or more part its posts: log2(4) / 4, as "alike" counts.
_OFTEN = 0.5
# How much of a line of another script is in Latin letters at least, Han characters at most, and its size at least.
_FOREIGN = (0.6, 0.1, 16)


class Measured(Protocol):
    """Lines that have been measured one by one."""

    size: Positions
    page: Pages

    def column(self, name: str) -> Column:
        """Give one measure of all lines."""


def page_measures(found: Measured) -> dict[str, Column]:
    """Measure where a line stands on its page: by text, by prose, by clusters of prose, by runs of chrome."""
    page, n, mass = found.page, found.size, found.column("mass")
    one = np.ones_like(n)
    text, masses, above = page.total(n), page.total(mass), page.before(mass)
    tail = found.column("rule.related") > 0
    for name in ("ending", "related", "comment"):
        tail |= (n <= 30) & (found.column(f"cue.{name}") > 0.2)
    tail &= above >= 50
    parted = (found.column("goes") > 0) | (found.column("alike") >= _OFTEN) | (found.column("date") > 0)
    post = page.runs(parted)
    run = page.runs(np.asarray(found.column("goes") > 0))
    run_mass = np.bincount(run, mass)
    columns: dict[str, Column] = {
        "tail": tail,
        "above.text": page.before(n) / text,
        "above.lines": page.before(one) / page.total(one),
        "above.prose": above / np.maximum(masses, 1),
        "above.none": above == 0,
        "below.none": page.window(mass, 1, ALL) == 0,
        "page.prose": masses / text,
        "page.mass": np.log1p(masses) / 10,
        "page.dates": np.minimum(page.total(found.column("date")) / page.total(one) * 10, 1),
        "parted": parted,
        "post.mass": np.log1p(np.bincount(post, mass))[post] / 10,
        "post.text": np.log1p(np.bincount(post, n * ~parted))[post] / 10,
        "post.lines": np.log1p(np.bincount(post, ~parted))[post] / 5,
        "block.mass": np.log1p(run_mass)[run] / 10,
        "block.share": run_mass[run] / np.maximum(masses, 1),
        "block.text": np.log1p(np.bincount(run, n * (found.column("goes") == 0)))[run] / 10,
    }
    for reach in (3, 10):
        cluster = page.clusters(mass, reach)
        heavy = cluster >= 80
        begins = heavy & ((page.window(heavy, -1, -1) == 0) | page.opening)
        rank = page.before(begins) + begins
        columns[f"cluster.{reach}"] = cluster / np.maximum(masses, 1)
        columns[f"cluster.{reach}.log"] = np.log1p(cluster) / 10
        columns[f"cluster.{reach}.first"] = heavy & (rank == 1)
        columns[f"cluster.{reach}.second"] = heavy & (rank == 2)
        columns[f"cluster.{reach}.later"] = heavy & (rank >= 3)
    return columns


def density_measures(found: Measured) -> dict[str, Column]:
    """Measure how many stops and cue words stand in the text around a line, and text in another script than its page's.

    A short line among full sentences has stops around it, one in a menu has none, however long its neighbours are.
    """
    page, n = found.page, found.size
    sizes = running(n)
    parts = {"stops": running(found.column("stops")), "cue": running(found.column("cue") * n)}
    columns: dict[str, Column] = {}
    for reach in (1, 3, 8):
        text = page.between(sizes, -reach, reach)
        for name, total in parts.items():
            share = page.between(total, -reach, reach) / text
            columns[f"density.{name}.{reach}"] = share if name == "cue" else np.minimum(share * 90, 2)
    latin, han = found.column("latin"), found.column("han")
    of_page = page.total(han * n) / page.total(n)
    most_latin, hardly_han, size = _FOREIGN
    foreign = (latin >= most_latin) & (han < hardly_han) & (n >= size) & (found.column("code") == 0)
    columns |= {"page.han": of_page, "foreign": foreign * of_page, "foreign.latin": latin * of_page}
    return columns
