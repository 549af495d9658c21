"""The array pass: one table gives every character its classes, and all else looks only where one is set."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.mojibake import lossy

Classes = NDArray[np.uint16]

MARK = 1 << 0  # what stands for a lost byte: ? U+FFFD
OPEN = 1 << 1  # an opening bracket
BOX = 1 << 2  # what stands for a lost character, beside marks
FILLER = 1 << 3  # characters that bytes without meaning are read as


@lru_cache(maxsize=1)
def class_table() -> Classes:
    """Give the classes of every code point, ``uint16[0x110000]``."""
    table = np.zeros(0x110000, dtype=np.uint16)
    table[[0x3F, 0xFFFD]] |= MARK
    table[[0x28, 0xFF08]] |= OPEN
    table[0x25A1] |= BOX
    table[list(lossy.NOMINATED)] |= FILLER
    return table


def classes_of(points: NDArray[np.uint32]) -> Classes:
    """Give the classes of each character of a batch."""
    return class_table().take(points, mode="clip")
