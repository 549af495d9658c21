"""A persistent index of texts: what is like this one, among all that were added so far?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from cleancorpus.errors import InputError, SettingsError
from cleancorpus.neardup.items import Entry, read_items
from cleancorpus.neardup.manifest import (
    Manifest,
    Segment,
    lock_writer,
    manifest_stamp,
    read_manifest,
    remove_strays,
    search_from,
    settings_of,
    write_manifest,
)
from cleancorpus.neardup.prepared import Prepared
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.segments import Arrays, join_segments, segment_name, write_segment
from cleancorpus.neardup.shelf import Shelf
from cleancorpus.neardup.shingles import sorted_distinct
from cleancorpus.neardup.verify import likeness
from cleancorpus.text import TextBatch

if TYPE_CHECKING:
    import pyarrow as pa

_FANOUT = 8  # segments of about one size that are joined to one
_BATCH = 20_000  # texts in a segment at first, and texts asked for at a time


@dataclass(frozen=True)
class Match:
    """One passage of the index that is like one of the text asked about, or contains it, or stands in it.

    ``id`` and ``span`` name it, ``query_span`` is the span of the text asked about; ``jaccard`` and
    ``containment`` are exact, over the folded shingles.
    """

    id: str
    span: tuple[int, int]
    query_span: tuple[int, int]
    jaccard: float
    containment: float


class DuplicateIndex:
    """Texts by id, kept in a folder, that can be asked for near-duplicates of others.

    One process writes (POSIX systems only), any number read beside it, each seeing what was acknowledged when
    it last asked.  ``add``, ``add_many``, ``remove``, ``merge`` and ``compact`` return when their effect is on
    the disk; a process that is killed loses nothing that was returned from, and nothing is half there.
    """

    def __init__(self, folder: Path, manifest: Manifest, *, read_only: bool, memory_limit: str) -> None:
        self._folder = folder
        self._memory_limit = memory_limit
        self._manifest = manifest
        self._search = search_from(manifest.settings)
        self._lock = None if read_only else lock_writer(folder)
        if not read_only:
            self._manifest = read_manifest(folder)  # as the writer before left it
            remove_strays(folder, self._manifest)
        self._shelf = Shelf(folder, memory_limit)
        self._stamp: tuple[int, int] | None = None
        self.refresh()

    @classmethod
    def open(
        cls,
        path: str | Path,
        search: Search | None = None,
        *,
        read_only: bool = False,
        memory_limit: str = "1GB",
    ) -> DuplicateIndex:
        """Open the index in the folder ``path``, or make a new one there.

        ``search`` gives threshold, containment, unit, fold and shingle of a new index (default: ``Search()``); of
        one that exists it may be left out.  Raises ``InputError`` where the folder holds something else, an index of
        another format or with other settings, or where another process writes to it.
        """
        folder = Path(path)
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file; an index is a folder")
        if not read_only and not (folder / "index.json").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_manifest(folder, Manifest(settings_of(search or Search()), (), 1))
        manifest = read_manifest(folder)
        if search is not None and settings_of(search) != dict(manifest.settings):
            raise InputError(f"{folder} was made with other settings: {dict(manifest.settings)}")
        return cls(folder, manifest, read_only=read_only, memory_limit=memory_limit)

    def __enter__(self) -> DuplicateIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index; its folder can then be opened by another writer."""
        self._shelf.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def search(self) -> Search:
        """The settings that the index was made with."""
        return self._search

    def __len__(self) -> int:
        """Count the documents that were added and not removed."""
        self.refresh()
        return self._shelf.count()

    def __contains__(self, name: object) -> bool:
        self.refresh()
        return isinstance(name, str) and self._shelf.newest([name]).get(name, (0, False))[1]

    def refresh(self) -> None:
        """Look whether a writer has changed the index, and see what it holds now."""
        while (stamp := manifest_stamp(self._folder)) != self._stamp:
            manifest = read_manifest(self._folder)
            try:
                self._shelf.hold([segment.name for segment in manifest.segments])
            except FileNotFoundError:
                continue  # a compaction came between: the manifest is another one by now
            self._manifest, self._stamp = manifest, stamp

    # -- writing ------------------------------------------------------------------------------------

    def add(self, name: str, text: str) -> None:
        """Add one text under an id, in place of what the id stood for; see ``add_many`` for more than a few."""
        self.add_many([(name, text)])

    def add_many(self, items: Iterable[Entry], batch: int = _BATCH) -> int:
        """Add ``(id, text)`` pairs or Documents, ``batch`` at a time, and give how many.

        Each batch is on the disk before the next is read.  An id that is there already, or comes again, is
        replaced.  Raises ``InputError`` for an item without a string for an id.
        """
        rest, count = iter(items), 0
        while known := read_items(islice(rest, batch)):
            for name in known.ids:
                if not isinstance(name, str):
                    raise InputError(f"the id of an indexed text is a string, not {name!r}")
            last = {name: row for row, name in enumerate(known.ids)}
            names = sorted(last)
            added = Prepared.of([known.texts[last[name]] for name in names], self._search)
            self._append(added.tables(names, alive=True), added.arrays())
            count += len(known)
        return count

    def remove(self, *names: str) -> None:
        """Remove the texts of these ids; ids that are not there are passed over."""
        there = [name for name, (_, alive) in self._shelf.newest(sorted(set(names))).items() if alive]
        if there:
            nothing = Prepared.of((), self._search)
            self._append(nothing.tables(sorted(there), alive=False), nothing.arrays())

    def merge(self, other: DuplicateIndex) -> None:
        """Add all that another index holds; where both have an id, the other's text replaces this one's.

        Raises ``InputError`` where the two were made with different settings.
        """
        if dict(other._manifest.settings) != dict(self._manifest.settings):
            raise InputError("indexes can be merged only if they were made with the same settings")
        other.refresh()
        sources = [other._folder / segment.name for segment in other._manifest.segments]
        if sources:
            self._join(sources, keep=self._manifest.segments, keep_dead=False)
            self._tidy()

    def compact(self) -> None:
        """Join all segments to one: removed texts are gone, and queries are as quick as they get."""
        sources = [self._folder / segment.name for segment in self._manifest.segments]
        if sources:
            self._join(sources, keep=(), keep_dead=False)

    def _append(self, tables: Mapping[str, pa.Table], arrays: Arrays) -> None:
        name = self._new_name()
        write_segment(self._shelf.connection, self._folder / name, tables, arrays)
        segment = Segment(name, len(tables["passages"]), len(tables["documents"]))
        self._replace((*self._manifest.segments, segment))
        self._tidy()

    def _tidy(self) -> None:
        """Join the newest segments when there are as many of about one size, so that there are never many."""
        while len(segments := self._manifest.segments) >= _FANOUT:
            level = _level(segments[-1])
            young = next((n for n, s in enumerate(reversed(segments)) if _level(s) > level), len(segments))
            if young < _FANOUT:
                return
            older, newest = segments[: len(segments) - young], segments[len(segments) - young :]
            self._join([self._folder / s.name for s in newest], keep=older, keep_dead=bool(older))

    def _join(self, sources: Sequence[Path], *, keep: tuple[Segment, ...], keep_dead: bool) -> None:
        path = self._folder / self._new_name()
        joined = join_segments(path, sources, keep_dead=keep_dead, memory_limit=self._memory_limit)
        self._replace((*keep, joined))

    def _new_name(self) -> str:
        if self._lock is None:
            raise InputError(f"{self._folder} was opened for reading only")
        return segment_name(self._manifest.following)

    def _replace(self, segments: tuple[Segment, ...]) -> None:
        """Make the index consist of these segments, and remove the files of all others."""
        manifest = Manifest(self._manifest.settings, segments, self._manifest.following + 1)
        write_manifest(self._folder, manifest)
        self.refresh()
        remove_strays(self._folder, manifest)

    # -- asking -------------------------------------------------------------------------------------

    def query(self, text: str, threshold: float | None = None) -> tuple[Match, ...]:
        """Give the passages of the index that are like one of ``text``, the most alike first.

        ``threshold`` is a Jaccard index, not below the one that the index was made for (which it is if left
        out); lower ones raise ``SettingsError``.  An index that was made with ``containment`` also gives the
        passages of which that share stands in the text, or that hold that share of it.  Of a crowd of passages
        that share a key, 32 in each segment are compared.
        """
        return next(self.query_many([text], threshold))

    def query_many(self, texts: Iterable[str], threshold: float | None = None) -> Iterator[tuple[Match, ...]]:
        """Ask about many texts, which costs far less for each: see ``query``."""
        least = self._search.threshold if threshold is None else threshold
        if not self._search.threshold <= least <= 1:
            raise SettingsError(f"this index finds from {self._search.threshold} to 1, not {least}")
        rest = iter(texts)
        while batch := list(islice(rest, _BATCH)):
            self.refresh()
            yield from self._matches(batch, least)

    def _matches(self, texts: list[str], threshold: float) -> list[tuple[Match, ...]]:
        asked = Prepared.of(texts, self._search)
        matches: list[list[Match]] = [[] for _ in texts]
        for part in range(len(self._manifest.segments)):
            for document, match in self._matches_in(part, asked, threshold):
                matches[document].append(match)
        for several in matches:
            several.sort(key=lambda match: (-match.jaccard, -match.containment, match.id, match.span, match.query_span))
        return [tuple(several) for several in matches]

    def _matches_in(self, part: int, asked: Prepared, threshold: float) -> Iterator[tuple[int, Match]]:
        """Give the matches in one segment, each with the number of the text that was asked about."""
        compared, arrays = asked.compared, self._shelf.arrays(part)
        query, number = asked.holders(arrays, self._search.containment)
        # The texts are compared where they lie; the database is asked for nothing but what is found.
        numbers = sorted_distinct(number)
        row = np.searchsorted(numbers, number)
        both = TextBatch.concatenate([compared.view, arrays.texts(numbers)])
        alike = likeness(both, query, row + len(compared), self._search.shingle)
        jaccard, containment = alike.jaccard, alike.containment
        enough = jaccard >= threshold
        if self._search.containment is not None:
            enough |= containment >= self._search.containment
        hits = np.flatnonzero(enough)
        if not len(hits):
            return
        found = self._shelf.passages(part, sorted_distinct(number[hits]))
        # A segment holds nothing of a text that was gone when it was written; later ones may take its id.
        hidden = self._shelf.newest(sorted(set(found.ids)), after=part)
        places = np.searchsorted(found.numbers, number[hits])
        for hit, place in zip(hits.tolist(), places.tolist(), strict=True):
            if found.ids[place] in hidden:
                continue
            at = int(query[hit])
            span = int(found.start[place]), int(found.stop[place])
            query_span = int(compared.start[at]), int(compared.end[at])
            match = Match(found.ids[place], span, query_span, float(jaccard[hit]), float(containment[hit]))
            yield int(compared.document[at]), match


def _level(segment: Segment) -> int:
    """Give how often the fan-out goes into a segment's rows."""
    rows = max(segment.passages, segment.documents)
    return next(level for level in range(64) if rows < _FANOUT ** (level + 1))
