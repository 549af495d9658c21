"""Templates learned from a corpus: lines that recur across the pages of one site, or of many.

A line is counted once for each page that it stands on, by its shape.  The first pass counts in bounded
memory and keeps candidates; the second counts these exactly.  What is frequent enough is written to a file
of plain text that people can read and edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import line_margins
from cleancorpus.boilerplate.shapes import Keys, host_key, joined_keys, line_keys, shape_keys, shape_of
from cleancorpus.boilerplate.sketch import FrequentKeys
from cleancorpus.errors import InputError
from cleancorpus.fold import fold
from cleancorpus.rules import Rule
from cleancorpus.text import Lines, TextBatch

SITE_TEMPLATE = Rule(
    id="boilerplate.site-template",
    why="The line recurs across the pages of its site, or across many sites, in the corpus learned from.",
    family="template",
)

Page = tuple[str | None, str]
Mask = NDArray[np.bool_]

_HEAD = "# cleancorpus templates 1"
_EVERYWHERE = "*"
# Measured by benchmarks/boilerplate_templates.py (see docs/benchmarks.md): a tenth of a site's pages, and five of them,
# leaves out what two articles have in common and finds menus that only some sections of a site print.
LEAST_PAGES, LEAST_SHARE = 5, 0.1
# On pages of unknown or many sites a line must recur more, and be longer, for short lines are anybody's:
# laws share the line that says when they came into force.
LEAST_PAGES_EVERYWHERE, LEAST_SHARE_EVERYWHERE, LEAST_SIZE_EVERYWHERE = 20, 0.01, 4
CAPACITY = 1 << 20
_BATCH = 256


class Template(NamedTuple):
    """A line of a template: its host (None: any), on how many pages of how many it stood, its shape."""

    host: str | None
    pages: int
    of: int
    shape: str


@dataclass(frozen=True)
class Templates:
    """Lines of templates, and ``error``: by how many pages a candidate may have been counted too low."""

    lines: tuple[Template, ...]
    error: int = 0

    def save(self, path: Path | str) -> None:
        """Write the templates as tab-separated text: host, pages, of how many, shape."""
        rows = [_HEAD + f"\terror {self.error}"]
        rows += [f"{line.host or _EVERYWHERE}\t{line.pages}\t{line.of}\t{line.shape}" for line in self.lines]
        Path(path).write_text("\n".join(rows) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> Templates:
        """Read templates; raises ``InputError`` with the line's number where the file is not one."""
        try:
            rows = Path(path).read_text(encoding="utf-8").split("\n")
        except OSError as error:
            raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: it is not UTF-8 at byte {error.start + 1}") from error
        if not rows[0].startswith(_HEAD):
            raise InputError(f"{path}: not a file of templates")
        lines = [_template(row, f"{path}, line {number}") for number, row in enumerate(rows[1:], 2) if row]
        return cls(tuple(lines))

    def match(self, folded: TextBatch, lines: Lines, hosts: tuple[str | None, ...] | None) -> Mask:
        """Say which lines of a folded batch belong to a template of their page's host, or of any."""
        shape = line_keys(folded, *line_margins(folded.codepoints, lines))
        names = hosts if hosts is not None else (None,) * len(folded)
        own = np.array([host_key(host) for host in names], dtype=np.uint64)[lines.document]
        everywhere = joined_keys(shape, host_key(None))
        known = _held(self._keys, joined_keys(shape, own)) | _held(self._keys, everywhere)
        return known & (lines.end > lines.start)

    @cached_property
    def _keys(self) -> Keys:
        shapes = TextBatch.from_texts([line.shape for line in self.lines])
        shape = shape_keys(shapes.codepoints, shapes.offsets[:-1], shapes.offsets[1:])
        hosts = np.array([host_key(line.host) for line in self.lines], dtype=np.uint64)
        return np.unique(joined_keys(shape, hosts))


def learn(corpus: Iterable[Page], capacity: int = CAPACITY) -> Templates:
    """Learn templates from pages, pairs of a host (or None) and a text; the corpus is gone through twice.

    ``capacity`` bounds the memory: so many counts are held, 16 bytes each.  Raises ``InputError`` for an
    iterator, which can be gone through only once.
    """
    if iter(corpus) is corpus:
        raise InputError("templates are learned in two passes: give a corpus that can be gone through twice")
    counter = _Counter(capacity)
    for pages in _batches(corpus):
        counter.add(pages)
    wanted = counter.candidates()
    exact = _Exact(wanted)
    for pages in _batches(corpus):
        exact.add(pages)
    lines = sorted(exact.templates(counter), key=lambda line: (line.host or "", -line.pages, line.shape))
    return Templates(tuple(lines), counter.lines.error)


