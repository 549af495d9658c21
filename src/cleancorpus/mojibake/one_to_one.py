"""Pairs that were read as other pairs, one character for one: which of the characters are to be read back.

No byte says where such a run begins and ends.  The reading is one to one, so a text that was misread from here to
there is as likely as the text that this gives back, and everything around is decided at once: of all ways to read each
character as it stands or back, the likeliest (Viterbi 1967).  How much worse the best way is that decides otherwise
for a character says how clear the choice is (the max-marginals of the same recursion, run in both directions).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.language.pairs import BOUNDARY, Symbols
from cleancorpus.mojibake.charsets import PLANE
from cleancorpus.mojibake.excerpts import LINE_BREAKS, SEPARATOR
from cleancorpus.mojibake.misread_run import FRAME_BITS, Points, is_frame

Bits = NDArray[np.float64]
Mask = NDArray[np.bool_]

MIN_END_MARGIN = 6.0
"""Bits by which a choice must beat a rival that gives another text."""

MIN_ENDS_SHARE, MIN_LINE_SHARE = 0.93, 0.89
"""How likely the two ends of a run inside a line must be together, and those of whole lines.

Of 2,280 runs (`benchmarks/mojibake.py ends`, seeds 61 and 62, and three of 360) 92.2 per cent came back from 0.93 on, 6
wrong; from 0.97 on 89, with 4; from 0.9 on 93, with 7.  Of lines none of 1,132 was wrong."""

# Bits that speak for the reading without a private-use character: no text is written with one.  Forms of marks, for
# vertical lines and of small size, are seldom written (47 in the 11.4 million characters of the clean texts), and the
# model, which folds them, does not know it.
_PRIVATE_USE, _FORM_OF_MARK = 10.0, 6.0

# What it costs that a run begins or ends here, in bits: inside a line, and at its ends.  Whole lines and texts are
# misread more often than runs.
INSIDE, LINE_END = 12.0, 0.0
# Bits that a written form of the other script can tell at most: both stand in one page at times.
_FORM = 6.0
_NEVER = -1e9
_NO_WAY = 200.0  # bits that end a stretch, small enough to be added up


@dataclass(frozen=True, eq=False)
class Choice:
    """For each character, whether it is ``back``: to be read back (``bool[N]``), and by how many bits that is better.

    ``same`` (``bool[N]``) are those that both readings share; there ``margin`` (``float64[N]``) is infinite.
    """

    back: Mask
    same: Mask
    margin: Bits

    def stretches(self) -> list[tuple[int, int]]:
        """Give the stretches (start, end) of characters to be read back, with shared ones between them."""
        back = np.flatnonzero(self.back)
        if not len(back):
            return []
        other = np.concatenate([[0], np.cumsum(~self.back & ~self.same)])
        parted = np.flatnonzero(other[back[1:]] > other[back[:-1]]) + 1
        first, last = np.concatenate([[0], parted]), np.concatenate([parted - 1, [len(back) - 1]])
        return list(zip(back[first].tolist(), (back[last] + 1).tolist(), strict=True))


def unwritten(points: Points) -> Bits:
    """Give the bits that speak against each character for being one that no text is written with."""
    return _unwritten_table().take(points, mode="clip")


@lru_cache(maxsize=1)
def _unwritten_table() -> Bits:
    plane = np.arange(PLANE, dtype=np.uint32)
    return np.asarray(_PRIVATE_USE * is_private(plane) + _FORM_OF_MARK * is_form_of_mark(plane), dtype=np.float64)


def is_form_of_mark(points: Points) -> Mask:
    """Say which are forms of marks for vertical lines, or of small size."""
    return np.asarray((points >= 0xFE30) & (points <= 0xFE6F))


def is_private(points: Points) -> Mask:
    """Say which characters are private-use ones."""
    return np.asarray((points >= 0xE000) & (points <= 0xF8FF))


def choose(text: Points, read: Points, usable: Mask, model: CharacterModel) -> Choice:
    """Decide for each character of a text, an excerpt, whether it is to be read back.

    ``read`` is the text as the right reading has it, ``usable`` says where there is such a reading.
    """
    broken = np.isin(text, LINE_BREAKS)
    steps = _Steps.of(text, read, usable, broken, model)
    span = np.cumsum(text == SEPARATOR)
    # What is right for the script of its span, as it reads at first sight, is likelier.
    meant = np.where(rising(steps.bb - steps.ss, text == SEPARATOR)[0] > 0, read, text)
    hans, hant = model.hans.take(meant, mode="clip"), model.hant.take(meant, mode="clip")
    evidence = np.bincount(span, weights=np.clip(hant - hans, -4, 4))
    traditional = (1 / (1 + np.exp2(-np.clip(evidence, -30, 30))))[span]
    steps = steps.with_forms(_forms(text, traditional, model), _forms(read, traditional, model))
    gaining = np.bincount(span[steps.gain_something()], minlength=int(span[-1]) + 1 if len(span) else 0)[span] > 0
    difference = np.full(len(text), -np.inf)
    difference[gaining] = _marginals(steps.take(gaining))
    same = usable & (text == read)
    return Choice((difference > 0) & ~same, same, np.where(same, np.inf, np.abs(difference)))


def rising(gain: Bits, parting: Mask) -> tuple[Bits, NDArray[np.int64]]:
    """Give how much a stretch that ends at each character gains at most, and the character before that stretch.

    No stretch goes over a character that is ``parting`` (``bool[N]``), however much it gains before.
    """
    total, lowest = np.maximum(gain, -_NO_WAY), np.empty(len(gain), dtype=np.float64)
    edges = [0, *np.flatnonzero(parting).tolist(), len(gain)]
    for first, last in itertools.pairwise(edges):
        part = np.cumsum(total[first:last], out=total[first:last])
        np.minimum.accumulate(part, out=lowest[first:last])
    before = np.maximum.accumulate(np.where(total == lowest, np.arange(len(total)), 0))
    return np.asarray(total - lowest, dtype=np.float64), before


def _forms(points: Points, traditional: Bits, model: CharacterModel) -> Bits:
    hans, hant = np.exp2(model.hans.take(points, mode="clip")), np.exp2(model.hant.take(points, mode="clip"))
    return np.asarray(np.maximum(np.log2((1 - traditional) * hans + traditional * hant), -_FORM), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Steps:
    """What each character adds to a way, in bits (``float64[N]``), by how it and the one before it are read.

    The first letter of a name is the one before, ``s`` as it stands and ``b`` back; ``last`` is what it costs
    to end the text while reading back.
    """

    ss: Bits
    bs: Bits
    sb: Bits
    bb: Bits
    last: float

    @classmethod
    def of(cls, text: Points, read: Points, usable: Mask, broken: Mask, model: CharacterModel) -> _Steps:
        """Score all ways from one character to the next."""
        begins = np.concatenate([[True], broken[:-1]])
        begin = np.where(begins, LINE_END, INSIDE)
        end = np.where(broken, LINE_END, INSIDE)
        back = np.where(usable, unwritten(text) - unwritten(read), _NEVER)
        stands, reads = model.symbols(text), model.symbols(read)
        framed, framed_back = is_frame(text), is_frame(read)
        return cls(
            ss=_score(stands, stands, framed, model),
            bs=_score(reads, stands, framed, model) - end,
            sb=_score(stands, reads, framed_back, model) - begin + back,
            bb=_score(reads, reads, framed_back, model) + back,
            last=LINE_END,
        )

    def with_forms(self, stands: Bits, reads: Bits) -> _Steps:
        """Add what each character's written form says."""
        return _Steps(self.ss + stands, self.bs + stands, self.sb + reads, self.bb + reads, self.last)

    def take(self, chosen: Mask) -> _Steps:
        """Keep the steps of some spans, which no way back goes over: each ends in a line end, as the one before it."""
        return _Steps(self.ss[chosen], self.bs[chosen], self.sb[chosen], self.bb[chosen], self.last)

    def gain_something(self) -> Mask:
        """Say where a stretch ends which is likelier read back than left as it stands.

        Where there is none, no way that reads anything back is likelier, for stretches do not touch.
        """
        through = np.cumsum(np.maximum(self.bb - self.ss, -_NO_WAY))
        begun = np.maximum.accumulate(np.maximum(self.sb - self.ss, -_NO_WAY) - through)
        ended = np.append(self.bs[1:] - self.ss[1:], -self.last)
        return np.asarray(begun + through + ended > 0)


