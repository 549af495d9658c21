"""What the ways to read a slip are worth: what is lost at its head and its tail is ranked, and the gain weighed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import DoubleByte
from cleancorpus.mojibake.late_reading import MARKS, End, Points, read_late
from cleancorpus.mojibake.lossy import ASKING
from cleancorpus.mojibake.lost_bytes import OTHER_LEAD, Choice, form_cost, lost_lead, lost_trail
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.wording import Wording

_QUESTION, _BLANK, _FULL_STOP = 0x3F, 0x20, 0x3002
_NEXT = 3  # characters behind a slip that are scored with it, so that the seam counts
_ASKED = 6  # characters before a mark in which an asking word may stand
_TRIED = 4  # ends that are weighed in full
# Bits a character from which on it is rare.
_RARE = -16.0
# What it costs to think that a trail byte was lost as well.
_SECOND_LOSS = 4.0
# What a slip may lose on its way to where it gains.
_MOST_LOSS = 25.0
# What it costs to take an ASCII character for a narrowed one.  In a slip a full-width form is the byte A3,
# which ended a character, and the lead byte of the next: the first is a full stop (A1A3), or a character whose
# trail byte happens to be A3, one in 94.
_WIDENED = 5.0
_WIDENED_QUESTION = 13.0  # trail byte A3 (one in 94) and lead byte BF (one in 70): nearly always a lost byte


@dataclass(frozen=True, eq=False)
class Reading:
    """One way to read a slip, by how many bits it beats the text as it stands, and what speaks for and against it.

    ``points`` are the true characters as far as they are known, the first and the pending one as the best of
    ``heads`` and ``tails`` has them, and ``bits`` their scores.  ``behind`` is the first character behind the mark,
    ``following`` what stands behind the slip, and ``asked`` says whether an asking word stands before the mark.
    """

    charset: str
    end: End
    heads: list[Choice]
    tails: list[Choice]
    points: Points
    bits: NDArray[np.float64]
    gain: float
    behind: int
    following: Points
    asked: bool
    model: CharacterModel

    @property
    def inner(self) -> Points:
        """What is read without a doubt if this reading is right: all but head and tail."""
        return self.points[1 : len(self.points) - bool(self.end.pending)]

    @property
    def is_short(self) -> bool:
        """Whether there is but one character behind the first."""
        return len(self.points) == 2

    @property
    def is_poor(self) -> bool:
        """Whether what it gives is poor Chinese."""
        bits = self.bits[1:][self.points[1:] >= 0x80]
        return bool(len(bits)) and float(bits.mean()) < _RARE

    @property
    def begins_blank(self) -> bool:
        """Whether the first character behind the mark is a blank, narrowed then."""
        return self.behind == _BLANK

    @cached_property
    def is_odd(self) -> bool:
        """Whether it gives a lone letter, or stands before rare or lost characters."""
        following = self.following
        goes_on = bool(len(following)) and 0x20 < int(following[0]) < 0x7F
        last = int(self.points[-1])
        lone = last < 0x80 and chr(last).isalpha() and not goes_on
        rare = (following[:1] >= 0x80) & (self.model.score_alone(following[:1]) < _RARE)
        return lone or bool(np.isin(following, MARKS).any() or rare.any())

    @property
    def has_hanzi(self) -> bool:
        """Whether what it gives without a doubt holds Chinese characters."""
        return bool(is_hanzi(self.inner).any())


def slip_readings(text: Points, mark: int, charset: DoubleByte, model: CharacterModel) -> list[Reading]:
    """Weigh the ways to read a slip that began at ``text[mark]``; ``text`` is the page around it."""
    behind = text[mark + 1 :]
    stream, ends = read_late(text, mark, charset, model)
    if not ends:
        return []
    reach = max(end.count for end in ends) + _NEXT
    wording = Wording(model, np.concatenate([text[:mark], behind[reach:]]))
    as_is = np.concatenate([[0.0], np.cumsum(wording.score(behind[:reach]))])
    late = np.concatenate([[0.0], np.cumsum(wording.score(stream) - _widening(behind, stream) - form_cost(stream))])
    losing = _losing(late, as_is)
    at_once = [end for end in ends if not len(end.points)]
    rough = [
        (float(late[len(end.points) - 1] - as_is[end.count]), index)
        for index, end in enumerate(ends)
        if len(end.points) and end.count <= losing
    ]
    tried = [ends[index] for _, index in sorted(rough, reverse=True)[:_TRIED]]
    weighed = [_weighed(text[:mark], behind, end, charset, model, wording) for end in tried + at_once]
    return [reading for reading in weighed if reading is not None]


def _losing(late: NDArray[np.float64], as_is: NDArray[np.float64]) -> int:
    """Give the number of characters after which a slip would have lost far more than gained: it began further on."""
    length = min(len(late), len(as_is) - 1)
    lost = np.flatnonzero(late[:length] - as_is[1 : length + 1] < -_MOST_LOSS)
    return int(lost[0]) if len(lost) else len(as_is)


def _widening(behind: Points, late: Points) -> NDArray[np.float64]:
    """Give what each character of the slipped reading costs for taking an ASCII character as narrowed."""
    narrow = behind[1 : len(late) + 1]
    cost = np.where(narrow == _QUESTION, _WIDENED_QUESTION, _WIDENED)
    return np.where((narrow < 0x80) & (late != _FULL_STOP), cost, 0.0)


def _weighed(
    page: Points, behind: Points, end: End, charset: DoubleByte, model: CharacterModel, wording: Wording
) -> Reading | None:
    """Rank what is lost at the head and at the tail, and weigh what comes out against the text as it stands."""
    previous = page[-2:]
    rest = behind[end.count :]
    following = rest[:_NEXT]
    # Where a trail byte is lost, U+FFFD stands for its character.
    known = np.concatenate([end.points, rest])
    heads = lost_lead(end.trail, page, known, charset, model)
    if not heads:
        return None
    read = np.concatenate([np.array([heads[0].point], dtype=np.uint32), end.points])
    tails = lost_trail(end.pending, np.concatenate([page, read[:-1]]), rest, charset, model) if end.pending else []
    if tails:
        read[-1] = tails[0].point
    stands = np.concatenate([previous, np.array([_QUESTION], dtype=np.uint32), behind[: end.count], following])
    repaired = np.concatenate([previous, read, following])
    scores = wording.score(repaired)
    gain = float(scores.sum() - wording.score(stands).sum() - form_cost(read).sum())
    gain -= float(_widening(behind, end.points[:-1]).sum())
    if end.pending:
        gain -= _SECOND_LOSS
    if charset.name == "gbk" and not heads[0].usual:
        gain -= OTHER_LEAD
    # One character that is in step again at once says little by itself: it may be a letter behind a question.
    asked = not ASKING.isdisjoint(page[-1 if len(end.points) else -_ASKED :].tolist())
    bits = scores[len(previous) : len(previous) + len(read)]
    return Reading(charset.name, end, heads, tails, read, bits, gain, int(behind[0]), following, asked, model)
