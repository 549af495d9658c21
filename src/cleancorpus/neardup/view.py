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

from cleancorpus.edits import Edits
from cleancorpus.errors import SettingsError
from cleancorpus.fold import fold_table
from cleancorpus.text import Codepoints, Positions, TextBatch

_TABLE_PARTS = ("script", "width", "case", "blanks")
FOLD_PARTS: frozenset[str] = frozenset({*_TABLE_PARTS, "punctuation", "spun", "numbers"})

_RULES = ("spun", "numbers")
_DIGIT = 0x30
_LEFT_OUT = np.uint32(0xFFFFFFFF)
_PIECE = 1 << 15  # characters looked up at a time: they and the table's part for Chinese stay in the cache
_SLOT_BITS = 18  # a table of 256 kB
_PLANE = 0x10000  # words of the table lie in the basic plane; what lies above is no part of one


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


def rewriting(view: TextBatch, parts: frozenset[str] = FOLD_PARTS) -> Edits:
    """Give the edits that take spun words and numbers out of a folded batch, text by text."""
    found = Edits.empty()
    if "numbers" in parts:
        found = _number_edits(view)
    if "spun" in parts:
        spun = _spun_words("script" in parts).edits(view)
        found = Edits.union([found, spun]) if len(found) else spun
    return found


def _number_edits(view: TextBatch) -> Edits:
    points = view.codepoints
    digit = np.flatnonzero((points - np.uint32(_DIGIT)) < 10)
    if not len(digit):
        return Edits.empty()
    opens = np.ones(len(digit), dtype=bool)
    opens[1:] = digit[1:] != digit[:-1] + 1
    borders = view.offsets[np.searchsorted(view.offsets, digit)] == digit
    opens |= borders
    first = np.flatnonzero(opens)
    start = digit[first]
    length = np.diff(np.append(first, len(digit)))
    changed = (length > 1) | (points[start] != _DIGIT)
    start, length = start[changed], length[changed]
    after = TextBatch(np.full(len(start), _DIGIT, dtype=np.uint32), np.arange(len(start) + 1))
    return Edits(start, start + length, after, np.ones(len(start), dtype=np.int32), _RULES)


class SpunWords:
    """The words that spinners put in, and the word that each stands for, ready to be found in a batch."""

    def __init__(self, pairs: dict[str, str]) -> None:
        words = {word: _root(word, pairs) for word in pairs}
        self._words = {word: root for word, root in sorted(words.items()) if word != root and _plain(word)}
        # For each slot of a hash of two characters, the lengths of the words that begin with such two, as bits.
        self._begins = np.zeros(1 << _SLOT_BITS, dtype=np.uint8)
        self._by_length: dict[int, tuple[NDArray[np.uint64], Positions]] = {}
        listed = list(self._words)
        for length in sorted({len(word) for word in listed}):
            numbers = np.array([n for n, word in enumerate(listed) if len(word) == length], dtype=np.int64)
            grid = np.array([[ord(letter) for letter in listed[n]] for n in numbers], dtype=np.uint32)
            self._begins[_slots(grid[:, 0], grid[:, 1])] |= 1 << length
            keys = _word_keys(grid)
            order = np.argsort(keys)
            self._by_length[length] = keys[order], numbers[order]
        self._after = TextBatch.from_texts(list(self._words.values()))

    def __len__(self) -> int:
        return len(self._words)

    def edits(self, view: TextBatch) -> Edits:
        """Give the edits that put each spun word's root in its place: leftmost first, the longest of a place."""
        points = view.codepoints
        if not self._words or len(points) < 2:
            return Edits.empty()
        lengths = self._begins.take(_slots(points[:-1], points[1:]))
        places = np.flatnonzero(lengths)
        lengths = lengths[places]
        room = view.offsets[view.document_of(places) + 1] - places
        best = np.zeros(len(places), dtype=np.int64)
        word = np.zeros(len(places), dtype=np.int64)
        for length, (keys, numbers) in self._by_length.items():
            fits = np.flatnonzero((lengths & (1 << length) > 0) & (room >= length))
            grid = points[places[fits][:, None] + np.arange(length)]
            wanted = _word_keys(grid)
            slot = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            hit = (keys[slot] == wanted) & (grid < _PLANE).all(axis=1)
            best[fits[hit]] = length
            word[fits[hit]] = numbers[slot[hit]]
        hits = np.flatnonzero(best)
        hits = hits[_without_overlaps(places[hits], best[hits])]
        start = places[hits]
        after = self._after.take(word[hits])
        return Edits(start, start + best[hits], after, np.zeros(len(hits), dtype=np.int32), _RULES)


def _slots(first: Codepoints, second: Codepoints) -> NDArray[np.uint32]:
    """Hash two characters to a slot: few texts have words of the table, and most of them are told by this."""
    mixed = first * np.uint32(0x9E3779B1)
    mixed += second
    mixed *= np.uint32(0x85EBCA6B)
    mixed >>= np.uint32(32 - _SLOT_BITS)
    return mixed


def _word_keys(grid: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Give one number for each row of up to four characters; two rows of the basic plane never share one."""
    keys = np.zeros(len(grid), dtype=np.uint64)
    for column in range(grid.shape[1]):
        keys = keys << np.uint64(16) | grid[:, column]
    return keys


def _root(word: str, pairs: dict[str, str]) -> str:
    """Follow the table until a word that is not in it; of words that lead to each other, take the least."""
    path = [word]
    while path[-1] in pairs:
        following = pairs[path[-1]]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]


def _plain(word: str) -> bool:
    """Say whether a word can be looked up: two to four characters of the basic plane, none a digit."""
    return 2 <= len(word) <= 4 and all(ord(letter) < _PLANE and not letter.isdigit() for letter in word)


def _without_overlaps(start: Positions, length: Positions) -> NDArray[np.int64]:
    """Give which of the spans (sorted by start) stand when each takes its place before those behind it."""
    end = start + length
    stays = np.ones(len(start), dtype=bool)
    reach = -1
    # Only spans that meet a neighbour need the loop.
    meets = np.zeros(len(start), dtype=bool)
    meets[1:] = start[1:] < end[:-1]
    for index in np.flatnonzero(meets).tolist():
        if stays[index - 1]:
            reach = int(end[index - 1])
        if start[index] < reach:
            stays[index] = False
    return np.flatnonzero(stays)


@cache
def _spun_words(simplified: bool) -> SpunWords:
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

    A character that stands for a whole word or number has the place of that word's beginning, the further
    characters of a longer replacement places inside it.
    """
    base = base_view(batch, parts)
    edits = rewriting(base.batch, parts)
    view = edits.apply(base.batch)
    places = edits.to_old(np.arange(len(view.codepoints), dtype=np.int64))
    return view, base.positions[places]
