"""The characters with which a match of a pattern can begin and end, read from the pattern itself."""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]  # typeshed leaves the parser's opcodes out
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.literals import Way
from cleancorpus.text import Codepoints, Positions

CharacterSet = NDArray[np.bool_]

# The code points of the first plane, and one place for all above.
_PLACES = 0x10001
_ROW = (_PLACES + 7) // 8
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)


class EndTable:
    """The characters with which matches of many patterns begin and end, one row of bits by way of matching.

    An empty pattern may begin and end with anything.  Nothing of it changes.
    """

    def __init__(self, ways: Sequence[Way]) -> None:
        self._first = _packed(ways, last=False)
        self._last = _packed(ways, last=True)

    def fit(self, first: Codepoints, last: Codepoints, way: Positions) -> NDArray[np.bool_]:
        """Say for each pair of a first and a last character whether a match by way number ``way`` can have them."""
        return np.asarray(_bit(self._first, way, first) & _bit(self._last, way, last) > 0)


@lru_cache(maxsize=4)
def end_table(ways: tuple[Way, ...]) -> EndTable:
    """Give the table for some ways of matching; those who have the same rules share it."""
    return EndTable(ways)


def edge_characters(nodes: Any, *, last: bool = False) -> CharacterSet:
    """Give the characters with one of which every match that is not empty begins, or ends if ``last``.

    ``nodes`` is a sequence of the parser of ``re``.  ``bool[0x10001]``; the last place stands for all characters
    above the first plane.
    """
    found = np.zeros(_PLACES, dtype=bool)
    if nodes.state.flags & re.IGNORECASE or _add_sequence(nodes, found, last):
        found[:] = True
    return found


def _packed(ways: Sequence[Way], *, last: bool) -> NDArray[np.uint8]:
    """Give one row for each way, with one bit for each character."""
    table = np.empty((len(ways), _ROW), dtype=np.uint8)
    for row, way in zip(table, ways, strict=True):
        row[:] = np.packbits(edge_characters(way.nodes, last=last))
    return table


def _bit(table: NDArray[np.uint8], row: Positions, points: Codepoints) -> NDArray[np.uint8]:
    place = np.minimum(points, _PLACES - 1)
    return np.asarray(table[row, place >> 3] >> (7 - (place & 7)).astype(np.uint8) & np.uint8(1))


def _add_sequence(nodes: Any, found: CharacterSet, last: bool) -> bool:
    """Mark the edge characters of a sequence; say whether it can match nothing at all."""
    members = nodes.data
    return all(_add(kind, value, found, last) for kind, value in (reversed(members) if last else members))


def _add(kind: Any, value: Any, found: CharacterSet, last: bool) -> bool:
    if kind is op.LITERAL:
        found[min(value, _PLACES - 1)] = True
        return False
    if kind is op.IN:
        found |= _members(value)
        return False
    if kind is op.SUBPATTERN:
        return _add_sequence(value[3], found, last)
    if kind is op.ATOMIC_GROUP:
        return _add_sequence(value, found, last)
    if kind is op.BRANCH:
        # Every branch is marked, whatever the first says.
        empty = [_add_sequence(branch, found, last) for branch in value[1]]
        return any(empty)
    if kind in _REPEATS:
        return _add_sequence(value[2], found, last) or value[0] == 0
    if kind in _ZERO_WIDTH:
        return True
    found[:] = True
    return kind not in (op.ANY, op.NOT_LITERAL)


def _members(entries: Iterable[Any]) -> CharacterSet:
    inside = np.zeros(_PLACES, dtype=bool)
    negated = False
    for kind, value in entries:
        if kind is op.NEGATE:
            negated = True
        elif kind is op.LITERAL:
            inside[min(value, _PLACES - 1)] = True
        elif kind is op.RANGE:
            inside[value[0] : value[1] + 1] = True
            inside[-1] |= value[1] >= _PLACES - 1
        else:
            inside |= _category(value)
    if negated:
        inside = ~inside
        inside[-1] = True
    return inside


@lru_cache(maxsize=8)
def _category(name: Any) -> CharacterSet:
    """Give the characters of ``\\d``, ``\\s``, ``\\w`` or their opposites."""
    members = {op.CATEGORY_DIGIT: r"\d+", op.CATEGORY_SPACE: r"\s+", op.CATEGORY_WORD: r"\w+"}
    opposite = {
        op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
        op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
        op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
    }
    inside = np.zeros(_PLACES, dtype=bool)
    for run in re.finditer(members[opposite.get(name, name)], "".join(map(chr, range(_PLACES)))):
        inside[run.start() : run.end()] = True
    if name in opposite:
        inside = ~inside
    inside[-1] = True
    inside.flags.writeable = False
    return inside
