"""The view in which texts are compared: what does not make a text another text is folded away.

The base comes from ``cleancorpus.fold`` (script, width, case, blanks by one table).  ``punctuation`` goes
further than there: marks are left out, since who sets them anew sets another number of them.  Two parts stand
on that, against rewriters: ``spun`` takes a synonym that text spinners put in for the word that it
stands for (``data/fold/spun_pairs.tsv``), and ``numbers`` makes every number one digit, since spinners put a
year in place of a number, also inside a longer one.  The view never reaches the output.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.fold import fold_table
from cleancorpus.neardup.spun_words import SpunWords
from cleancorpus.text import Codepoints, Positions, TextBatch, flat_ranges

_TABLE_PARTS = ("script", "width", "case", "blanks")
FOLD_PARTS: frozenset[str] = frozenset({*_TABLE_PARTS, "punctuation", "spun", "numbers"})

_DIGIT = 0x30
_LEFT_OUT = np.uint32(0xFFFFFFFF)
_PIECE = 1 << 15  # characters looked up at a time: they and the table's part for Chinese stay in the cache
_PLANE = 0x10000  # no mark lies above the basic plane


@dataclass(frozen=True)
class Base:
    """A batch without what ``cleancorpus.fold`` folds: ``positions`` (``int64[N]``) lead back to the source."""

    batch: TextBatch
    positions: Positions


def check_parts(parts: Collection[str]) -> frozenset[str]:
    """Give the parts as a set; raises ``SettingsError`` where one is not known."""
    unknown = sorted(set(parts) - FOLD_PARTS)
    if unknown:
        raise SettingsError(f"no such part of the fold: {', '.join(unknown)}; known: {', '.join(sorted(FOLD_PARTS))}")
    return frozenset(parts)


def base_view(batch: TextBatch, parts: frozenset[str] = FOLD_PARTS) -> Base:
    """Fold script, width, punctuation, case and blanks, as far as ``parts`` says."""
    if not parts & {*_TABLE_PARTS, "punctuation"}:
        return Base(batch, np.arange(len(batch.codepoints), dtype=np.int64))
    table, source = _table(parts), batch.codepoints
    folded = np.empty(len(source), dtype=np.uint32)
    for at in range(0, len(source), _PIECE):
        np.take(table, source[at : at + _PIECE], out=folded[at : at + _PIECE], mode="clip")
    kept = np.flatnonzero(folded != _LEFT_OUT)
    return Base(TextBatch(folded[kept], np.searchsorted(kept, batch.offsets)), kept)


@lru_cache(maxsize=16)
def _table(parts: frozenset[str]) -> Codepoints:
    """Give what each code point becomes, ``_LEFT_OUT`` where it goes: marks, and what the shared table removes."""
    table = fold_table(punctuation=False, **{part: part in parts for part in _TABLE_PARTS}).copy()
    if "punctuation" in parts:
        marks = np.array([unicodedata.category(chr(code))[0] == "P" for code in range(_PLANE)])
        there = table < _PLANE
        table[there] = np.where(marks[table[there]], _LEFT_OUT, table[there])
    table.flags.writeable = False
    return table


@dataclass(frozen=True)
class Rewritten:
    """A folded batch without spun words and numbers.

    ``positions`` (``int64[N]``) lead back to the folded batch, and ``spun`` (``int64``) are the places there at
    which spun words begin.
    """

    batch: TextBatch
    positions: Positions
    spun: Positions


def rewritten(view: TextBatch, parts: frozenset[str] = FOLD_PARTS) -> Rewritten:
    """Take spun words and numbers out of a folded batch, text by text, as far as ``parts`` says."""
    words = spun_words("script" in parts) if "spun" in parts else SpunWords({})
    return rewrite(view, words, numbers="numbers" in parts)


def rewrite(view: TextBatch, words: SpunWords, *, numbers: bool) -> Rewritten:
    """Put the root of each word in its place, and one digit in that of each number."""
    start, word = words.find(view)
    points = view.codepoints.copy()
    for step in range(int(words.root_lengths[word].max(initial=0))):
        long = words.root_lengths[word] > step
        points[start[long] + step] = words.root_points[word[long], step]
    gone = [flat_ranges(start + words.root_lengths[word], (words.lengths - words.root_lengths)[word])]
    if numbers:
        digits = np.flatnonzero((view.codepoints - np.uint32(_DIGIT)) < 10)
        opens = _opens_number(digits, view.offsets)
        points[digits[opens]] = _DIGIT
        gone.append(digits[~opens])
    if not any(map(len, gone)):
        return Rewritten(TextBatch(points, view.offsets), np.arange(len(points), dtype=np.int64), start)
    stays = np.ones(len(points), dtype=bool)
    stays[np.concatenate(gone)] = False
    kept = np.flatnonzero(stays)
    return Rewritten(TextBatch(points[kept], np.searchsorted(kept, view.offsets)), kept, start)


def _opens_number(digits: Positions, offsets: Positions) -> NDArray[np.bool_]:
    """Say which of the digits, given by place, are the first of their number: numbers end where texts do."""
    opens = np.ones(len(digits), dtype=bool)
    opens[1:] = digits[1:] != digits[:-1] + 1
    slot = np.searchsorted(digits, offsets[:-1])
    slot = slot[slot < len(digits)]
    opens[slot] = True
    return opens


@cache
def spun_words(simplified: bool) -> SpunWords:
    """Load the table of spun words, in the form that the base view gives them."""
    source = resources.files("cleancorpus").joinpath("data/fold/spun_pairs.tsv")
    table = source.read_text("utf-8")
    rows = [line.split("\t")[:2] for line in table.splitlines() if line and not line.startswith("#")]
    rows = [row for row in rows if len(row) == 2 and row != ["spun", "plain"]]
    flat = [word for row in rows for word in row]
    if simplified:
        flat = base_view(TextBatch.from_texts(flat)).batch.to_texts()
    return SpunWords({spun: plain for spun, plain in zip(flat[::2], flat[1::2], strict=True) if spun and plain})


def compared_with_places(batch: TextBatch, parts: frozenset[str] = FOLD_PARTS) -> tuple[TextBatch, Positions]:
    """Give the texts of the batch as they are compared, and where each character stands in the batch.

    A number has the place of its first digit, the characters of a word those of the spun word's first ones.
    """
    base = base_view(batch, parts)
    view = rewritten(base.batch, parts)
    return view.batch, base.positions[view.positions]
