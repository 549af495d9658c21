"""In which ways a pattern can match, and what each cannot do without: literals of which a match holds one."""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]  # typeshed leaves the parser's opcodes out
import re._parser as parser  # type: ignore[import-not-found]  # typeshed leaves the pattern parser out
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cleancorpus.boilerplate.edges import ANY, edge_characters, packed

Literals = frozenset[str]

_MOST = 400
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)
_NESTED = (op.SUBPATTERN, op.BRANCH, op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


@dataclass(frozen=True, eq=False)
class Way:
    """One of the ways in which a pattern can match.

    ``literals`` are texts of which every such match holds one, ``longest`` is the most characters that one can
    have.  Of ``ahead``, texts for which it looks ahead, one must stand there, too; it is empty where the literals
    are enough.  ``first`` and ``last`` are the characters with which it can begin and end, as bits.  Ways are told
    apart by what they are, not by what they say.
    """

    literals: tuple[str, ...]
    longest: int
    ahead: tuple[str, ...] = ()
    first: bytes = ANY
    last: bytes = ANY


def read_ways(pattern: str) -> tuple[Way, ...]:
    """Read from ``pattern`` in which ways it can match, so that what matches it matches by one of them.

    Where all of a pattern is a choice, behind looks ahead or not, each branch is a way, with literals of its own.
    Otherwise there is one way.  Its literals are empty where none are required (``\\d+``).
    """
    tree, reader = parser.parse(pattern), _Reader()
    found = tuple(reader.way(nodes) for nodes in _branches(tree))
    return found if all(way.literals for way in found) else (reader.way(tree),)


def _branches(nodes: Any) -> Iterator[Any]:
    """Give the sequences that a choice at the end of looks ahead and nothing else comes to."""
    shown = [place for place, (kind, _) in enumerate(nodes.data) if kind not in _ZERO_WIDTH]
    choice = _choice(*nodes.data[shown[0]]) if len(shown) == 1 else None
    if choice is None:
        yield nodes
        return
    for branch in choice:
        joined = [*nodes.data[: shown[0]], *branch.data, *nodes.data[shown[0] + 1 :]]
        yield from _branches(parser.SubPattern(nodes.state, joined))


def _choice(kind: Any, value: Any) -> Any:
    """Give the branches of a choice, in groups or not; None where a node is something else."""
    if kind is op.BRANCH:
        return value[1]
    if kind is op.SUBPATTERN and len(value[3].data) == 1:
        return _choice(*value[3].data[0])
    return None


@lru_cache(maxsize=1024)
def required_literals(pattern: str) -> tuple[str, ...]:
    """Give literals so that every text which matches ``pattern`` contains one of them.

    The set with the longest shortest literal is chosen, then the smallest; it is empty where no such set
    is found (``\\d+``).  The way of Cox, "Regular Expression Matching with a Trigram Index" (2012).
    """
    return _Reader().way(parser.parse(pattern)).literals


def _without_holders(found: Literals) -> tuple[str, ...]:
    """Give literals without those that hold another of them, which need not be looked for."""
    sizes = {len(literal) for literal in found}

    def holds_another(literal: str) -> bool:
        shorter = (size for size in sizes if size < len(literal))
        return any(literal[a : a + size] in found for size in shorter for a in range(len(literal) - size + 1))

    return tuple(sorted(literal for literal in found if not holds_another(literal)))


class _Reader:
    """Reads what one pattern requires."""

    def __init__(self) -> None:
        self._known: dict[int, Literals | None] = {}

    def way(self, nodes: Any) -> Way:
        """Give what a sequence requires of its matches."""
        literals = _without_holders(self.required(nodes) or frozenset())
        first, last = (packed(edge_characters(nodes, last=last)) for last in (False, True))
        return Way(literals, int(nodes.getwidth()[1]), self._ahead(nodes, literals), first, last)

    def _ahead(self, nodes: Any, literals: tuple[str, ...]) -> tuple[str, ...]:
        """Give the best set that a sequence looks ahead for beside ``literals``, if these alone would tell little.

        Literals of more than a character tell enough, unless they are one of several things it looks ahead for.
        """
        sets = [self._inside(kind, value) for kind, value in nodes.data if kind is op.ASSERT]
        if len(sets) < 2 and min(map(len, literals), default=0) > 1:
            return ()
        best: Literals | None = None
        for found in sets:
            if found and not all(any(other in literal for other in found) for literal in literals):
                best = _better(best, found)
        return _without_holders(best or frozenset())

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
