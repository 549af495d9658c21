"""A file of numbers that only grows, and of which no more counts than a transaction elsewhere has recorded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import InputError


class FlatFile:
    """Numbers of one type (``kind``, little-endian), one behind the other.

    ``count`` is how many of them count: what a killed process wrote behind them is cut off.  Raises
    ``InputError`` where the file holds fewer.
    """

    def __init__(self, path: Path, kind: str, count: int) -> None:
        self._path = path
        self._kind = np.dtype(kind)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if os.fstat(self._handle).st_size < count * self._kind.itemsize:
            os.close(self._handle)
            raise InputError(f"{path} is shorter than the search recorded")
        os.ftruncate(self._handle, count * self._kind.itemsize)
        os.lseek(self._handle, 0, os.SEEK_END)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def append(self, numbers: NDArray[Any]) -> None:
        """Write numbers behind those that are there; when this returns, they are on the disk."""
        data = memoryview(np.ascontiguousarray(numbers, dtype=self._kind).reshape(-1).data).cast("B")
        while data:
            data = data[os.write(self._handle, data) :]
        os.fsync(self._handle)

    def read(self, start: int, end: int) -> NDArray[Any]:
        """Read the numbers from ``start`` to ``end``; raises ``InputError`` where there are fewer."""
        width = self._kind.itemsize
        data = os.pread(self._handle, (end - start) * width, start * width)
        if len(data) != (end - start) * width:
            raise InputError(f"{self._path} is shorter than the search recorded")
        return np.frombuffer(data, dtype=self._kind)
