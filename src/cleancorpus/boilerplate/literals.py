"""What a pattern cannot do without: literals of which every match holds at least one."""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]  # typeshed leaves the parser's opcodes out
import re._parser as parser  # type: ignore[import-not-found]  # typeshed leaves the pattern parser out
from functools import lru_cache
from typing import Any

Literals = frozenset[str]

_MOST = 400
_NESTED = (op.SUBPATTERN, op.BRANCH, op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


@lru_cache(maxsize=1024)
def required_literals(pattern: str) -> tuple[str, ...]:
    """Give literals so that every text which matches ``pattern`` contains one of them.

    The set with the longest shortest literal is chosen, then the smallest; it is empty where no such set
    is found (``\\d+``).  The way of Cox, "Regular Expression Matching with a Trigram Index" (2012).
    """
    found = _Reader().required(parsed(pattern)) or frozenset()
    # What holds another of them need not be looked for.
    return tuple(sorted(one for one in found if not _holds_another(one, found)))


def _holds_another(literal: str, others: Literals) -> bool:
    size = len(literal)
    parts = (literal[a:b] for a in range(size) for b in range(a + 1, size + 1) if b - a < size)
    return any(part in others for part in parts)


@lru_cache(maxsize=1024)
def parsed(pattern: str) -> Any:
    """Parse a pattern, each once; what is given must not be changed."""
    return parser.parse(pattern)


def longest_match(pattern: str, limit: int) -> int:
    """Give the most characters that a match can have, at most ``limit``."""
    return min(int(parsed(pattern).getwidth()[1]), limit)


class _Reader:
    """Reads what one pattern requires."""

    def __init__(self) -> None:
        self._known: dict[int, Literals | None] = {}

    def required(self, nodes: Any) -> Literals | None:
        """Choose the best set among what a sequence's members require, joining literals side by side."""
        best: Literals | None = None
        run: Literals = frozenset({""})
        for kind, value in nodes.data:
            letters = self._exact(kind, value)
            if letters is not None and len(run) * len(letters) <= _MOST:
                run = _joined(run, letters)
                continue
            heads = self._heads(kind, value)
            if heads is not None and len(run) * len(heads) <= _MOST:
                best = _better(best, _joined(run, heads))
            best = _better(best, run)
            run = letters if letters is not None else frozenset({""})
            if letters is None:
                best = _better(best, self._inside(kind, value))
        return _better(best, run)

    def _exact(self, kind: Any, value: Any) -> Literals | None:
        """Give all texts that a node can be, where these are few."""
        if kind not in _NESTED:
            return self._exact_once(kind, value)
        # A node within others is asked about for each of them.
        if id(value) not in self._known:
            self._known[id(value)] = self._exact_once(kind, value)
        return self._known[id(value)]

    def _exact_once(self, kind: Any, value: Any) -> Literals | None:
        if kind is op.LITERAL:
            return frozenset({chr(value)})
        if kind is op.IN and len(value) <= 4 and all(entry[0] is op.LITERAL for entry in value):
            return frozenset(chr(entry[1]) for entry in value)
        if kind is op.SUBPATTERN:
            return self._exact_sequence(value[3])
        if kind is op.BRANCH:
            parts = [self._exact_sequence(branch) for branch in value[1]]
            return _union(parts, _MOST)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[:2] == (0, 1):
            inner = self._exact_sequence(value[2])
            return None if inner is None else inner | {""}
        return None

    def _exact_sequence(self, nodes: Any) -> Literals | None:
        run: Literals = frozenset({""})
        for kind, value in nodes.data:
            letters = self._exact(kind, value)
            if letters is None or len(run) * len(letters) > _MOST:
                return None
            run = _joined(run, letters)
        return run

    def _heads(self, kind: Any, value: Any) -> Literals | None:
        """Give texts with one of which everything begins that a node matches."""
        exact = self._exact(kind, value)
        if exact is not None:
            return exact
        if kind is op.SUBPATTERN:
            return self._head_of_sequence(value[3])
        if kind is op.ATOMIC_GROUP:
            return self._head_of_sequence(value)
        if kind is op.BRANCH:
            return _union([self._head_of_sequence(branch) for branch in value[1]], _MOST)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0] > 0:
            return self._head_of_sequence(value[2])
        return None

    def _head_of_sequence(self, nodes: Any) -> Literals | None:
        run: Literals = frozenset({""})
        for kind, value in nodes.data:
            letters = self._exact(kind, value)
            if letters is None or len(run) * len(letters) > _MOST:
                heads = self._heads(kind, value)
                if heads is not None and len(run) * len(heads) <= _MOST:
                    run = _joined(run, heads)
                break
            run = _joined(run, letters)
        return None if "" in run else run

    def _inside(self, kind: Any, value: Any) -> Literals | None:
        if kind is op.SUBPATTERN:
            return self.required(value[3])
        if kind is op.ATOMIC_GROUP:
            return self.required(value)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self.required(value[2]) if value[0] > 0 else None
        if kind is op.ASSERT and value[0] > 0:
            return self.required(value[1])
        if kind is op.BRANCH:
            return _union([self.required(branch) for branch in value[1]], 4 * _MOST)
        return None


def _joined(heads: Literals, tails: Literals) -> Literals:
    return frozenset(head + tail for head in heads for tail in tails)


def _union(parts: list[Literals | None], most: int) -> Literals | None:
    """Join the sets of alternatives; None where one has none, or they are too many."""
    if any(part is None for part in parts):
        return None
    joined = frozenset(literal for part in parts if part for literal in part)
    return joined if len(joined) <= most else None


def _better(left: Literals | None, right: Literals | None) -> Literals | None:
    def rank(literals: Literals | None) -> tuple[int, int]:
        if not literals:
            return (0, 0)
        return (min(min(map(len, literals)), 3), -len(literals))

    chosen = left if rank(left) >= rank(right) else right
    return chosen if rank(chosen)[0] > 0 else None
