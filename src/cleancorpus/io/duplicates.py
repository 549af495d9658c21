"""Near-duplicates of a run: found among the clean texts out of core, told with their places in the originals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cleancorpus.document import Document, Flag
from cleancorpus.errors import CleancorpusError, SettingsError
from cleancorpus.io.files import write_json
from cleancorpus.io.sources import Source, as_seen
from cleancorpus.neardup import CorpusDuplicates, Search, dedup
from cleancorpus.neardup.findings import reason_of
from cleancorpus.neardup.keep import Keep
from cleancorpus.neardup.reading import Report
from cleancorpus.rules import Rule

Policy = Literal["mark", "drop", "ignore"]
POLICIES: tuple[Policy, ...] = ("mark", "drop", "ignore")

SEEN_ELSEWHERE = "neardup.seen-elsewhere"
RULES = (
    Rule(
        id=SEEN_ELSEWHERE,
        why="The passage, or nearly the same one, stands in another place too, and that copy is the one to keep.",
        safety="flag",
        family="near-duplicates",
    ),
)

# Each changed character changes five shingles of five: a passage with 5 % of its characters changed shares about
# .95 ** 5 of them with its copy, which is a Jaccard similarity of .63; the copy is to be found with some to spare.
THRESHOLD = 0.5

# Lone surrogates, by which a system writes undecodable bytes of a file name, cannot stand in a database.
_UNSTORABLE = re.compile("[\ud800-\udfff\U0010ffff]")
_STORED = re.compile("\U0010ffff([0-9a-f]{6})")


@dataclass(frozen=True, kw_only=True)
class DuplicateSearch:
    """What a run does about near-duplicates.

    ``policy`` is ``mark`` (flag them), ``drop`` (leave out documents that have nothing of their own) or
    ``ignore``; ``threshold``, ``unit`` and ``containment`` are those of ``near_duplicates``.  Raises
    ``SettingsError``.
    """

    policy: Policy = "mark"
    threshold: float = THRESHOLD
    unit: str = "passage"
    containment: float | None = None

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise SettingsError(f"duplicates is {self.policy!r}; it may be {', '.join(POLICIES)}")
        _ = self.search

    @property
    def search(self) -> Search:
        """The settings of the search."""
        return Search(self.threshold, self.unit, self.containment)

    def find(
        self, documents: Iterable[Document], folder: Path, *, memory_limit: str = "1GB", progress: Report | None = None
    ) -> Duplicates:
        """Search clean documents, whose ids are all different; ``folder`` keeps the state and what is found.

        A search that was broken off goes on when it is given the same documents and folder again.
        """
        return search_on_disk(
            documents, folder, self.search, policy=self.policy, memory_limit=memory_limit, progress=progress
        )


def begin_or_go_on(folder: Path, sources: Sequence[Source], asked: Mapping[str, Any]) -> None:
    """Note in a folder what its search reads and how, as JSON data, or see that it is what was read before.

    Raises ``SettingsError`` where the folder holds a search of something else, whose answer would be wrong here, and
    for standard input, of which nobody can tell whether it gives again what it gave.
    """
    note = folder / "inputs.json"
    asked = {"sources": as_seen(sources), **asked}
    if not note.exists():
        write_json(note, asked)
        return
    if any(source.path is None for source in sources):
        raise SettingsError(f"{folder} holds a search already; for standard input, give a folder of its own")
    try:
        same = json.loads(note.read_text(encoding="utf-8")) == json.loads(json.dumps(asked))
    except ValueError:
        same = False
    if not same:
        raise SettingsError(
            f"{folder} holds a search of other inputs, or of these before they changed; "
            "give another folder, or remove it"
        )


def search_on_disk(
    documents: Iterable[Document],
    folder: Path,
    search: Search,
    *,
    policy: Policy = "drop",
    memory_limit: str = "1GB",
    progress: Report | None = None,
) -> Duplicates:
    """Search documents, whose ids are all different, out of core, whatever their ids are.

    Raises ``SettingsError`` for a memory limit that says no size, and ``CleancorpusError`` where the database fails:
    the limit is too small, or the disk is full.
    """
    import duckdb

    storable = (replace(document, id=_stored(document.id or "")) for document in documents)
    try:
        found = dedup(storable, folder, search, memory_limit=memory_limit, progress=progress)
    except duckdb.OutOfMemoryException as error:
        raise CleancorpusError(
            f"{memory_limit} of memory are too little to search for near-duplicates; set a higher memory limit"
        ) from error
    except duckdb.Error as error:
        why = str(error).partition("\n")[0]
        raise CleancorpusError(f"the search for near-duplicates in {folder} broke off: {why}") from error
    return Duplicates(found, policy, keep=search.keep)


class Verdict(NamedTuple):
    """What was found in one document: flags for what is a copy, and the reason if it is to be dropped."""

    number: int
    flags: tuple[Flag, ...]
    dropped: str | None


@dataclass(frozen=True)
class Duplicates:
    """The findings of a search, read from its files as they are asked for; nothing, where none was made."""

    found: CorpusDuplicates | None = None
    policy: Policy = "mark"
    statistics: Mapping[str, Any] = field(default_factory=dict)
    keep: Keep = "longest"

    def __post_init__(self) -> None:
        if self.found is not None:
            counts = self.found.statistics.to_dict()
            for cluster in counts["largest"]:
                cluster["id"] = _unstored(cluster["id"])
            object.__setattr__(self, "statistics", counts)

    def pairs(self) -> Iterator[dict[str, Any]]:
        """Give all pairs, with the spans of both in the clean texts and in the originals."""
        for row in _rows(None if self.found is None else self.found.pairs_file):
            yield {
                "left": _unstored(row["left"]),
                "right": _unstored(row["right"]),
                **{key: row[key] for key in ("jaccard", "containment", "kind")},
                **{f"{side}_span": [row[f"{side}_start"], row[f"{side}_end"]] for side in ("left", "right")},
                **{
                    f"{side}_original": [row[f"{side}_original_start"], row[f"{side}_original_end"]]
                    for side in ("left", "right")
                },
                "decisive": row["decisive"],
            }

    def verdicts(self) -> Iterator[Verdict]:
        """Give what was found in each document that holds copies, in the order in which they were searched."""
        drops = _rows(None if self.found is None else self.found.drops_file)
        for number, rows in groupby(drops, key=lambda row: int(row["document"])):
            flags, dropped = [], None
            for row in rows:
                reason = reason_of(
                    row["kind"], row["jaccard"], row["containment"], _unstored(row["kept_id"]), "longest"
                )
                flags.append(Flag(row["original_start"], row["original_end"], SEEN_ELSEWHERE, reason, row["jaccard"]))
                if row["whole"] and self.policy == "drop" and dropped is None:
                    dropped = reason
            yield Verdict(number, tuple(sorted(flags)), dropped)


def _rows(path: Path | None) -> Iterator[dict[str, Any]]:
    """Give the rows of a Parquet file, some thousands of them in memory."""
    if path is None:
        return
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=10_000):
            yield from batch.to_pylist()


def _stored(name: str) -> str:
    return _UNSTORABLE.sub(lambda found: f"\U0010ffff{ord(found[0]):06x}", name)


def _unstored(name: str) -> str:
    return _STORED.sub(lambda found: chr(int(found[1], 16)), name)
