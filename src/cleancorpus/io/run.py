"""The main job: read, clean, look for near-duplicates, and write text, record, report and summary."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cleancorpus
from cleancorpus.cleaner import Cleaner, all_rules
from cleancorpus.document import Document
from cleancorpus.errors import SettingsError
from cleancorpus.io.cleaning import cleaned, ready
from cleancorpus.io.duplicates import Duplicates, DuplicateSearch, Verdict
from cleancorpus.io.entries import Entry, Keys
from cleancorpus.io.files import json_line, open_plain, sha256_of, unique_name, write_json
from cleancorpus.io.output import Row, output_row, survives_json
from cleancorpus.io.readers import Reading
from cleancorpus.io.record import Recorded
from cleancorpus.io.record_reader import from_table
from cleancorpus.io.record_table import to_table, write_record
from cleancorpus.io.run_folder import SUMMARY_VERSION, RunFolder
from cleancorpus.io.run_reader import write_report
from cleancorpus.io.sources import Format, Source, as_seen, find_sources, total_bytes
from cleancorpus.neardup.database import check_memory_limit
from cleancorpus.report.summary import Summary
from cleancorpus.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

# A part is what a run that was broken off has to do again at most: some seconds of work.
_PART_DOCUMENTS = 2000
_PART_CHARACTERS = 1 << 23
_QUOTED = 200  # characters of a passage that the summary quotes


@dataclass(frozen=True)
class Progress:
    """How far a job is: what it does, and how many of how many bytes, documents or steps are done."""

    phase: str
    documents: int
    bytes: int
    total_bytes: int | None
    steps: int = 0
    total_steps: int | None = None


OnProgress = Callable[[Progress], None]


def no_progress(_: Progress) -> None:
    """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is asked of a run: the inputs, the folder to write to, and how.

    ``inputs`` are files, folders, globs or ``-``; ``site`` is the host of documents that have no url;
    ``memory_limit`` is what the database takes that near-duplicates are searched in; the other fields are described
    where their types are.
    """

    inputs: tuple[str, ...]
    output: Path
    settings: Settings = field(default_factory=Settings)
    keys: Keys = field(default_factory=Keys)
    format: Format | None = None
    site: str | None = None
    duplicates: DuplicateSearch = field(default_factory=DuplicateSearch)
    workers: int = 1
    memory_limit: str = "1GB"

    def sources(self) -> list[Source]:
        """Give the files to read; raises ``SettingsError`` where one of them would be overwritten."""
        sources = list(find_sources(self.inputs, format=self.format, leave_out=self.output))
        outputs = {path.resolve() for path in RunFolder(self.output).outputs}
        for source in sources:
            if source.path is not None and source.path.resolve() in outputs:
                raise SettingsError(f"{source.path} is an input and would be overwritten; write to another folder")
        return sources

    def asked(self) -> dict[str, Any]:
        """Give what decides the result, as JSON data: not the workers and the memory limit, which do not."""
        files = [Path(path) for path in (*self.settings.rule_files, *filter(None, [self.settings.templates]))]
        return {
            "settings": asdict(self.settings),
            "keys": asdict(self.keys),
            "format": self.format,
            "site": self.site,
            "near_duplicates": asdict(self.duplicates),
            "rules_sha256": hashlib.sha256(repr(all_rules()).encode()).hexdigest(),
            "files": {str(path): sha256_of(path) for path in files},
        }


def run(job: Job, on_progress: OnProgress = no_progress) -> dict[str, Any]:
    """Do the job and give its summary, as it stands in ``run.json``.

    A run that was broken off goes on where it stopped when it is asked for again with the same inputs and
    settings, unless it reads standard input.  Every output is written under its name when it is whole, the summary
    last.
    Raises ``SettingsError`` for a memory limit that is no size, before anything is cleaned.
    """
    check_memory_limit(job.memory_limit)
    cleaner = ready(Cleaner(job.settings))
    folder = RunFolder(job.output)
    sources = job.sources()
    reading = Reading(sources, job.keys, job.site)
    _clean_in_parts(job, cleaner, sources, reading, folder, on_progress)
    folder.summary.unlink(missing_ok=True)
    duplicates = _find_duplicates(job, folder, on_progress)
    summary = _write_outputs(folder, duplicates, on_progress)
    told = {
        "version": SUMMARY_VERSION,
        "cleancorpus": cleancorpus.__version__,
        **job.asked(),
        "inputs": [_told_source(source, reading, summary) for source in sources],
        **summary.to_dict(),
    }
    write_report(folder, told)
    told["outputs"] = {path.name: sha256_of(path) for path in (folder.clean, folder.record, folder.duplicates)}
    write_json(folder.summary, told)
    folder.parts.remove()
    return told


# -- cleaning ---------------------------------------------------------------------------------------------------


def _clean_in_parts(
    job: Job,
    cleaner: Cleaner,
    sources: Sequence[Source],
    reading: Reading,
    folder: RunFolder,
    on_progress: OnProgress,
) -> None:
    """Clean everything that is not done yet, part by part."""
    total = total_bytes(sources)
    if any(source.path is None for source in sources):
        folder.parts.remove()  # nobody can tell whether standard input gives again what it gave
    done = folder.parts.open_for(_plan(job, sources))
    number = len(folder.parts.records())
    entries = islice(iter(reading), done, None)
    rows: list[Row] = []
    records: list[Recorded] = []
    size = 0
    for place, (entry, document) in enumerate(cleaned(entries, cleaner, job.workers), done):
        record = _recorded(place, entry, document)
        records.append(record)
        if document is not None:
            size += len(document.original)
            if record.outcome == "kept":
                rows.append(output_row(entry, document))
        if len(records) >= _PART_DOCUMENTS or size >= _PART_CHARACTERS:
            folder.parts.add(number, rows, records)
            number, size = number + 1, 0
            rows, records = [], []
        on_progress(Progress("cleaning", place + 1, reading.bytes_read, total))
    if records:
        folder.parts.add(number, rows, records)


def _plan(job: Job, sources: Sequence[Source]) -> dict[str, Any]:
    """Say what the run is, so that parts of another are not taken for its own."""
    return {"version": cleancorpus.__version__, "sources": as_seen(sources), "asked": job.asked()}


def _recorded(number: int, entry: Entry, document: Document | None) -> Recorded:
    known: dict[str, Any] = {"number": number, "id": entry.id, "file": entry.source.name, "place": entry.place}
    if document is None:
        data = entry.data.encode("utf-8", "surrogatepass") if isinstance(entry.data, str) else entry.data
        return Recorded(**known, outcome="failed", data=data, failure=entry.failure)
    record = Recorded.of(document, **known, frame=entry.frame, line=entry.line)
    if document.failure is not None:
        return replace(record, outcome="failed", text=document.text)
    return record if survives_json(document.text) else replace(record, text=document.text)


# -- near-duplicates --------------------------------------------------------------------------------------------


def _find_duplicates(job: Job, folder: RunFolder, on_progress: OnProgress) -> Duplicates:
    """Search the clean texts; what is searched and found lies beside the parts, and goes with them."""
    if job.duplicates.policy == "ignore":
        return Duplicates()

    def progress(stage: str, done: int, total: int | None) -> None:
        if total is None:
            on_progress(Progress(_DUPLICATE_PHASES[stage], done, 0, None))
        else:
            on_progress(Progress(_DUPLICATE_PHASES[stage], 0, 0, None, done, total))

    place = folder.parts.path / "duplicates"
    documents = _kept_documents(folder)
    return job.duplicates.find(documents, place, memory_limit=job.memory_limit, progress=progress)


_DUPLICATE_PHASES = {
    "read": "near-duplicates: signing",
    "containment": "near-duplicates: texts in texts",
    "bands": "near-duplicates: bands",
    "verify": "near-duplicates: verifying",
    "pairs": "near-duplicates: pairs",
    "drops": "near-duplicates: copies",
}


def _kept_documents(folder: RunFolder) -> Iterator[Document]:
    """Give the clean documents, each called by a name of its own, without their originals: places in these follow
    from the history alone, and to put each text back together takes as long as to search it.
    """
    taken: set[str] = set()
    for table, rows in folder.parts.read():
        for record, row in zip(_kept(table), rows, strict=True):
            yield Document(
                original="",
                text=row["text"] if record.text is None else record.text,
                id=unique_name(record.id, taken),
                url=record.url,
                fields=record.fields,
                history=tuple(layer.layer() for layer in record.layers),
                flags=record.flags,
            )


def _kept(table: pa.Table) -> Iterator[Recorded]:
    return (record for record in from_table(table) if record.outcome == "kept")


def _told_source(source: Source, reading: Reading, summary: Summary) -> dict[str, Any]:
    digest = reading.digests.get(source.name)
    return {
        "name": source.name,
        "path": source.place,
        "format": source.format,
        "compression": source.compression,
        **({"bytes": None, "sha256": None} if digest is None else asdict(digest)),
        **summary.of_file(source.name),
    }


# -- outputs ----------------------------------------------------------------------------------------------------


def _write_outputs(folder: RunFolder, duplicates: Duplicates, on_progress: OnProgress) -> Summary:
    """Join the parts to the outputs, with what was found about near-duplicates; give the counts."""
    judge = _Judge(duplicates)
    summary = Summary(judge.statistics)
    with open_plain(folder.duplicates) as file:
        for pair in duplicates.pairs():
            file.write(json_line(pair))
    with open_plain(folder.clean) as file:

        def joined() -> Iterator[pa.Table]:
            for table, rows in folder.parts.read():
                records, kept = judge.part(list(from_table(table)), rows)
                for row in kept:
                    file.write(json_line(row))
                for record, given in records:
                    document = record.document("" if given is None else given["text"])
                    summary.add(document, **record.told())
                on_progress(Progress("writing", summary.documents, 0, None))
                dropped = any(record.outcome == "dropped" for record, _ in records)
                yield to_table([record for record, _ in records]) if dropped else table

        write_record(folder.record, joined())
    return summary


class _Judge:
    """Goes through a run's documents in order, and lets each have what was found about it."""

    def __init__(self, duplicates: Duplicates) -> None:
        self.statistics = duplicates.statistics
        self._copied: dict[int, list[dict[str, Any]]] = {}
        for cluster in self.statistics.get("largest", ()):
            self._copied.setdefault(cluster["item"], []).append(cluster)
        self._verdicts = duplicates.verdicts()
        self._next = next(self._verdicts, None)
        self._searched = 0

    def part(
        self, records: Sequence[Recorded], rows: Sequence[Row]
    ) -> tuple[list[tuple[Recorded, Row | None]], list[Row]]:
        """Give every record with its row, and the rows that are kept, flagged where they are copies."""
        waiting = iter(rows)
        judged: list[tuple[Recorded, Row | None]] = []
        kept: list[Row] = []
        for record in records:
            if record.outcome != "kept":
                judged.append((record, None))
                continue
            row = next(waiting)
            self._quote(row["text"] if record.text is None else record.text)
            verdict = self._verdict()
            if verdict is not None and verdict.dropped is not None:
                text = row["text"] if record.text is None else record.text
                judged.append((replace(record, outcome="dropped", reason=verdict.dropped, text=text), row))
                continue
            row["flags"] += [flag._asdict() for flag in (() if verdict is None else verdict.flags)]
            judged.append((record, row))
            kept.append(row)
        return judged, kept

    def _quote(self, text: str) -> None:
        """Note how the passages begin that were copied most, where this document holds the one that is kept."""
        for cluster in self._copied.get(self._searched, ()):
            start, end = cluster["span"]
            cluster["text"] = text[start : min(end, start + _QUOTED)]

    def _verdict(self) -> Verdict | None:
        """Give what was found about the next of the documents that were searched."""
        number, found = self._searched, self._next
        self._searched += 1
        if found is None or found.number != number:
            return None
        self._next = next(self._verdicts, None)
        return found