def _score(before: Symbols, symbols: Symbols, framed: Mask, model: CharacterModel) -> Bits:
    """Score each symbol behind that of ``before`` one place earlier; ``framed`` are those that draw frames."""
    previous = np.concatenate([np.full(1, BOUNDARY, dtype=before.dtype), before[:-1]])
    scores = model.pair_scores(previous, symbols).astype(np.float64)
    return np.asarray(np.where(framed, np.maximum(scores, FRAME_BITS), scores), dtype=np.float64)


def _marginals(steps: _Steps) -> Bits:
    """Give for each character how much better the best way is that reads it back than the best that does not.

    Only the difference between the two counts, so each direction carries one number from character to character.
    """
    columns = [column.tolist() for column in (steps.ss, steps.bs, steps.sb, steps.bb)]
    forward: list[float] = []
    backward: list[float] = []
    ahead = _NEVER
    for ss, bs, sb, bb in zip(*columns, strict=True):
        through, over = ahead + bs, ahead + bb
        ahead = (over if over > sb else sb) - (through if through > ss else ss)
        forward.append(ahead)
    ahead = -steps.last
    for ss, bs, sb, bb in zip(*(reversed(column) for column in columns), strict=True):
        backward.append(ahead)
        into, on = ahead + sb, ahead + bb
        ahead = (on if on > bs else bs) - (into if into > ss else ss)
    return np.array(forward, dtype=np.float64) + np.array(backward[::-1], dtype=np.float64)
