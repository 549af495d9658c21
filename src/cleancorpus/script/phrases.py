"""Phrases in text: the entry of a dictionary that stands at each place, by array passes over a trie.

A place is nominated by a hashed table of the phrases' first two characters, which costs a few array operations
a character; only nominated places walk down the trie, all of them at once, one level a step.  Which of the
matches stand is then OpenCC's rule: leftmost first; there, the first tier with a match; in it, the longest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.script.dictionary import Dictionary
from cleancorpus.text import Codepoints, Positions

_PAIR_BITS = 20
_PAIR_MASK = (1 << _PAIR_BITS) - 1
_CHARACTER_BITS = np.uint64(21)
_PAIR = np.uint64(1 << 40)  # tells a first character from the slot of a longer beginning
_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: the usual multiplier of multiplicative hashing
_SECOND = 0xD6E8FEB86659FD93  # another odd multiplier: with one for both, the sum would depend on c + d alone
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_BLOCK = 1 << 16  # characters: what one step touches stays in the processor's second-level cache
_ROUNDS = 16  # overlapping phrases in a row that are resolved by arrays; longer chains are rare in prose

# A reach is a length with two marks: an entry of one or two characters there matters, or a longer one may.
_LENGTH, _MAY_MATTER, _MATTERS = np.uint8(0x3F), np.uint8(0x40), np.uint8(0x80)
LONGEST = int(_LENGTH)  # characters of a key; the longest of OpenCC's have 15

Mask = NDArray[np.bool_]
Reach = NDArray[np.uint8]


@dataclass(frozen=True)
class Matches:
    """Entries found in a text: ``start`` and ``length`` (``int64``, code points) and ``entry`` (its number)."""

    start: Positions
    length: Positions
    entry: Positions

    def __len__(self) -> int:
        return len(self.start)

    def take(self, chosen: Positions | Mask) -> Matches:
        """Give the chosen matches (positions or a mask)."""
        return Matches(self.start[chosen], self.length[chosen], self.entry[chosen])


_NONE = np.zeros(0, dtype=np.int64)
NO_MATCHES = Matches(_NONE, _NONE, _NONE)


class _Slots:
    """A fixed set of ``uint64`` keys, each in a slot of its own, filled and looked up by whole arrays."""

    def __init__(self, count: int) -> None:
        bits = max(int(2 * count).bit_length(), 4)
        self._shift = np.uint64(64 - bits)
        self._mask = np.int64((1 << bits) - 1)
        self._keys = np.full(1 << bits, _EMPTY)

    def __len__(self) -> int:
        return len(self._keys)

    def _home(self, keys: NDArray[np.uint64]) -> Positions:
        return ((keys * np.uint64(_GOLDEN)) >> self._shift).view(np.int64)

    def add(self, keys: NDArray[np.uint64]) -> Positions:
        """Give each of the distinct new keys a slot, ``int64``."""
        slot = self._home(keys)
        waiting = np.arange(len(keys))
        while len(waiting):
            wanted = keys[waiting]
            free = self._keys[slot[waiting]] == _EMPTY
            self._keys[slot[waiting[free]]] = wanted[free]  # of several for one slot, the last written stays
            waiting = waiting[self._keys[slot[waiting]] != wanted]
            slot[waiting] = (slot[waiting] + 1) & self._mask
        return slot

    def find(self, keys: NDArray[np.uint64]) -> Positions:
        """Give each key's slot, -1 where it has none."""
        slot = self._home(keys)
        there = self._keys.take(slot)
        pending = np.flatnonzero(there != keys)
        there = there[pending]
        while len(pending):
            going = there != _EMPTY
            slot[pending[~going]] = -1
            pending = pending[going]
            slot[pending] = (slot[pending] + 1) & self._mask
            there = self._keys.take(slot[pending])
            differs = there != keys[pending]
            pending, there = pending[differs], there[differs]
        return slot


def blocks(points: Codepoints) -> Iterator[tuple[int, Positions]]:
    """Cut a text into blocks: where each begins, and its characters and the one behind it as ``int64``.

    Behind the last character stands U+0000, which no entry holds.
    """
    for begin in range(0, len(points), _BLOCK):
        known = points[begin : begin + _BLOCK + 1]
        index = np.zeros(min(_BLOCK, len(points) - begin) + 1, dtype=np.int64)
        index[: len(known)] = known
        yield begin, index


