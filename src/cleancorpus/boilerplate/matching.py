"""Which rules hold of which lines: array passes nominate, and ``re`` looks only where it was sent.

A line rule is tried on a line only where one of the literals stands that one of its ways of matching cannot do
without, and where the line is short enough.  All literals of all rules are looked for at once: a table over pairs
of neighbours says where one may stand, and a key of up to six characters which it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.literals import Way
from cleancorpus.boilerplate.readings import ways
from cleancorpus.errors import MissingDependency
from cleancorpus.rules import Rule
from cleancorpus.text import Codepoints, Positions, TextBatch, flat_ranges

Test = Callable[[str], object]

# No line of chrome that a rule describes is longer; a longer line is a paragraph, whatever it holds.
LONGEST_LINE = 400
_PAIR_BITS = 20
# Characters that are looked for at a time, so few that their codes stay in the cache.
_AT_A_TIME = 1 << 15
# The lines of these families are rows of links, names and figures: none of them holds a full stop, but
# where a rule's own hits do.
_WITHOUT_SENTENCES = frozenset({"share", "footer", "related", "forum", "shop", "spam", "byline", "pagination"})
_STOP = re.compile(r"[。!?！？…;；]")
# Keys are hashes modulo 2**64; a rare collision nominates a line in vain.
_KEY_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_LONGEST_KEY = 6
_LIKELY_BITS = 18
_LIKELY_SHIFT = np.uint64(64 - _LIKELY_BITS)
# ``_FOLLOWS`` is twice ``_OPENS``: shifted by one, both stand in one bit.
_LITERAL, _OPENS, _FOLLOWS = (np.uint8(1 << bit) for bit in range(3))


@dataclass(frozen=True)
class LineTest:
    """A test of whole lines: the rule it speaks for, the ways in which it can hold, the test.

    It holds of no line in which none of its ``ways`` matches.  ``sentences`` says whether it may hold of a line
    with a full stop in it, as it does of notes, but not of rows of links and facts.  A test that is not ``given``
    is the match of ``pattern`` and nothing more.
    """

    rule: str
    ways: tuple[Way, ...]
    given: Test | None
    sentences: bool = False
    pattern: str = ""

    @cached_property
    def test(self) -> Test:
        """The test, compiled when it is first asked for: most lines are never sent to most rules."""
        return self.given or re.compile(self.pattern).fullmatch


class Nominator:
    """Finds literals in a batch, all at once, and says whose they are.

    ``owners[i]`` are the literals of owner ``i``, in folded form; of each the first six characters count.
    """

    def __init__(self, owners: Sequence[Iterable[str]]) -> None:
        keys: dict[tuple[int, ...], set[int]] = {}
        for owner, literals in enumerate(owners):
            for literal in literals:
                keys.setdefault(tuple(map(ord, literal[:_LONGEST_KEY])), set()).add(owner)
        self._table = _KeyTable(keys)
        # What lies above the plane is looked up too, and found to be nothing by its exact key.
        self._single = np.zeros(0x10000, dtype=bool)
        self._single[[min(key[0], len(self._single) - 1) for key in keys if len(key) == 1]] = True
        # What a pair of neighbours may be: a literal, or the first or the second pair of a longer one.
        self._pairs = np.zeros(1 << _PAIR_BITS, dtype=np.uint8)
        longer = [key for key in keys if len(key) > 2]
        for bit, pairs in (
            (_LITERAL, [key for key in keys if len(key) == 2]),
            (_OPENS, [key[:2] for key in longer]),
            (_FOLLOWS, [key[1:3] for key in longer]),
        ):
            column = np.array(pairs, dtype=np.uint32).reshape(-1, 2)
            self._pairs[_pair_code(column[:, 0], column[:, 1])] |= bit

    def find(self, points: Codepoints) -> tuple[Positions, Positions]:
        """Give the places of literals and their owners, as two ``int64`` columns."""
        singles, pairs, longer = self._openings(points)
        places = [singles, pairs]
        keys = [points[singles].astype(np.uint64), _lengthened(points[pairs].astype(np.uint64), points, pairs, 1)]
        key = _lengthened(points[longer].astype(np.uint64), points, longer, 1)
        for size in range(3, _LONGEST_KEY + 1):
            longer = longer[: np.searchsorted(longer, len(points) - size, side="right")]
            key = _lengthened(key[: len(longer)], points, longer, size - 1)
            places.append(longer)
            keys.append(key)
        return self._table.find(np.concatenate(places), np.concatenate(keys))

    def _openings(self, points: Codepoints) -> tuple[Positions, Positions, Positions]:
        """Give where literals of one character may stand, of two, and of more, in ascending order, piece by piece."""
        nowhere: Positions = np.zeros(0, dtype=np.int64)
        singles, pairs, longer = [nowhere], [nowhere], [nowhere]
        for begin in range(0, len(points), _AT_A_TIME):
            # The pieces overlap by what is needed to tell a longer literal.
            piece = points[begin : begin + _AT_A_TIME + 2]
            kinds = self._pairs.take(pair_codes(piece))
            singles.append(np.flatnonzero(self._single.take(piece[:_AT_A_TIME], mode="clip")) + begin)
            pairs.append(np.flatnonzero((kinds[:_AT_A_TIME] & _LITERAL) > 0) + begin)
            longer.append(np.flatnonzero((kinds[:-1] & (kinds[1:] >> 1) & _OPENS) > 0) + begin)
        return np.concatenate(singles), np.concatenate(pairs), np.concatenate(longer)


class _KeyTable:
    """Literals as sorted keys, with their owners."""

    def __init__(self, keys: dict[tuple[int, ...], set[int]]) -> None:
        chosen = sorted((_key(key), sorted(owners)) for key, owners in keys.items())
        self._keys = np.array([key for key, _ in chosen], dtype=np.uint64)
        self._count = np.array([len(owners) for _, owners in chosen], dtype=np.int64)
        self._first = np.cumsum(self._count) - self._count
        self._owners = np.array([owner for _, owners in chosen for owner in owners], dtype=np.int64)
        self._likely = np.zeros(1 << _LIKELY_BITS, dtype=bool)
        self._likely[self._keys >> _LIKELY_SHIFT] = True

    def find(self, at: Positions, key: NDArray[np.uint64]) -> tuple[Positions, Positions]:
        """Give at which of the places, each with its key, literals stand, and whose."""
        # A search among the keys costs several times as much as a look at some bits of them.
        likely: Positions = np.flatnonzero(self._likely.take((key >> _LIKELY_SHIFT).astype(np.int64)))
        if not len(likely):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at, key = at[likely], key[likely]
        row = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        hit: Positions = np.flatnonzero(self._keys[row] == key)
        row = row[hit]
        return np.repeat(at[hit], self._count[row]), self._owners[flat_ranges(self._first[row], self._count[row])]


def _lengthened(key: NDArray[np.uint64], points: Codepoints, at: Positions, step: int) -> NDArray[np.uint64]:
    """Give the keys of what stands at some places, one character longer: that ``step`` characters behind each."""
    return np.asarray(key * _KEY_FACTOR + points[at + step])


def _key(points: tuple[int, ...]) -> int:
    key = 0
    for point in points:
        key = (key * int(_KEY_FACTOR) + point) % (1 << 64)
    return key


def pair_codes(points: Codepoints) -> NDArray[np.uint32]:
    """Give a code for each pair of neighbours in ``points``, one less than there are points."""
    return _pair_code(points[:-1], points[1:])


def _pair_code(first: Codepoints, second: Codepoints) -> NDArray[np.uint32]:
    code = first * np.uint32(0x9E3779B1) + second * np.uint32(0x85EBCA6B)
    return np.asarray(code >> np.uint32(32 - _PAIR_BITS))


class Lexicon:
    """Whole lines that are looked up letter for letter, by a hash over the batch and a check.

    ``entries`` are pairs of a folded line and a number that is given where it is found.
    """

    _FACTOR = 0x9E3779B97F4A7C15

    def __init__(self, entries: Iterable[tuple[str, int]]) -> None:
        listed = dict(entries)
        self.longest = max(map(len, listed), default=0)
        powers = [pow(self._FACTOR, index, 1 << 64) for index in range(self.longest + 1)]
        self._powers = np.array(powers, dtype=np.uint64)
        words = TextBatch.from_texts(list(listed))
        self._opens = np.zeros(1 << _PAIR_BITS, dtype=bool)
        pairs = np.array([(ord(word[0]), ord(word[1])) for word in listed if len(word) > 1], dtype=np.uint32)
        pairs = pairs.reshape(-1, 2)
        self._opens[_pair_code(pairs[:, 0], pairs[:, 1])] = True
        hashes = self._hash(words.codepoints, words.offsets[:-1], words.lengths)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._start = words.offsets[:-1][order]
        self._length = words.lengths[order]
        self._points = words.codepoints
        self._number = np.array(list(listed.values()), dtype=np.int64)[order]

    def look_up(self, points: Codepoints, first: Positions, last: Positions) -> Positions:
        """Give the number of each line ``[first, last)``, ``int64``, -1 where it is not an entry."""
        found = np.full(len(first), -1, dtype=np.int64)
        length = last - first
        rows: Positions = np.flatnonzero((length > 0) & (length <= self.longest))
        opening = _pair_code(points[first[rows]], points[np.minimum(first[rows] + 1, len(points) - 1)])
        rows = rows[self._opens.take(opening) | (length[rows] == 1)]
        if not len(rows) or not len(self._hashes):
            return found
        hashes = self._hash(points, first[rows], length[rows])
        place = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        same = (self._hashes[place] == hashes) & (self._length[place] == length[rows])
        rows, place = rows[same], place[same]
        ours = points[flat_ranges(first[rows], length[rows])]
        theirs = self._points[flat_ranges(self._start[place], self._length[place])]
        begins = np.cumsum(length[rows]) - length[rows]
        equal = np.logical_and.reduceat(ours == theirs, begins) if len(rows) else np.zeros(0, bool)
        found[rows[equal]] = self._number[place[equal]]
        return found

    def _hash(self, points: Codepoints, start: Positions, length: Positions) -> NDArray[np.uint64]:
        if not len(start):
            return np.zeros(0, dtype=np.uint64)
        begins = np.cumsum(length) - length
        inner = np.arange(int(length.sum()), dtype=np.int64) - np.repeat(begins, length)
        letters = points[flat_ranges(start, length)].astype(np.uint64)
        return np.add.reduceat(letters * self._powers[inner], begins)


def compiled(rule: Rule, pattern: str, *, trusted: bool) -> re.Pattern[str]:
    """Compile a rule's pattern: the library's own with ``re``, a user's with RE2, which is linear in time."""
    if trusted:
        return re.compile(pattern)
    try:
        import re2
    except ImportError as error:
        raise MissingDependency(f"rule {rule.id} needs RE2: pip install 'cleancorpus[re2]'") from error
    engine: re.Pattern[str] = re2.compile(pattern)
    return engine


def line_tests(rules: Iterable[Rule], trusted: frozenset[str]) -> list[LineTest]:
    """Make the tests of all rules that have a line pattern."""
    return [
        LineTest(
            rule.id,
            ways(rule.line),
            None if rule.id in trusted else compiled(rule, rule.line, trusted=False).fullmatch,
            rule.family not in _WITHOUT_SENTENCES or any(_STOP.search(hit) for hit in rule.hits),
            rule.line,
        )
        for rule in rules
        if rule.line is not None
    ]
