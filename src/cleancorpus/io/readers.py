"""Reading: files in, documents out, one at a time; whatever cannot be read comes out with the reason."""

from __future__ import annotations

import io
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, cast

from cleancorpus.document import Failure
from cleancorpus.errors import InputWarning, MissingDependency
from cleancorpus.io.entries import Entry, Frame, Keys
from cleancorpus.io.files import sha256_of
from cleancorpus.io.sources import Source
from cleancorpus.io.streams import HashedReader, Readable, unpacked
from cleancorpus.io.warc import read_warc

_BUFFER = 1 << 18
# Of a packed file that breaks off, less than this is lost before the break.
_SALVAGE = 1 << 14
_ROWS = 256  # rows of a Parquet file that are held at a time
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Digest:
    """Size in bytes and SHA-256 of a file as it is, and of its content where it is compressed."""

    bytes: int
    sha256: str
    content_sha256: str | None = None


class Reading:
    """Reads sources one after the other, lazily, and notes size and SHA-256 of each that was read to its end.

    Iterating gives an ``Entry`` for every document and for everything that is none; ``digests`` fills while it
    goes on.  A source that cannot be read, or only in part, gives an entry with ``failure``; the rest is read.
    ``site`` is the host of documents that have no url.
    """

    def __init__(self, sources: Iterable[Source], keys: Keys | None = None, site: str | None = None) -> None:
        self._sources = sources
        self._keys = keys or Keys()
        self._site = site
        self._finished_bytes = 0
        self._packed: HashedReader | None = None
        self.digests: dict[str, Digest] = {}

    @property
    def bytes_read(self) -> int:
        """How many bytes were read so far; a Parquet or WARC file counts when it is done."""
        return self._finished_bytes + (self._packed.count if self._packed is not None else 0)

    def __iter__(self) -> Iterator[Entry]:
        for source in self._sources:
            yield from self.read(source)

    def read(self, source: Source) -> Iterator[Entry]:
        """Read one source."""
        if source.failure is not None:
            yield Entry(source, source.name, None, failure=source.failure)
            return
        place = 0
        try:
            for entry in self._entries(source):
                place = entry.place or 0
                yield entry if self._site is None else replace(entry, site=self._site)
        except OSError as error:
            # An error that the system did not raise comes from unpacking.
            why = error.strerror or f"it is damaged, or no {source.compression} data ({error})"
            yield _broken(source, place, why.lower())
        except MissingDependency as error:
            yield _broken(source, place, str(error))

    def _entries(self, source: Source) -> Iterator[Entry]:
        if source.format == "parquet":
            yield from self._read_parquet(source)
            return
        if source.format == "warc":
            yield from self._read_warc(source)
            return
        read: Callable[[Source, Readable, Keys], Iterator[Entry]]
        read = _read_lines if source.format == "jsonl" else _read_text
        if source.path is None and sys.stdin is None:
            yield _broken(source, 0, "it is closed")
            return
        with nullcontext(sys.stdin.buffer) if source.path is None else source.path.open("rb") as stream:
            self._packed = packed = HashedReader(stream)
            content = HashedReader(unpacked(packed, source.compression), _SALVAGE if source.compression else _BUFFER)
            yield from read(source, content, self._keys)
            packed.drain()
        sha256 = content.sha256 if source.compression else None
        self._note(source, Digest(packed.count, packed.sha256, sha256))

    def _read_parquet(self, source: Source) -> Iterator[Entry]:
        if source.path is None or source.compression is not None:
            yield _broken(source, 0, "Parquet is read from a plain file only; unpack it first")
            return
        yield from _read_rows(source, self._keys)
        self._note(source, Digest(source.path.stat().st_size, sha256_of(source.path)))

    def _read_warc(self, source: Source) -> Iterator[Entry]:
        yield from read_warc(source)
        if source.path is not None:
            self._note(source, Digest(source.path.stat().st_size, sha256_of(source.path)))

    def _note(self, source: Source, digest: Digest) -> None:
        self.digests[source.name] = digest
        self._packed = None
        self._finished_bytes += digest.bytes


def _broken(source: Source, place: int, why: str) -> Entry:
    """Give the entry that says that a source cannot be read on; ``place`` is where the last document stood."""
    where = source.place if place == 0 else f"{source.place}: after line {place}"
    return Entry(source, source.name, None, failure=Failure("read", f"{where}: {why}"))


def _failed(entry: Entry, why: str) -> Entry:
    return replace(entry, failure=Failure("read", f"{entry.where}: {why}"))


# -- text -------------------------------------------------------------------------------------------------------


