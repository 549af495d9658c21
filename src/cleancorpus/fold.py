"""The folded view: text as it is compared, not as it is shown.

Two copies of one passage may differ in script, width, case, blanks and punctuation and still be the same
passage.  Folding maps them to one form by a single table over the batch, and remembers where each folded
character stood, so that what is found in the view can be reported in the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Positions, TextBatch

_CODE_SPACE = 0x110000
_REMOVED = np.uint32(0xFFFFFFFF)
# The table's part for Chinese fits the second-level cache; so must the piece of text that is looked up.
_PIECE = 1 << 15


@dataclass(frozen=True, eq=False)
class Folded:
    """A folded batch and where each of its characters came from.

    ``batch`` has as many texts as the source, and ``positions`` (``int64``) gives for each folded code
    point its position in the source batch.  Positions increase.
    """

    batch: TextBatch
    positions: Positions

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the source that the non-empty folded span ``[start, end)`` was made from."""
        if not 0 <= start < end <= len(self.positions):
            raise IndexError(f"no folded span [{start}, {end}) in {len(self.positions)} characters")
        return int(self.positions[start]), int(self.positions[end - 1]) + 1


def fold(
    batch: TextBatch,
    *,
    script: bool = True,
    width: bool = True,
    case: bool = True,
    blanks: bool = True,
    punctuation: bool = True,
) -> Folded:
    """Fold a batch to the view in which copies of one text are equal.

    ``script`` takes traditional, regional and compatibility characters to simplified ones, one by one;
    ``width`` full-width and half-width forms to ordinary ones; ``case`` capitals to small letters;
    ``punctuation`` marks that stand for one another to one of them; ``blanks`` removes blanks, line breaks
    and invisible characters.  Folding a folded batch with the same parts changes nothing.
    """
    table = fold_table(script=script, width=width, case=case, blanks=blanks, punctuation=punctuation)
    source = batch.codepoints
    folded = np.empty(len(source), dtype=np.uint32)
    removed = False
    for at in range(0, len(source), _PIECE):
        piece = folded[at : at + _PIECE]
        np.take(table, source[at : at + _PIECE], out=piece, mode="clip")
        removed = removed or (blanks and bool((piece == _REMOVED).any()))
    if not removed:
        return Folded(TextBatch(folded, batch.offsets), np.arange(len(source), dtype=np.int64))
    positions: Positions = np.flatnonzero(folded != _REMOVED)
    offsets = np.searchsorted(positions, batch.offsets)
    return Folded(TextBatch(folded[positions], offsets), positions)


@lru_cache(maxsize=8)
def fold_table(*, script: bool, width: bool, case: bool, blanks: bool, punctuation: bool) -> Codepoints:
    """Give the read-only table ``uint32[0x110000]`` from code point to folded code point.

    What ``blanks`` removes is ``0xFFFFFFFF`` there.
    """
    table = np.arange(_CODE_SPACE, dtype=np.uint32)
    # Width first: the later tables are written for ordinary forms.
    for name, wanted in (("width", width), ("t2s_chars", script), ("case", case), ("punctuation", punctuation)):
        if wanted:
            step = np.arange(_CODE_SPACE, dtype=np.uint32)
            forms, values = _read(name)
            step[forms] = values
            table = step[table]
    if blanks:
        table[_read("blanks")[0]] = _REMOVED
    table.flags.writeable = False
    return table


def _read(name: str) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Read the two columns of a table: one character, or six hexadecimal digits, in each."""
    lines = (files("cleancorpus") / "data" / "fold" / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    columns = [line.split("\t") for line in lines]
    if len(columns[0][0]) == 1:
        codes = [(ord(form), ord(value)) for form, value in columns]
    else:
        codes = [(int(form, 16), int(value, 16)) for form, value in columns]
    table = np.array(codes, dtype=np.uint32)
    return table[:, 0], table[:, 1]