def show(templates: Templates, host: str | None = None) -> Iterator[str]:
    """Give one line of text for each template, of one host or of all, for people."""
    for line in templates.lines:
        if host is None or line.host in (host, None):
            yield f"{line.host or 'any site'}: on {line.pages} of {line.of} pages: {line.shape}"


def _template(row: str, where: str) -> Template:
    parts = row.split("\t")
    if len(parts) != 4 or not parts[1].isdecimal() or not parts[2].isdecimal() or not parts[3]:
        raise InputError(f"{where}: a template is a host, two numbers and a shape, with tabs between")
    return Template(None if parts[0] == _EVERYWHERE else parts[0], int(parts[1]), int(parts[2]), parts[3])


def _batches(corpus: Iterable[Page]) -> Iterator[list[Page]]:
    pages = iter(corpus)
    while batch := list(islice(pages, _BATCH)):
        yield batch


class _Lines:
    """The lines of a batch of pages that can be templates, each once a page."""

    def __init__(self, pages: list[Page]) -> None:
        batch = TextBatch.from_texts([text for _, text in pages])
        self.folded = fold(batch, blanks=False, punctuation=False).batch
        lines = self.folded.lines()
        self.first, self.last = line_margins(self.folded.codepoints, lines)
        shape = line_keys(self.folded, self.first, self.last)
        size = self.last - self.first
        rows = np.flatnonzero(size > 1)
        pair = np.stack([lines.document[rows].astype(np.uint64), shape[rows]])
        _, chosen = np.unique(pair, axis=1, return_index=True)
        self.row = rows[chosen]
        self.shape = shape[self.row]
        self.document = lines.document[self.row]
        hosts = np.array([host_key(host) for host, _ in pages], dtype=np.uint64)
        self.hosted = np.array([host is not None for host, _ in pages])[self.document]
        self.own = joined_keys(self.shape, hosts[self.document])
        self.any = joined_keys(self.shape, host_key(None))
        self.long = (size >= LEAST_SIZE_EVERYWHERE)[self.row]

    def text(self, index: int) -> str:
        row = self.row[index]
        return shape_of(self.folded.substring(int(self.first[row]), int(self.last[row])))


class _Counter:
    """The first pass: how often lines stand on pages, about, and how many pages each host has."""

    def __init__(self, capacity: int) -> None:
        self.lines = FrequentKeys(capacity)
        self.pages: dict[str | None, int] = {}

    def add(self, pages: list[Page]) -> None:
        lines = _Lines(pages)
        self.lines.add(np.concatenate([lines.own[lines.hosted], lines.any[lines.long]]))
        for host, _ in pages:
            self.pages[host] = self.pages.get(host, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.pages.values())

    def least(self, host: str | None) -> int:
        if host is None:
            return max(LEAST_PAGES_EVERYWHERE, int(np.ceil(LEAST_SHARE_EVERYWHERE * self.total)))
        return max(LEAST_PAGES, int(np.ceil(LEAST_SHARE * self.pages[host])))

    def candidates(self) -> Keys:
        """Give the keys that may be frequent enough, sorted."""
        least = min(LEAST_PAGES, LEAST_PAGES_EVERYWHERE) - self.lines.error
        return np.sort(self.lines.keys[self.lines.counts >= least])


class _Exact:
    """The second pass: exact counts and texts of the candidates."""

    def __init__(self, wanted: Keys) -> None:
        self._wanted = wanted
        self._count = np.zeros(len(wanted), dtype=np.int64)
        self._found: dict[int, tuple[str | None, str]] = {}

    def add(self, pages: list[Page]) -> None:
        lines = _Lines(pages)
        self._take(lines, lines.own, lines.hosted, [host for host, _ in pages])
        self._take(lines, lines.any, lines.long, [None] * len(pages))

    def _take(self, lines: _Lines, keys: Keys, use: Mask, hosts: list[str | None]) -> None:
        rows = np.flatnonzero(use & _held(self._wanted, keys))
        place = np.searchsorted(self._wanted, keys[rows])
        np.add.at(self._count, place, 1)
        for row, number in zip(rows.tolist(), place.tolist(), strict=True):
            if number not in self._found:
                self._found[number] = (hosts[lines.document[row]], lines.text(row))

    def templates(self, counter: _Counter) -> Iterator[Template]:
        for number, (host, shape) in self._found.items():
            pages = int(self._count[number])
            if pages >= counter.least(host) and any(letter.isalpha() for letter in shape):
                yield Template(host, pages, counter.total if host is None else counter.pages[host], shape)


def _held(table: Keys, keys: Keys) -> Mask:
    if not len(table):
        return np.zeros(len(keys), dtype=bool)
    place = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return np.asarray(table[place] == keys)
