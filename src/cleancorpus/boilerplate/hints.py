"""What the tree of a page knows of its lines, as further measures of the same lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.features import LineFeatures
from cleancorpus.boilerplate.html import MARKERS
from cleancorpus.boilerplate.pages import Column
from cleancorpus.stage import Hints
from cleancorpus.text import Positions

_ELEMENTS = {
    "heading.first": ("h1",),
    "heading": ("h2", "h3", "h4", "h5", "h6"),
    "paragraph": ("p",),
    "item": ("li", "dd", "dt"),
    "cell": ("td", "th", "tr", "table"),
    "code": ("pre",),
    "quote": ("blockquote",),
    "article": ("article", "main"),
    "section": ("section",),
    "nav": ("nav",),
    "header": ("header",),
    "footer": ("footer",),
    "aside": ("aside",),
    "form": ("form",),
}
_WINDOWS = ((-1, -1), (1, 1), (-4, 4), (-12, 12))


def hint_features(described: LineFeatures, hints: Hints) -> LineFeatures:
    """Add to described lines what the tree knows of their blocks: links, elements, names, shared paths.

    ``html.known`` says which lines have a hint; the others have zeros.  There must be a line and a hint.
    The paragraphs of a main text share a path, so a page's prose is summed by path, and by the path above.
    """
    block = np.maximum(np.searchsorted(hints.start, described.first, side="right") - 1, 0)
    known = (described.first >= hints.start[block]) & (described.first < hints.end[block])
    tag = hints.tag[block]
    links = np.where(known, hints.link_density[block], 0.0)
    columns: dict[str, Column] = {"known": known, "links": links}
    for name, table in _path_tables(hints.tags).items():
        columns[name] = known & table[tag]
    page, size = described.page, described.size
    mass = described.column("mass") * (1 - links)
    total = np.maximum(page.total(mass), 1)
    above = {path: number for number, path in enumerate(dict.fromkeys(_above(path) for path in hints.tags))}
    parent = np.array([above[_above(path)] for path in hints.tags])
    for name, group in (("path", tag), ("parent", parent[tag])):
        _, which = np.unique(described.document * (len(hints.tags) + 1) + group, return_inverse=True)
        columns[f"{name}.mass"] = np.bincount(which, mass)[which] / total
    linked = links * size
    for low, high in _WINDOWS:
        text = page.window(size, low, high)
        columns[f"links[{low:+d},{high:+d}]"] = page.window(linked, low, high) / np.maximum(text, 1)
    columns.update(_around(described.document, hints.around[block], mass, size, linked))
    columns.update(_instances(described.document, hints.around[block], tag))
    columns["page.links"] = page.total(linked) / page.total(size)
    return described.extended({f"html.{name}": column for name, column in columns.items()})


def _around(
    document: Positions, around: NDArray[np.int32], mass: Column, size: Column, linked: Column
) -> dict[str, Column]:
    """Measure the elements around each line, from the innermost: their share of the page's prose, and of their
    own text what is prose and what is linked.

    The paragraphs of a main text stand in one element; each teaser of a list stands in one of its own.
    """
    pages = np.bincount(document, mass)[document]
    columns: dict[str, Column] = {}
    for level in range(around.shape[1]):
        _, which = np.unique(document << 32 | around[:, level], return_inverse=True)
        prose, text = np.bincount(which, mass)[which], np.bincount(which, size)[which]
        columns[f"around.{level}.mass"] = prose / np.maximum(pages, 1)
        columns[f"around.{level}.prose"] = prose / text
        columns[f"around.{level}.links"] = np.bincount(which, linked)[which] / text
    return columns


def _instances(document: Positions, around: NDArray[np.int32], tag: NDArray[np.int32]) -> dict[str, Column]:
    """Count the elements of the kind in which a line stands: a list has many items, a thread many posts."""
    _, kind = np.unique(document << 32 | tag, return_inverse=True)
    columns: dict[str, Column] = {}
    for level in (1, 2, 3):
        pairs = np.unique(kind.astype(np.int64) << 32 | around[:, level])
        columns[f"instances.{level}"] = np.log(np.bincount(pairs >> 32))[kind] / 4
    return columns


def _path_tables(paths: tuple[str, ...]) -> dict[str, NDArray[np.bool_]]:
    """Say for each path whether an element, or a name given to one, occurs in it.

    Names count apart near the path's end (``named``), anywhere in it (``under``), and further up (``beyond``).
    """
    elements, near, under, beyond = [], [], [], []
    for path in paths:
        steps = [step.split(".") for step in path.split("/")]
        far = frozenset(steps.pop(0)[1:] if steps[0][0] == "…" else ())
        elements.append(far.union(step[0] for step in steps))
        near.append({name for step in steps[-2:] for name in step[1:]})
        under.append({name for step in steps for name in step[1:]})
        beyond.append(far)
    tables = {f"in.{name}": [not here.isdisjoint(wanted) for here in elements] for name, wanted in _ELEMENTS.items()}
    for name, _ in MARKERS:
        for kind, found in (("named", near), ("under", under), ("beyond", beyond)):
            tables[f"{kind}.{name}"] = [name in names for names in found]
    return {name: np.array(column, dtype=bool) for name, column in tables.items()}


def _above(path: str) -> str:
    return path.rpartition("/")[0]
