"""A run of text that was read in a wrong encoding, and what the character model says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.late_reading import Guess

Points = NDArray[np.uint32]

# From this many UTF-8 sequences or pairs on, a run is no accident, and may have been misread twice.
STRONG = 4
# What a character of a table's frame costs: the model has read no tables, and would give thirty bits.
_BOX = -10.0


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


def weigh(text: Points, run: Run, model: CharacterModel) -> Run:
    """Fill in what the model says of a run."""
    before, behind = text[max(run.start - 1, 0) : run.start], text[run.end : run.end + 1]
    stands = model.score(np.concatenate([before, text[run.start : run.end], behind]))
    reads = model.score(np.concatenate([before, run.after, behind]))
    inside = slice(len(before), len(reads) - len(behind))
    box = (run.after >= 0x2500) & (run.after <= 0x257F)
    reads[inside] = np.where(box, np.maximum(reads[inside], _BOX), reads[inside])
    own = reads[inside][run.after >= 0x80]
    return replace(run, gain=float(reads.sum() - stands.sum()), cost=float(-own.mean()) if len(own) else 99.0)
