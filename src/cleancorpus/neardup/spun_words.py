"""Synonyms that text spinners put in, found in a folded batch.

The table is ``data/fold/spun_pairs.tsv``.  Each word that a spinner puts in leads to the word that it stands
for; words that lead to each other lead to the least of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Positions, TextBatch, offsets_of

_SLOT_BITS = 16  # a table of 64 kB
_LONGEST = 4


class SpunWords:
    """The words that spinners put in, and the word that each stands for, ready to be found in a batch.

    ``words`` and ``roots`` are lists of the same length.  A word of one character, with a digit in it, or shorter
    than what it stands for is passed over.
    """

    def __init__(self, pairs: Mapping[str, str]) -> None:
        known = {word: _root(word, pairs) for word in sorted(pairs)}
        listed = [(word, root) for word, root in known.items() if word != root and _can_be_found(word, root)]
        listed.sort(key=lambda entry: (_slot(entry[0]), -len(entry[0]), entry))
        self.words = [word for word, _ in listed]
        self.roots = [root for _, root in listed]
        self.lengths = np.array([len(word) for word in self.words], dtype=np.int64)
        self.root_lengths = np.array([len(root) for root in self.roots], dtype=np.int64)
        self.root_points = _grid(self.roots)
        self._points = _grid(self.words)
        # Words that begin with the same two characters, or with two of the same hash, stand together.
        begins = np.bincount(_slots(self._points[:, 0], self._points[:, 1]), minlength=1 << _SLOT_BITS)
        self._first = offsets_of(begins)
        self._begins = begins > 0
        self._most = int(begins.max())

    def find(self, view: TextBatch) -> tuple[Positions, Positions]:
        """Give where spun words stand and which: leftmost first, the longest of a place, none across two texts."""
        points = view.codepoints
        if not self.words or len(points) < 2:
            none = np.zeros(0, dtype=np.int64)
            return none, none
        slots = _slots(points[:-1], points[1:])
        places = np.flatnonzero(self._begins.take(slots, mode="clip"))
        slots = slots[places]
        first, last = self._first[slots], self._first[slots + np.uint32(1)]
        found = np.full(len(places), -1, dtype=np.int64)
        for turn in range(self._most):
            waiting = np.flatnonzero((found < 0) & (first + turn < last))
            words = first[waiting] + turn
            same = self._stand_at(words, places[waiting], view)
            found[waiting[same]] = words[same]
        hits = np.flatnonzero(found >= 0)
        start, words = places[hits], found[hits]
        stands = _without_overlaps(start, self.lengths[words])
        return start[stands], words[stands]

    def _stand_at(self, words: Positions, places: Positions, view: TextBatch) -> Positions:
        """Give which of the words stand at their place, one a place, within a text."""
        points = view.codepoints
        same = points[places] == self._points[words, 0]
        same &= points[places + 1] == self._points[words, 1]
        stands = np.flatnonzero(same)
        stands = np.delete(stands, _across(places[stands], self.lengths[words[stands]], view.offsets))
        for step in range(2, _LONGEST):
            long = np.flatnonzero(self.lengths[words[stands]] > step)
            if len(long):
                differs = points[places[stands[long]] + step] != self._points[words[stands[long]], step]
                stands = np.delete(stands, long[differs])
        return stands


def _across(start: Positions, length: Positions, borders: Positions) -> Positions:
    """Give which of the spans, sorted by start, reach across a border: the last few before each are looked at."""
    behind = np.searchsorted(start, borders)
    last = behind[:, None] - np.arange(1, _LONGEST)
    last, border = last[last >= 0], np.broadcast_to(borders[:, None], last.shape)[last >= 0]
    found: Positions = last[start[last] + length[last] > border]
    return found


def _slots(first: Codepoints, second: Codepoints) -> NDArray[np.uint32]:
    """Hash two characters to a slot: few texts have words of the table, and most of them are told by this."""
    mixed = first * np.uint32(0x9E3779B1)
    mixed += second
    mixed *= np.uint32(0x85EBCA6B)
    mixed >>= np.uint32(32 - _SLOT_BITS)
    return mixed


def _slot(word: str) -> int:
    return int(_slots(_grid([word])[:, 0], _grid([word])[:, 1])[0])


def _grid(words: list[str]) -> Codepoints:
    """Give the characters of words, one a row, filled up with zeros."""
    grid = np.zeros((len(words), _LONGEST), dtype=np.uint32)
    for number, word in enumerate(words):
        grid[number, : len(word)] = [ord(letter) for letter in word]
    return grid


def _root(word: str, pairs: Mapping[str, str]) -> str:
    """Follow the table until a word that is not in it; of words that lead to each other, take the least."""
    path = [word]
    while path[-1] in pairs:
        following = pairs[path[-1]]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]


def _can_be_found(word: str, root: str) -> bool:
    return not any(letter.isdigit() for letter in word) and 2 <= len(word) <= _LONGEST and 0 < len(root) <= len(word)


def _without_overlaps(start: Positions, length: Positions) -> Positions:
    """Give which of the spans (sorted by start) stand when each takes its place before those behind it."""
    end = start + length
    stays = np.ones(len(start), dtype=bool)
    # Only spans that meet a neighbour need the loop.
    meets = np.flatnonzero(start[1:] < end[:-1]) + 1
    reach = -1
    for index in meets.tolist():
        if stays[index - 1]:
            reach = int(end[index - 1])
        if start[index] < reach:
            stays[index] = False
    return np.flatnonzero(stays)
