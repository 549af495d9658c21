"""Files as the library writes them: whole or not at all, and never outside the folder that was named."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from cleancorpus.errors import InputError
from cleancorpus.io.streams import COMPRESSIONS

# The longest name that common file systems take, in bytes.
_LONGEST_NAME = 255
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
# Made once: `json.dumps` makes one for every call that asks for something else than its defaults.
_LINES = json.JSONEncoder(ensure_ascii=False, default=str)
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


class Writable(Protocol):
    """Anything with ``write``."""

    def write(self, data: bytes, /) -> Any:
        """Write all of ``data``."""


@contextmanager
def whole_file(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Give a temporary path in the same folder, which becomes ``path`` when the block ends without an error.

    What stood at ``path`` is replaced in one step; after an error it is as it was, and nothing is left over.
    A ``durable`` file is on the disk before it gets its name, so that it is whole after a power failure too;
    for the many small files of a folder that would cost more than all the rest.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:200]}.{os.getpid()}.partial")
    try:
        yield temporary
        if durable:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def open_plain(path: Path, *, durable: bool = True) -> Iterator[Writable]:
    """Open a file for writing that appears under its name when it is complete, whatever its suffix says."""
    with whole_file(path, durable=durable) as temporary, temporary.open("wb") as file:
        yield file


@contextmanager
def open_whole(path: Path) -> Iterator[Writable]:
    """Open a file for writing that appears under its name when it is complete, packed if its suffix says so."""
    compression = COMPRESSIONS.get(path.suffix)
    if compression is None:
        with open_plain(path) as file:
            yield file
        return
    import pyarrow as pa

    # Its gzip header carries neither name nor time, so that equal content gives equal bytes.
    with whole_file(path) as temporary, pa.CompressedOutputStream(str(temporary), compression) as packed:
        yield packed


def json_line(value: Any) -> bytes:
    r"""Give one line of JSON as UTF-8; a lone surrogate is written as its escape (``\ud800``)."""
    return _LINES.encode(value).encode("utf-8", "backslashreplace") + b"\n"


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file for people and machines, whole or not at all."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    with open_whole(path) as file:
        file.write(text.encode("utf-8", "backslashreplace") + b"\n")


def unique_name(name: str, taken: set[str]) -> str:
    """Give a name that is not in ``taken``, by a number in front of its suffix if need be, and add it there."""
    unique, number = name, 1
    while unique in taken:
        number += 1
        stem, dot, suffix = name.rpartition(".")
        unique = f"{stem}~{number}.{suffix}" if dot and stem and "/" not in suffix else f"{name}~{number}"
    taken.add(unique)
    return unique


def safe_name(name: str) -> str:
    """Give a relative path made of ``name`` that cannot lead out of a folder, on any system.

    Empty parts, ``.`` and ``..`` go, and so does what a system would read as a drive, a device or a stream.
    A part that had to be changed or cut ends in a hash of what it was, so that two names stay two.
    """
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")]
    return "/".join(_safe_part(part) for part in parts) or "unnamed"


def _safe_part(part: str) -> str:
    safe = _UNSAFE.sub("_", part).rstrip(" .")
    if not safe or _RESERVED.fullmatch(safe):
        safe = f"_{safe}"
    if safe == part and len(os.fsencode(_encodable(safe))) <= _LONGEST_NAME - 60:
        return _encodable(safe)
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    stem, dot, suffix = _encodable(safe).rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = _encodable(safe), ""
    cut = os.fsencode(stem)[: _LONGEST_NAME - 100].decode("utf-8", "ignore")
    return f"{cut}~{digest}{dot and suffix and '.' + suffix}"


def _encodable(name: str) -> str:
    """Keep the surrogates by which the system writes undecodable bytes of a name, and replace all others."""
    return re.sub("[\ud800-\udc7f\udd00-\udfff]", "_", name)


def inside(folder: Path, name: str) -> Path:
    """Give the path in ``folder`` for a name out of the data.

    Raises ``InputError`` where a link in the folder would lead out of it.
    """
    path = folder / safe_name(name)
    root = folder.resolve()
    if not path.resolve().is_relative_to(root):
        raise InputError(f"{name!r} would be written outside {folder}, through a link; it is left out")
    return path


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
