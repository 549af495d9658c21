"""WARC and WET files: one entry a page, its url, date and declared charset beside it.

A record that cannot be read comes out with its offset, and reading goes on at the next one that can.
"""

from __future__ import annotations

import gzip
import io
import mmap
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cleancorpus.document import Failure
from cleancorpus.errors import MissingDependency
from cleancorpus.io.entries import Entry
from cleancorpus.io.sources import Source

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

# No page is as long; a body that unpacks to more would take the memory of the whole job.
MOST_BYTES = 1 << 28

_NAME = b"WARC/"
_BLANK_LINE = b"\r\n\r\n"
_PLAIN_MARK = _BLANK_LINE + _NAME
_GZIP_MARK = b"\x1f\x8b\x08"
_BEGINNING = 1024  # bytes in which a packed record shows what it is


@dataclass(frozen=True)
class Block:
    """A record's headers and its block as stored; ``whole`` says that no byte of it is missing."""

    offset: int
    record: WarcRecord
    data: bytes
    whole: bool


@dataclass(frozen=True)
class Damage:
    """A stretch of bytes in which no record can be read, and why."""

    start: int
    end: int
    reason: str


def read_warc(source: Source) -> Iterator[Entry]:
    """Give every page of a WARC or WET file: ``response`` records of HTTP and ``conversion`` records.

    Redirects and records of other types hold no page and are passed over.  ``place`` is the record's offset
    in the file as it is (of a packed one: in the packed file), in bytes from 0.
    Raises ``MissingDependency`` without fastwarc, and ``OSError`` where the file cannot be opened.
    """
    if source.path is None or source.compression not in (None, "gzip"):
        yield Entry(source, source.name, None, failure=_failure(source, "WARC is read from a plain file or .gz only"))
        return
    count = 0
    for found in _blocks(source.path, packed=source.compression == "gzip"):
        count += 1
        if isinstance(found, Damage):
            stretch = f"bytes {found.start} to {found.end}: no record can be read ({found.reason})"
            yield Entry(source, source.name, None, failure=_failure(source, stretch))
        elif not found.whole:
            yield _entry(source, found, found.data, "the record ends too early")
        elif _is_page(found.record):
            yield _page(source, found)
    if not count:
        yield Entry(source, source.name, None, failure=_failure(source, "there is no record in it"))


def _failure(source: Source, why: str) -> Failure:
    return Failure("read", f"{source.place}: {why}")


# -- records ------------------------------------------------------------------------------------------------------


def _is_page(record: WarcRecord) -> bool:
    from fastwarc.warc import WarcRecordType

    if record.record_type == WarcRecordType.conversion:
        return True
    if record.record_type != WarcRecordType.response or not record.is_http:
        return False
    return not 300 <= (record.http_headers.status_code or 0) < 400


def _page(source: Source, block: Block) -> Entry:
    try:
        body = _unpacked(block)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        return _entry(source, block, block.data, f"the body cannot be unpacked: {error}")
    return _entry(source, block, body, "" if body else "the body is empty")


def _entry(source: Source, block: Block, data: bytes, why: str) -> Entry:
    headers = block.record.headers
    url, date = headers.get("WARC-Target-URI"), headers.get("WARC-Date")
    name = (block.record.record_id or "").strip("<>") or url or f"{source.name}#{block.offset}"
    fields = {key: value for key, value in (("url", url and url.strip("<>")), ("date", date)) if value}
    failure = Failure("read", f"{source.place}:{block.offset}: {why}") if why else None
    return Entry(source, name, data, block.offset, fields, failure=failure, declared=_charset(block.record))


def _charset(record: WarcRecord) -> str | None:
    """Give the charset that HTTP declared, or of a converted text what its record says."""
    headers = record.http_headers if record.is_http_parsed else record.headers
    message = Message()
    message["Content-Type"] = headers.get("Content-Type") or ""
    return message.get_content_charset()


