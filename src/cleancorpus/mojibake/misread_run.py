"""A run of text that was read in a wrong encoding, and what the character model says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.late_reading import Guess

Points = NDArray[np.uint32]

# From this many UTF-8 sequences or pairs on, a run is no accident, and may have been misread twice.
STRONG = 4
# Bits a character (ASCII left out) that what comes out may cost; clean text costs 6 to 10 (docs/language.md).
WORST = 13.5
# The same where four and more sequences of UTF-8 speak for the reading: Cyrillic letters in drawn tables, which look
# like such by some single-byte sets, cost from 23 on; of 3,600 places by these sets two cost more than WORST.
WORST_PROVEN = 17.0
# What a character of a table's frame costs: the model has read no tables, and would give thirty bits.
FRAME_BITS = -10.0
LOST = 0xFFFD
# The share that the best character must have where a reader lost a byte.  A misread line has lost dozens: of 720 of
# `benchmarks/mojibake.py repairs --only holed` (seeds 20 and 77) 7 were wrong at 0.99, two of them in a character that
# was filled in, and 5 at 0.997, none of them there; 38 and 18 were restored wholly.
MIN_HOLE_SHARE = 0.997
# The signs that frames are drawn with; the many others of that block stand in no text.
_FRAME = np.array(list(map(ord, "─━│┃┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬")), dtype=np.uint32)
_NO_COST_KNOWN = 99.0


@dataclass(frozen=True)
class Run:
    """A misread run: ``[start, end)`` of the text reads ``after``; ``gain`` and ``cost`` a character in bits."""

    start: int
    end: int
    after: Points
    rule: str
    gain: float
    cost: float
    strong: bool  # its structure alone says that it was misread so
    open: tuple[Guess, ...] = ()
    layers: int = 1
    clear: bool = True  # where it ends and what it was is beyond doubt; else it is only flagged


def is_frame(points: Points) -> NDArray[np.bool_]:
    """Say which characters frames of tables are drawn with."""
    return np.isin(points, _FRAME)


def weigh(text: Points, runs: Sequence[Run], model: CharacterModel) -> list[Run]:
    """Fill in what the model says of runs, each with the character before and the one behind it."""
    if not runs:
        return []
    before = [text[max(run.start - 1, 0) : run.start] for run in runs]
    behind = [text[run.end : run.end + 1] for run in runs]
    stands = _totals(before, [text[run.start : run.end] for run in runs], behind, model)[0]
    reads, cost = _totals(before, [run.after for run in runs], behind, model)
    return [
        replace(run, gain=gain, cost=bits)
        for run, gain, bits in zip(runs, (reads - stands).tolist(), cost.tolist(), strict=True)
    ]


def _totals(
    before: list[Points], inside: list[Points], behind: list[Points], model: CharacterModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score texts given in three parts: the bits of the whole, and the cost of a character inside that is not ASCII."""
    parts = [part for three in zip(before, inside, behind, strict=True) for part in three]
    points = np.concatenate(parts)
    length = np.array([len(part) for part in parts], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(length.reshape(-1, 3).sum(axis=1))])
    scores = model.score(points, offsets).astype(np.float64)
    own = np.repeat(np.tile([False, True, False], len(inside)), length)
    scores = np.where(own & is_frame(points), np.maximum(scores, FRAME_BITS), scores)
    own &= (points >= 0x80) & (points != LOST)
    text = np.repeat(np.arange(len(inside)), np.diff(offsets))
    count, bits, total = (
        np.bincount(text, weights=weights, minlength=len(inside)).astype(np.float64)
        for weights in (own, np.where(own, -scores, 0), scores)
    )
    return total, np.where(count > 0, bits / np.maximum(count, 1), _NO_COST_KNOWN)
