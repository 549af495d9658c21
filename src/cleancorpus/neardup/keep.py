"""Which of several copies to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.text import Positions, TextBatch

KeepFunction = Callable[[Any, str], float]
Keep = str | KeepFunction
POLICIES = ("longest", "earliest", "best")

REASONS = {
    "longest": "it is the longest",
    "earliest": "it came first",
    "best": "it is the least damaged",
}

_QUESTION, _REPLACEMENT = 0x3F, 0xFFFD
_SOUND_START, _SOUND_END = 0x3000, 0xD800
_HAN_START, _HAN_END = 0x4E00, 0x9FFF


def check_keep(keep: Keep) -> None:
    """Raise ``SettingsError`` unless ``keep`` is the name of a policy or a function."""
    if not callable(keep) and keep not in POLICIES:
        raise SettingsError(f"keep is one of {', '.join(POLICIES)}, or a function of id and text, not {keep!r}")


def damage(batch: TextBatch) -> Positions:
    """Give the positions of damaged characters, ``int64``, in order.

    Replacement characters, private-use and control characters, and a question mark between two Han
    characters, which is what a lost byte leaves.
    """
    points = batch.codepoints
    # Nearly all of a Chinese text lies in one range without a suspect; the few others are looked up.
    others = np.flatnonzero(points - np.uint32(_SOUND_START) >= _SOUND_END - _SOUND_START)
    places = others[_suspects()[points[others]]]
    question = points[places] == _QUESTION
    before = points[np.maximum(places - 1, 0)]
    after = points[np.minimum(places + 1, max(len(points) - 1, 0))]
    between = _is_han(before) & _is_han(after)
    damaged: Positions = places[~question | between]
    return damaged


def _is_han(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return (points >= _HAN_START) & (points <= _HAN_END)


@cache
def _suspects() -> NDArray[np.bool_]:
    """Give for every code point whether it can be damage."""
    table = np.zeros(0x110000, dtype=bool)
    table[:0x20] = table[0x7F:0xA0] = table[0xE000:0xF900] = table[0xF0000:] = True
    table[[0x09, 0x0A, 0x0D]] = False
    table[[_QUESTION, _REPLACEMENT]] = True
    table.flags.writeable = False
    return table


def keep_order(
    keep: Keep,
    *,
    length: Positions,
    faults: Positions,
    place: Positions,
    scores: NDArray[np.float64] | None,
) -> Positions:
    """Give the texts in the order in which they would be kept, the best first (``int64[D]``).

    ``length`` counts folded characters, ``faults`` damaged characters and spun words, ``place`` is the rank by
    id, which settles every tie (for ``earliest``: the place in the input); ``scores`` are a function's.
    """
    if scores is not None:
        return np.lexsort((place, -length, -scores))
    if keep == "earliest":
        return np.argsort(place, kind="stable")
    if keep == "best":
        # Faults per character, so that a long text is not worse for being long.
        return np.lexsort((place, -length, faults / np.maximum(length, 1)))
    return np.lexsort((place, -length))


def id_ranks(ids: Sequence[Any]) -> Positions:
    """Rank ids by their kind and value, ``int64[D]``; equal ids by their place in the input."""
    try:
        order = sorted(range(len(ids)), key=ids.__getitem__)
    except TypeError:
        order = sorted(range(len(ids)), key=lambda index: (type(ids[index]).__name__, str(ids[index])))
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[np.array(order, dtype=np.int64)] = np.arange(len(ids))
    return ranks