class PhraseTable:
    """The phrases of a stage's tiers, ready to be found; built once, then immutable.

    ``tiers`` are dictionaries in the order of precedence; entries are numbered through all of them.
    ``matters`` (``bool[n]``, by default all) says which entries do something that no other step would do
    without them.  A key has at most ``LONGEST`` characters.
    """

    def __init__(self, tiers: Sequence[Dictionary], matters: Mask | None = None) -> None:
        self.dictionary = Dictionary.union(tiers)
        self.matters: Mask = np.ones(len(self.dictionary), dtype=bool) if matters is None else matters
        self.resizes = self.dictionary.keys.lengths != self.dictionary.values.lengths
        self._tier = np.repeat(np.arange(len(tiers), dtype=np.int32), [len(tier) for tier in tiers])
        self._build_trie()
        self._build_pairs()

    # -- building -----------------------------------------------------------------------------------

    def _build_trie(self) -> None:
        """Give the phrases' beginnings slots; the first two characters are one step."""
        keys, lengths = self.dictionary.keys, self.dictionary.keys.lengths
        self._slots = _Slots(int(np.maximum(lengths - 1, 0).sum()))
        self._entry = np.full(len(self._slots), -1, dtype=np.int32)
        self._inner = np.zeros(len(self._slots), dtype=bool)
        rows = np.flatnonzero(lengths > 1)
        node = keys.codepoints[keys.offsets[rows]].astype(np.uint64) | _PAIR
        depth = 1
        while len(rows):
            character = keys.codepoints[keys.offsets[rows] + depth]
            key, which = np.unique((node << _CHARACTER_BITS) | character, return_inverse=True)
            slot = self._slots.add(key)[which]
            depth += 1
            last = lengths[rows] == depth
            ending = np.flatnonzero(last)[::-1]  # written backwards, so that the first of equal keys stays
            self._entry[slot[ending]] = rows[ending]
            self._inner[slot[~last]] = True
            rows, node = rows[~last], slot[~last].astype(np.uint64)

    def _build_pairs(self) -> None:
        keys, lengths = self.dictionary.keys, self.dictionary.keys.lengths
        # Row 0 to the largest character, and one row more that stands for all that no phrase holds.
        size = 2 + int(keys.codepoints.max(initial=0))
        character = np.arange(size, dtype=np.uint64)
        # The sum of two hashes of 19 bits addresses 20, so no mask is needed.
        half = np.uint64(64 - (_PAIR_BITS - 1))
        self._first = ((character * np.uint64(_GOLDEN)) >> half).astype(np.int64)
        self._second = ((character * np.uint64(_SECOND)) >> half).astype(np.int64)
        self._reach = np.zeros(1 << _PAIR_BITS, dtype=np.uint8)
        self._third = np.zeros(1 << _PAIR_BITS, dtype=bool)
        rows = np.flatnonzero(lengths > 1)
        starts, length, matters = keys.offsets[rows], lengths[rows], self.matters[rows]
        pair = self._pair(keys.codepoints[starts].astype(np.int64), keys.codepoints[starts + 1].astype(np.int64))
        np.maximum.at(self._reach, pair, length.astype(np.uint8))
        self._reach[pair[matters & (length == 2)]] |= _MATTERS
        longer = np.flatnonzero(matters & (length > 2))
        self._reach[pair[longer]] |= _MAY_MATTER
        third = keys.codepoints[starts[longer] + 2].astype(np.int64)
        self._third[self._triple(pair[longer], third)] = True

        single = np.flatnonzero(lengths == 1)[::-1]  # backwards: the first of equal keys stays
        self._single: NDArray[np.int32] | None = None
        if len(single):
            self._single = np.full(size, -1, dtype=np.int32)
            self._single[keys.codepoints[keys.offsets[single]]] = single
            self._single_reach = np.where(self._single >= 0, _MATTERS | np.uint8(1), np.uint8(0))

    def _pair(self, first: Positions, second: Positions) -> Positions:
        pair = self._first.take(first, mode="clip")
        pair += self._second.take(second, mode="clip")
        return pair

    def _triple(self, pair: Positions, third: Positions) -> Positions:
        return (pair + 3 * self._first.take(third, mode="clip")) & _PAIR_MASK

    # -- finding ------------------------------------------------------------------------------------

    def reach(self, index: Positions) -> Reach:
        """Say how far an entry may reach from each place of a block: 0, or a length with marks if it may matter.

        ``index`` (``int64[n + 1]``) holds the block's characters and the one behind it.
        """
        reach = self._reach.take(self._pair(index[:-1], index[1:]))
        if self._single is not None:
            np.maximum(reach, self._single_reach.take(index[:-1], mode="clip"), out=reach)
        return reach

    def find_all(self, points: Codepoints, cuts: Mask | None = None) -> Matches:
        """Give the entries that stand in a text, whether or not they matter; for ``cuts`` see ``resolve``."""
        places = [np.flatnonzero(self.reach(index)) + begin for begin, index in blocks(points)]
        matches = self._walk(points, np.concatenate([_NONE, *places]), cuts)
        return matches.take(leftmost(matches.start, matches.start + matches.length))

    def resolve(
        self,
        points: Codepoints,
        nominated: Positions,
        reach: Reach,
        cuts: Mask | None = None,
        focus: Positions | None = None,
    ) -> Matches:
        """Give the entries that stand at the nominated places when the text is read from left to right.

        ``points`` is ``uint32[N]``; ``cuts`` (``bool[N + 1]``) says where no entry may reach into from the
        left.  Nominated places that touch one another are read together, and only where one of them may start
        an entry that matters, or where they hold a place of ``focus`` (``int64``): the others change nothing.
        """
        start = nominated[self._worth_reading(points, nominated, reach, focus)]
        matches = self._walk(points, start, cuts)
        return matches.take(leftmost(matches.start, matches.start + matches.length))

    def longest_at(self, points: Codepoints, start: Positions, cuts: Mask | None = None) -> Matches:
        """Give the longest entry at each of the places that has one, whether or not it would stand."""
        return self._walk(points, start, cuts)

    def _worth_reading(self, points: Codepoints, start: Positions, reach: Reach, focus: Positions | None) -> Mask:
        if not len(start):
            return np.zeros(0, dtype=bool)
        farthest = np.maximum.accumulate(start + (reach & _LENGTH))
        free = np.ones(len(start), dtype=bool)
        free[1:] = start[1:] >= farthest[:-1]
        heads = np.flatnonzero(free)
        bounds = np.append(heads, len(start))
        worth = np.logical_or.reduceat(self._may_matter(points, start, reach), heads)
        if focus is not None and len(focus):
            following = focus.take(np.searchsorted(focus, start[heads]), mode="clip")
            worth |= (following >= start[heads]) & (following < farthest[bounds[1:] - 1])
        return np.repeat(worth, np.diff(bounds))

    def _may_matter(self, points: Codepoints, start: Positions, reach: Reach) -> Mask:
        matters = reach >= _MATTERS
        doubtful = np.flatnonzero((reach & (_MAY_MATTER | _MATTERS)) == _MAY_MATTER)
        first, second, third = (
            points.take(start[doubtful] + shift, mode="clip").astype(np.int64) for shift in range(3)
        )
        matters[doubtful] = self._third.take(self._triple(self._pair(first, second), third))
        return matters

    def _walk(self, points: Codepoints, start: Positions, cuts: Mask | None) -> Matches:
        """Give the best entry at each place that has one: of the first tier possible, the longest."""
        best = np.full(len(start), -1, dtype=np.int32)
        length = np.ones(len(start), dtype=np.int64)
        if self._single is not None:
            best = self._single.take(points[start].astype(np.int64), mode="clip")
        node = points[start].astype(np.uint64) | _PAIR
        active = np.arange(len(start))
        depth = 1
        while True:
            going = start[active] + depth < len(points)
            if cuts is not None:
                going[going] = ~cuts[start[active[going]] + depth]
            active, node = active[going], node[going]
            if not len(active):
                break
            slot = self._slots.find((node << _CHARACTER_BITS) | points[start[active] + depth])
            alive = np.flatnonzero(slot >= 0)
            active, slot = active[alive], slot[alive]
            depth += 1
            entry = self._entry[slot]
            better = np.flatnonzero((entry >= 0) & self._may_replace(best[active], entry))
            best[active[better]] = entry[better]
            length[active[better]] = depth
            inner = self._inner[slot]
            active, node = active[inner], slot[inner].astype(np.uint64)
        found = np.flatnonzero(best >= 0)
        return Matches(start[found], length[found], best[found].astype(np.int64))

    def _may_replace(self, shorter: NDArray[np.int32], longer: NDArray[np.int32]) -> Mask:
        """Say where a longer entry wins over a shorter one: where it is of no later tier."""
        if not self._tier[-1]:  # one tier only
            return np.ones(len(longer), dtype=bool)
        return (shorter < 0) | (self._tier[longer] <= self._tier[shorter])


def leftmost(start: Positions, end: Positions) -> Mask:
    """Say which spans stand when a text is read from left to right and each span is jumped over.

    ``start`` (``int64[M]``, increasing) and ``end`` (``int64[M]``).  A span that no earlier one reaches into
    always stands.  From each such head the text is read on, all heads at once; the few long chains that are
    left after some rounds are followed one by one, so the cost is linear on hostile input too.
    """
    count = len(start)
    free = np.ones(count, dtype=bool)
    if count < 2:
        return free
    free[1:] = start[1:] >= np.maximum.accumulate(end)[:-1]
    chosen = free.copy()
    crowded = ~free
    crowded[:-1] |= ~free[1:]
    rows = np.flatnonzero(crowded)
    jump = np.full(count, count, dtype=np.int64)
    jump[rows] = np.searchsorted(start, end[rows])
    current = rows[free[rows]]
    for _ in range(_ROUNDS):
        current = jump[current]
        current = current[current < count]
        current = current[~free[current]]
        if not len(current):
            return chosen
        chosen[current] = True
    for row in current.tolist():
        while (row := int(jump[row])) < count and not free[row]:
            chosen[row] = True
    return chosen
