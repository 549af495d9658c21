"""Whether a bracket, quotation mark or half of a doubled mark that may have been lost has its partner around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.uint32]

# Each kind with its narrow form; corner brackets are kinds of their own.
_KINDS = ("（(", "）)"), ("“", "”"), ("‘", "’"), ("《", "》"), ("〈", "〉"), ("「", "」"), ("『", "』"), ("【", "】")
_REACH = 120  # characters on either side within which the partner is looked for
_DOUBLED = tuple(map(ord, "…—"))  # Chinese text writes two of them in a row
# Bits that a partner which waits for one speaks for a bracket, and a missing one against it.
_WAITING, _MISSING = 5.0, -6.0

_OPENING = {ord(form): kind for kind, (opening, _) in enumerate(_KINDS) for form in opening}
_CLOSING = {ord(form): kind for kind, (_, closing) in enumerate(_KINDS) for form in closing}


def partner_bits(points: Points, left: Points, right: Points) -> NDArray[np.float64]:
    """Give what the text on both sides says for or against each being a bracket or a doubled mark, 0 for all else."""
    bits = np.zeros(len(points))
    for at, point in enumerate(points.tolist()):
        if point in _OPENING:
            waits = _waits(right[:_REACH], _CLOSING, _OPENING, _OPENING[point])
        elif point in _CLOSING:
            waits = _waits(left[-_REACH:][::-1], _OPENING, _CLOSING, _CLOSING[point])
        elif point in _DOUBLED:
            bits[at] = 0.0 if point in (*left[-1:].tolist(), *right[:1].tolist()) else _MISSING
            continue
        else:
            continue
        bits[at] = _WAITING if waits else _MISSING
    return bits


def _waits(side: Points, wanted: dict[int, int], other: dict[int, int], kind: int) -> bool:
    """Say whether, going away from the place, a bracket of this kind comes that has no partner on the way."""
    depth = 0
    for point in side.tolist():
        if other.get(point) == kind:
            depth += 1
        elif wanted.get(point) == kind:
            if not depth:
                return True
            depth -= 1
    return False
