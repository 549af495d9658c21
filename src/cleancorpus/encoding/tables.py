"""The code tables of the double-byte encodings, as arrays indexed by the two bytes of a code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import encode_codepoints

UNASSIGNED = 0xFFFD
# Values from here on stand for a pair of code points; the offset indexes ``PAIRS``.
FIRST_PAIR = 0x110000
# The four codes of HKSCS that are a letter with a combining mark (Encoding Standard, Big5 decoder, step 3).
PAIRS = ("\u00ca\u0304", "\u00ca\u030c", "\u00ea\u0304", "\u00ea\u030c")
_BIG5_PAIR_CODES = (0x8862, 0x8864, 0x88A3, 0x88A5)

CodeTable = NDArray[np.uint32]


def rows(name: str) -> Iterator[list[str]]:
    """Read a generated table of ``data/encoding`` row by row; its comment line is left out."""
    source = files("cleancorpus").joinpath("data", "encoding", name).read_text("utf-8")
    for line in source.split("\n"):
        if line and not line.startswith("#"):
            yield line.split("\t")


def _frozen(table: CodeTable) -> CodeTable:
    table.flags.writeable = False
    return table


@cache
def gb18030_table() -> CodeTable:
    """Give the two-byte part of GB 18030: ``uint32[65536]``, U+FFFD where no code is assigned.

    It is read out of CPython's codec, so that both ways to decode agree.
    """
    table = np.full(65536, UNASSIGNED, dtype=np.uint32)
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    codes = [lead << 8 | trail for lead in range(0x81, 0xFF) for trail in trails]
    data = np.array(codes, dtype=">u2").tobytes()
    table[codes] = encode_codepoints(data.decode("gb18030"))
    return _frozen(table)


@cache
def big5_table() -> CodeTable:
    """Give Big5 with the ETEN extensions and HKSCS-2008: ``uint32[65536]``, U+FFFD where unassigned."""
    table = np.full(65536, UNASSIGNED, dtype=np.uint32)
    trails = np.array([*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    for lead, row in rows("big5.tsv"):
        table[(int(lead, 16) << 8) + trails] = encode_codepoints(row)
    table[list(_BIG5_PAIR_CODES)] = FIRST_PAIR + np.arange(len(PAIRS))
    return _frozen(table)


@cache
def euc_tw_planes() -> NDArray[np.uint32]:
    """Give CNS 11643 as ``uint32[16, 65536]``: plane number less one, then the two EUC bytes of the cell."""
    planes = np.full((16, 65536), UNASSIGNED, dtype=np.uint32)
    cells = np.arange(0xA1, 0xFF)
    for place, row in rows("euc-tw.tsv"):
        plane, number = map(int, place.split("."))
        planes[plane - 1, ((0xA0 + number) << 8) + cells] = encode_codepoints(row)
    return _frozen(planes)


# Of these the Encoding Standard writes the last code, of all others the first (Big5 encoder, index Big5 pointer).
_LAST_CODE_WRITTEN = "═╞╡╪十卅"
_FIRST_STANDARD_CODE = 0xA140  # the codes below are those of HKSCS, some of them second ones


@cache
def reverse(name: str) -> NDArray[np.uint32]:
    """Give the code to write for each code point in ``big5`` or ``euc-tw``: ``uint32[0x30000]``, 0 where none.

    An EUC-TW code outside plane 1 carries its plane, less one, in the third byte.
    """
    codes = np.zeros(0x30000, dtype=np.uint32)
    planes = big5_table()[np.newaxis] if name == "big5" else euc_tw_planes()
    for plane, table in reversed(list(enumerate(planes))):
        assigned = np.flatnonzero((table != UNASSIGNED) & (table < FIRST_PAIR))
        for part in (assigned[assigned < _FIRST_STANDARD_CODE], assigned[assigned >= _FIRST_STANDARD_CODE]):
            codes[table[part[::-1]]] = part[::-1] | plane << 16
    if name == "big5":
        last = np.flatnonzero(np.isin(big5_table(), encode_codepoints(_LAST_CODE_WRITTEN)))
        codes[big5_table()[last]] = last
    return _frozen(codes)
