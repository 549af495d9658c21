"""Byte streams to read from: hashed on the way, and unpacked."""

from __future__ import annotations

import hashlib
import io
from typing import IO, TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_PIECE = 1 << 20


class Readable(Protocol):
    """Anything with ``read(size)``."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes, none at the end."""


class HashedReader(io.RawIOBase):
    """A stream that counts and hashes all that is read through it; closing it leaves the inner one open.

    ``most`` is how many bytes are read at a time: where a packed stream breaks, those of one time are lost.
    """

    def __init__(self, inner: Readable, most: int = _PIECE) -> None:
        super().__init__()
        self._inner = inner
        self._most = most
        self._hash = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        """Say that the stream can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill ``buffer`` from the stream; give the number of bytes, 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._inner.read(min(len(view), self._most))
        view[: len(data)] = data
        self._hash.update(data)
        self.count += len(data)
        return len(data)

    def drain(self) -> None:
        """Read what is left, so that the hash covers all of it."""
        while self.read(_PIECE):
            pass

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was read so far, in hexadecimal."""
        return self._hash.hexdigest()


def unpacked(stream: io.RawIOBase, compression: str | None) -> Readable:
    """Give the content of a stream; ``compression`` is one of ``COMPRESSIONS`` or ``None``.

    Reading raises ``OSError`` where the stream is damaged or ends too early.
    """
    if compression is None:
        return cast(Readable, stream)
    import pyarrow as pa

    return cast(Readable, pa.CompressedInputStream(pa.PythonFile(cast(IO[bytes], stream), mode="r"), compression))
