"""The characters with which a match of a pattern can begin and end, read from the pattern itself."""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]  # typeshed leaves the parser's opcodes out
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

CharacterSet = NDArray[np.bool_]

# The code points of the first plane, and one place for all above.
PLACES = 0x10001
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)
# All characters, as a set of bits.
ANY = np.packbits(np.ones(PLACES, dtype=bool)).tobytes()


def edge_characters(nodes: Any, *, last: bool = False) -> CharacterSet:
    """Give the characters with one of which every match that is not empty begins, or ends if ``last``.

    ``nodes`` is a sequence of the parser of ``re``.  ``bool[0x10001]``; the last place stands for all characters
    above the first plane.
    """
    found = np.zeros(PLACES, dtype=bool)
    if nodes.state.flags & re.IGNORECASE or _add_sequence(nodes, found, last):
        found[:] = True
    return found


def packed(found: CharacterSet) -> bytes:
    """Give a set of characters as one bit for each, in 8,193 bytes."""
    return np.packbits(found).tobytes()


def runs_of(packed_set: bytes) -> list[int]:
    """Give where a packed set begins and ends, by turns: ``[5, 8]`` is the characters 5, 6 and 7."""
    found = np.unpackbits(np.frombuffer(packed_set, dtype=np.uint8), count=PLACES).astype(np.int8)
    changes: list[int] = np.flatnonzero(np.diff(found, prepend=0, append=0)).tolist()
    return changes


def packed_runs(runs: Sequence[int]) -> bytes:
    """Give the packed set whose runs ``runs_of`` told."""
    found = np.zeros(PLACES, dtype=bool)
    for begin, stop in zip(runs[::2], runs[1::2], strict=True):
        found[begin:stop] = True
    return packed(found)


def _add_sequence(nodes: Any, found: CharacterSet, last: bool) -> bool:
    """Mark the edge characters of a sequence; say whether it can match nothing at all."""
    members = nodes.data
    return all(_add(kind, value, found, last) for kind, value in (reversed(members) if last else members))


def _add(kind: Any, value: Any, found: CharacterSet, last: bool) -> bool:
    if kind is op.LITERAL:
        found[min(value, PLACES - 1)] = True
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
    inside = np.zeros(PLACES, dtype=bool)
    negated = False
    for kind, value in entries:
        if kind is op.NEGATE:
            negated = True
        elif kind is op.LITERAL:
            inside[min(value, PLACES - 1)] = True
        elif kind is op.RANGE:
            inside[value[0] : value[1] + 1] = True
            inside[-1] |= value[1] >= PLACES - 1
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
    inside = np.zeros(PLACES, dtype=bool)
    for run in re.finditer(members[opposite.get(name, name)], "".join(map(chr, range(PLACES)))):
        inside[run.start() : run.end()] = True
    if name in opposite:
        inside = ~inside
    inside[-1] = True
    inside.flags.writeable = False
    return inside