def _read_text(source: Source, stream: Readable, _: Keys) -> Iterator[Entry]:
    """Read a file that is one document."""
    data = cast(HashedReader, stream).readall()
    if source.guessed and _begins_with_row(data):
        hint = "the first line is a JSON object, and all is read as one text; for rows, say --format jsonl"
        warnings.warn(f"{source.place}: {hint}", InputWarning, stacklevel=2)
    entry = Entry(source, source.name, data)
    yield entry if data else _failed(entry, "the file is empty")


def _begins_with_row(data: bytes) -> bool:
    if not data.startswith((b"{", _BOM + b"{")):
        return False
    try:
        return isinstance(json.loads(data.partition(b"\n")[0].removeprefix(_BOM)), dict)
    except (ValueError, RecursionError):
        return False


# -- JSON Lines -------------------------------------------------------------------------------------------------


def _read_lines(source: Source, stream: Readable, keys: Keys) -> Iterator[Entry]:
    """Read one document a line; blank lines belong to the line before them, the first ones to the first."""
    empty = True
    for number, before, line, after in _filled_lines(io.BufferedReader(cast(HashedReader, stream), _BUFFER)):
        empty = False
        entry = _read_line(source, number, line, keys)
        if entry.frame is not None:
            frame = replace(entry.frame, before=before + entry.frame.before, after=entry.frame.after + after)
            yield replace(entry, frame=frame)
        elif entry.failure is not None:
            yield replace(entry, data=before + line + after)
        else:
            yield replace(entry, line=before + line + after)
    if empty:
        yield _failed(Entry(source, source.name, b""), "there is no line in it")


def _filled_lines(stream: io.BufferedReader) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """Give number, blank lines before, line, and blank lines behind, for every line that is not blank.

    Where the stream breaks, the last whole line is given before the error is raised.
    """
    before, after = bytearray(), bytearray()
    held: tuple[int, bytes] | None = None
    broken: OSError | None = None
    for number, line in enumerate(_lines_until_broken(stream), 1):
        if isinstance(line, OSError):
            broken = line
        elif not line.strip() or line.strip() == _BOM:
            (before if held is None else after).extend(line)
        else:
            if held is not None:
                yield held[0], bytes(before), held[1], bytes(after)
                before, after = bytearray(), bytearray()
            held = number, line
    if held is not None:
        yield held[0], bytes(before), held[1], bytes(after)
    if broken is not None:
        raise broken


def _lines_until_broken(stream: io.BufferedReader) -> Iterator[bytes | OSError]:
    try:
        yield from stream
    except OSError as error:
        yield error


def _read_line(source: Source, number: int, line: bytes, keys: Keys) -> Entry:
    entry = Entry(source, f"{source.name}#{number}", line, number)
    try:
        row = json.loads(line.removeprefix(_BOM).decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        return _failed(entry, f"the line is not UTF-8 at byte {error.start + 1}")
    except json.JSONDecodeError as error:
        # Some of the parser's messages end with the "at" of the place that it would add.
        return _failed(entry, f"the line is not JSON: {error.msg.removesuffix(' at')} at character {error.colno}")
    except (ValueError, RecursionError) as error:
        return _failed(entry, f"the line is not JSON that can be read: {error}")
    if not isinstance(row, dict):
        return _failed(entry, "the line is JSON, but not an object with keys")
    entry = _read_row(entry, row, keys)
    if entry.failure is not None or not isinstance(entry.data, str):
        return entry
    return replace(entry, frame=Frame.around(entry.data, line))


def _no_number(_: str) -> None:
    """Read ``NaN`` and ``Infinity``, which are not JSON, as null."""


def _read_row(entry: Entry, row: dict[str, Any], keys: Keys) -> Entry:
    """Take text and id out of a row; the rest becomes the entry's fields."""
    id_key = keys.id_key(row)
    if id_key is not None:
        entry = replace(entry, id=str(row[id_key]))
    text_key = keys.text_key(row)
    if text_key is None:
        return _failed(entry, keys.missing_in(row))
    text = row[text_key]
    if not isinstance(text, str | bytes):
        what = "null" if text is None else f"no text but {type(text).__name__}"
        return _failed(entry, f"{text_key!r} is {what}")
    fields = {key: value for key, value in row.items() if key not in (text_key, id_key)}
    return replace(entry, data=text, fields=fields)


# -- Parquet ----------------------------------------------------------------------------------------------------


def _read_rows(source: Source, keys: Keys) -> Iterator[Entry]:
    """Read one document a row of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(source.path) as file:
            names = file.schema_arrow.names
            if keys.text_key(dict.fromkeys(names)) is None:
                yield _broken(source, 0, keys.missing_in(names))
                return
            for batch in file.iter_batches(batch_size=_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield _read_row(Entry(source, f"{source.name}#{number}", None, number), row, keys)
            if number == 0:
                yield _broken(source, 0, "there is no row in it")
    except (pa.ArrowException, UnicodeDecodeError) as error:
        yield _broken(source, number, f"it cannot be read as Parquet: {error}")