def _unpacked(block: Block) -> bytes:
    """Undo the codings of HTTP; a crawler that did so and left the headers as they were is not believed."""
    data = block.data
    if not block.record.is_http_parsed:
        return data
    for reader in _readers(block.record):
        stream = reader(io.BytesIO(data))
        try:
            first = stream.read(1)
        except OSError:
            continue
        if first:
            data = first + stream.read(MOST_BYTES)
            if len(data) > MOST_BYTES:
                raise ValueError(f"it is longer than {MOST_BYTES} bytes")
    return data


def _readers(record: WarcRecord) -> list[Callable[[IO[bytes]], Any]]:
    """Give what undoes the codings of a body, in the order in which they are undone."""
    from fastwarc import stream_io

    known: dict[str, Callable[[IO[bytes]], Any]] = {
        "chunked": stream_io.ChunkedReader,
        # Python's own says where a stream breaks off.
        "gzip": gzip.open,
        "x-gzip": gzip.open,
        "deflate": partial(stream_io.GzipReader, zlib=True),
        "br": stream_io.BrotliReader,
        "zstd": stream_io.ZstdReader,
    }
    headers = record.http_headers
    named = [name for key in ("Content-Encoding", "Transfer-Encoding") for name in (headers.get(key) or "").split(",")]
    return [known[name] for name in (name.strip().lower() for name in reversed(named)) if name in known]


# -- going on behind damage ---------------------------------------------------------------------------------------


def _blocks(path: Path, *, packed: bool) -> Iterator[Block | Damage]:
    """Give every record that can be read, and between them the stretches that cannot."""
    seen = -1
    start: int | None = 0
    broken: OSError | None = None
    while start is not None:
        try:
            for block in _blocks_from(path, start):
                if broken is not None:
                    yield _damage(path, seen, block.offset, broken, packed)
                    broken = None
                seen = block.offset
                yield block
            if not packed:
                break
        except OSError as error:
            broken = broken or error
        start = _next_record(path, max(seen, start) + 1, packed)
        if start is not None and broken is None:
            # A packed file that ends within a record ends without an error.
            broken = OSError("the file ends too early")
    if broken is not None:
        yield _damage(path, seen, path.stat().st_size, broken, packed)


def _blocks_from(path: Path, start: int) -> Iterator[Block]:
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        raise MissingDependency("reading WARC takes fastwarc: pip install 'cleancorpus[warc]'") from error

    with path.open("rb") as file:
        file.seek(start)
        for record in ArchiveIterator(file):
            length = record.content_length
            data = record.reader.read()
            # Where a file ends within a header, the lines up to there are given as if they were all.
            whole = bool(record.headers.get("Content-Length")) and len(data) == length
            yield Block(record.stream_pos, record, data, whole)


def _damage(path: Path, seen: int, end: int, error: OSError, packed: bool) -> Damage:
    """Say between which records the damage is; of a record whose mark still stands, where that is."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        mark = next((at for at in _marks(data, seen + 1, packed) if at < end), seen + 1)
    return Damage(mark, end, str(error))


def _next_record(path: Path, start: int, packed: bool) -> int | None:
    """Give the offset at or behind ``start`` where the next record seems to begin."""
    if start >= path.stat().st_size:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        marks = _marks(data, start, packed)
        return next((at for at in marks if not packed or _holds_record(data[at : at + _BEGINNING])), None)


def _marks(data: mmap.mmap, start: int, packed: bool) -> Iterator[int]:
    """Give the offsets from ``start`` on at which a record's mark stands."""
    mark, before = (_GZIP_MARK, 0) if packed else (_PLAIN_MARK, len(_BLANK_LINE))
    at = data.find(mark, max(start - before, 0))
    while at >= 0:
        yield at + before
        at = data.find(mark, at + 1)


def _holds_record(packed: bytes) -> bool:
    """Say whether these bytes unpack to the beginning of a record, as far as they go."""
    try:
        begin = zlib.decompressobj(wbits=31).decompress(packed, len(_NAME))
    except zlib.error:
        return False
    return _NAME.startswith(begin) if len(packed) < _BEGINNING else begin == _NAME
