"""Private-use characters that have standard code points by now; changed only where that is asked for.

A character that an older standard put into the private use area carries the bytes it came from, so that this is
to be done behind every repair that goes back to the bytes.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import tables
from cleancorpus.text import Codepoints, decode_codepoints, encode_codepoints

Origin = Literal["gb18030", "big5"]
_FIRST, _LAST = 0xE000, 0xF8FF

# First and last lead byte of a block of user-defined Big5 codes, the first code point that Windows code page 950
# gives it, and the characters left out at its beginning (C6A1 is where the third block begins).
_BIG5_BLOCKS = ((0xFA, 0xFE, 0xE000, 0), (0x8E, 0xA0, 0xE311, 0), (0x81, 0x8D, 0xEEB8, 0), (0xC6, 0xC8, 0xF6B1, 63))
_BIG5_TRAILS = np.array([*range(0x40, 0x7F), *range(0xA1, 0xFF)])


def standardize_private_use(text: str, origin: Origin) -> tuple[str, int]:
    """Give the text with standard characters for private-use ones, and how many were changed.

    ``origin`` says whose private use it is, since GB 18030 and HKSCS (``big5``) fill the same code points:
    ``gb18030`` knows the 25 codes that GB 18030-2005 and GB 18030-2022 moved, ``big5`` the characters of HKSCS-2008
    where code page 950 puts user-defined ones.
    """
    codepoints = encode_codepoints(text)
    standard = standard_codepoints(codepoints, origin)
    changed = int((standard != codepoints).sum())
    return (decode_codepoints(standard), changed) if changed else (text, 0)


def standard_codepoints(codepoints: Codepoints, origin: Origin) -> Codepoints:
    """Give the code points with the private-use ones standardised, ``uint32[N]``; see ``standardize_private_use``."""
    private = (codepoints >= _FIRST) & (codepoints <= _LAST)
    standard = codepoints.copy()
    standard[private] = _table(origin)[codepoints[private] - _FIRST]
    return standard


@cache
def _table(origin: Origin) -> NDArray[np.uint32]:
    """Give the standard code point of each private-use one, itself where there is none: ``uint32[6400]``."""
    table = np.arange(_FIRST, _LAST + 1, dtype=np.uint32)
    if origin == "gb18030":
        for private, standard in tables.rows("gb18030-private-use.tsv"):
            table[int(private, 16) - _FIRST] = ord(standard)
    else:
        for first, last, start, left_out in _BIG5_BLOCKS:
            codes = (np.arange(first, last + 1)[:, np.newaxis] << 8) + _BIG5_TRAILS
            found = tables.big5_table()[codes.ravel()[left_out:]]
            places = start - _FIRST + np.arange(len(found))
            known = (found != tables.UNASSIGNED) & (found < tables.FIRST_PAIR)
            table[places[known]] = found[known]
    table.flags.writeable = False
    return table
