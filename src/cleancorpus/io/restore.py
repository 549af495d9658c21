"""Giving the inputs back: every file of a run, byte for byte, from the clean text and the record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from cleancorpus.document import Document
from cleancorpus.errors import CleancorpusError, RecordError
from cleancorpus.io.files import inside, open_plain, unique_name, whole_file
from cleancorpus.io.record import Recorded
from cleancorpus.io.run_folder import RunFolder
from cleancorpus.io.run_reader import read_run
from cleancorpus.io.streams import COMPRESSIONS

State = Literal["exact", "texts", "failed"]


@dataclass(frozen=True)
class Restored:
    """One file that was given back: ``exact`` to the byte, its ``texts`` alone, or ``failed``, with the reason."""

    name: str
    state: State
    reason: str = ""


# What comes back as a table, and the suffix that its file gets.
_TABLES = {"parquet": "", "warc": ".parquet"}

OnFile = Callable[[Restored], None]


def restore(run: Path, output: Path, on_file: OnFile = lambda _: None) -> list[Restored]:
    """Write every input of a run to a folder, and check each against the hash that the run noted.

    Needs ``clean.jsonl``, ``record.parquet`` and ``run.json``.  A compressed file is given back unpacked, and
    of a Parquet or WARC file the texts and ids, as Parquet.
    Raises ``RecordError`` where the run's files were changed or are lost.
    """
    folder = RunFolder(run)
    inputs = {entry["name"]: entry for entry in folder.read_summary()["inputs"]}
    done: list[Restored] = []
    taken: set[str] = set()

    def note(result: Restored) -> None:
        done.append(result)
        on_file(result)

    for name, documents in groupby(read_run(folder), key=lambda pair: pair[0].file):
        source = inputs.pop(name, None)
        if source is None:
            raise RecordError(f"{folder.record} has {name!r}, which {folder.summary} does not list or lists once only")
        try:
            path = inside(output, unique_name(_content_name(source), taken))
            note(_restore_file(source, path, documents))
        except CleancorpusError as error:
            note(Restored(name, "failed", str(error)))
    for name in inputs:
        note(Restored(name, "failed", "the record has nothing of it"))
    return done


def _content_name(source: Mapping[str, Any]) -> str:
    name = str(source["name"])
    packed = source["compression"] and name.lower().endswith(tuple(COMPRESSIONS))
    return (name.rpartition(".")[0] if packed else name) + _TABLES.get(source["format"], "")


def _restore_file(source: Mapping[str, Any], path: Path, documents: Iterator[tuple[Recorded, Document]]) -> Restored:
    if source["format"] in _TABLES:
        return _restore_table(source, path, documents)
    digest = hashlib.sha256()
    given, broken = 0, ""
    with open_plain(path, durable=False) as file:
        for record, document in documents:
            if why := _break(record):
                broken = why
                continue
            data = _bytes_of(record, document)
            file.write(data)
            digest.update(data)
            given += len(data)
        if broken and not given:
            raise RecordError(broken)
        # A file that broke off has none.
        wanted = source.get("content_sha256" if source["compression"] else "sha256")
        if wanted is not None and digest.hexdigest() != wanted:
            raise RecordError("what the record gives is not what was read; the record or the text is damaged")
    if wanted is None:
        return Restored(source["name"], "texts", f"the part that could be read is given back ({broken})")
    return Restored(source["name"], "exact")


def _break(record: Recorded) -> str:
    """Give the reason why a file could not be read on, if the record says that; else nothing."""
    failure = record.failure
    return failure.reason if failure is not None and failure.step == "read" and record.data is None else ""


def _bytes_of(record: Recorded, document: Document) -> bytes:
    """Give the bytes that a document was in its file; raises ``RecordError`` where they are not known."""
    if record.line is not None:
        return record.line
    if _break(record):
        raise RecordError(_break(record))
    if record.failure is not None and record.failure.step == "read" and record.data is not None:
        return record.data
    if record.source_sha256 is not None and record.data is None:
        raise RecordError("it is an HTML page whose source was not kept; `run --keep-source` keeps it")
    return document.raw() if record.frame is None else record.frame.line(_given_text(document))


def _given_text(document: Document) -> str:
    """Give the text that came in: of an HTML page its source."""
    return document.raw().decode("utf-8", "surrogatepass")


def _restore_table(source: Mapping[str, Any], path: Path, documents: Iterator[tuple[Recorded, Document]]) -> Restored:
    """Write ids and texts of a Parquet or WARC file; null stands where there was no text, or it is not known."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.schema([("id", pa.string()), ("text", pa.large_binary())])
    rows: list[dict[str, Any]] = []
    lost, reason = 0, ""
    with whole_file(path) as temporary, pq.ParquetWriter(temporary, columns, compression="zstd") as writer:
        for record, document in documents:
            data: bytes | None = None
            try:
                data = _bytes_of(record, document)
            except RecordError as error:
                if record.failure is None:
                    lost, reason = lost + 1, str(error)
            if record.place is not None:
                rows.append({"id": record.id, "text": data})
            if len(rows) >= 1000:
                writer.write_table(pa.Table.from_pylist(rows, schema=columns))
                rows = []
        writer.write_table(pa.Table.from_pylist(rows, schema=columns))
    told = f"of a {source['format']} file the texts and ids are given back"
    return Restored(source["name"], "texts", f"{told}, but for {lost}: {reason}" if lost else told)
