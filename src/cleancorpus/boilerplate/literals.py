"""What a pattern cannot do without: literals of which every match holds at least one."""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]  # typeshed leaves the parser's opcodes out
import re._parser as parser  # type: ignore[import-not-found]  # typeshed leaves the pattern parser out
from collections.abc import Iterable
from typing import Any

_MOST = 160


def required_literals(pattern: str) -> tuple[str, ...]:
    """Give literals so that every text which matches ``pattern`` contains one of them.

    The set with the longest shortest literal is chosen, then the smallest; it is empty where no such set
    is found (``\\d+``).  The way of Cox, "Regular Expression Matching with a Trigram Index" (2012).
    """
    return tuple(sorted(_required(parser.parse(pattern)) or ()))


def longest_match(pattern: str, limit: int) -> int:
    """Give the most characters that a match can have, at most ``limit``."""
    return min(int(parser.parse(pattern).getwidth()[1]), limit)


def _required(nodes: Iterable[Any]) -> frozenset[str] | None:
    """Choose the best set among what a sequence's members require, joining literals side by side."""
    best: frozenset[str] | None = None
    run: frozenset[str] = frozenset({""})
    for kind, value in nodes:
        letters = _letters(kind, value)
        if letters is not None and len(run) * len(letters) <= _MOST:
            run = frozenset(head + tail for head in run for tail in letters)
            continue
        best = _better(best, run)
        run = letters if letters is not None else frozenset({""})
        if letters is None:
            best = _better(best, _inside(kind, value))
    return _better(best, run)


def _letters(kind: Any, value: Any) -> frozenset[str] | None:
    """Give the characters that a node can be, where these are few."""
    if kind is op.LITERAL:
        return frozenset({chr(value)})
    if kind is op.IN and len(value) <= 4 and all(entry[0] is op.LITERAL for entry in value):
        return frozenset(chr(entry[1]) for entry in value)
    return None


def _inside(kind: Any, value: Any) -> frozenset[str] | None:
    if kind is op.SUBPATTERN:
        return _required(value[3])
    if kind is op.ATOMIC_GROUP:
        return _required(value)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _required(value[2]) if value[0] > 0 else None
    if kind is op.ASSERT and value[0] > 0:
        return _required(value[1])
    if kind is op.BRANCH:
        parts = [_required(branch) for branch in value[1]]
        if any(part is None for part in parts):
            return None
        joined = frozenset(literal for part in parts if part for literal in part)
        return joined if len(joined) <= 4 * _MOST else None
    return None


def _better(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    def rank(literals: frozenset[str] | None) -> tuple[int, int]:
        if not literals:
            return (0, 0)
        return (min(min(len(literal) for literal in literals), 3), -len(literals))

    chosen = left if rank(left) >= rank(right) else right
    return chosen if rank(chosen)[0] > 0 else None
