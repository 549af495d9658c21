"""What the ways to read a slip are worth: what is lost at its head and its tail is ranked, and the gain weighed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import DoubleByte
from cleancorpus.mojibake.late_reading import MARKS, UNKNOWN, End, Points, read_late
from cleancorpus.mojibake.lost_bytes import (
    OTHER_LEAD,
    OTHER_LEAD_BIG5,
    Choice,
    form_cost,
    is_usual_lead,
    lead_candidates,
    lost_lead,
    lost_trail,
    trail_candidates,
)
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.questions import ASKING
from cleancorpus.mojibake.wording import Wording

Bits = NDArray[np.float64]

_QUESTION, _BLANK, _FULL_STOP = 0x3F, 0x20, 0x3002
# Characters before and behind a slip that are scored with it, so that the seams count.
_BEFORE, _NEXT = 2, 3
_ASKED = 6  # characters before a mark in which an asking word may stand
# Characters on either side among which other lost bytes count; in Big5 text each mark that lost one leaves ASCII.
_LOSSES = {"gbk": 120, "big5": 12}
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
    bits: Bits
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


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One way to read a slip, as long as what is lost of it has not been ranked, which costs far more than all else.

    ``page`` is what stands before the mark, and ``behind`` what stands behind it.
    """

    page: Points
    behind: Points
    end: End
    charset: DoubleByte
    model: CharacterModel
    wording: Wording

    @property
    def first(self) -> int:
        """The first character behind the mark."""
        return int(self.behind[0])

    @property
    def begins_blank(self) -> bool:
        """Whether that is a blank, narrowed then."""
        return self.first == _BLANK

    @property
    def asked(self) -> bool:
        """Whether an asking word stands before the mark."""
        # One character that is in step again at once says little by itself: it may be a letter behind a question.
        return not ASKING.isdisjoint(self.page[-1 if self.end.size else -_ASKED :].tolist())

    @cached_property
    def most(self) -> float:
        """The most that it can gain: what is lost is taken to be whatever fits best between its neighbours."""
        heads = lead_candidates(self.end.trail, self.charset)
        tails = trail_candidates(self.end.pending, self.charset) if self.end.pending else heads
        if not len(heads) or not len(tails):
            return np.inf
        text, at = self._repaired(np.append(np.uint32(UNKNOWN), self.end.points)), len(self.page[-_BEFORE:])
        scores = self.wording.score(text)
        scores[at : at + 2] = 0
        alone = self.end.pending and self.end.size == 1  # what stands beside the head is lost as well
        gain = self._best(heads, text[at - 1 : at], text[at + 1 : at + 1 + (not alone)], self._lead_cost(heads))
        if self.end.pending:
            at += self.end.size
            scores[at : at + 2] = 0
            gain += self._best(tails, text[at - (not alone) : at], text[at + 1 : at + 2], 0.0)
        return gain + float(scores.sum()) - self._cost

    def weighed(self) -> Reading | None:
        """Rank what is lost at the head and at the tail, and weigh what comes out against the text as it stands."""
        end, rest = self.end, self.behind[self.end.count :]
        # Where a trail byte is lost, U+FFFD stands for its character.
        heads = lost_lead(end.trail, self.page, self._right, self.charset, self.model)
        if not heads:
            return None
        read = np.append(np.uint32(heads[0].point), end.points)
        before = np.concatenate([self.page, read[:-1]])
        tails = lost_trail(end.pending, before, rest, self.charset, self.model) if end.pending else []
        if tails:
            read[-1] = tails[0].point
        scores = self.wording.score(self._repaired(read))
        gain = float(scores.sum() - form_cost(read[[0, -1]][: 1 + bool(tails)]).sum()) - self._cost
        if not heads[0].usual:
            gain -= OTHER_LEAD if self.charset.name == "gbk" else OTHER_LEAD_BIG5
        at = len(self.page[-_BEFORE:])
        bits, following = scores[at : at + len(read)], rest[:_NEXT]
        return Reading(
            self.charset.name, end, heads, tails, read, bits, gain, self.first, following, self.asked, self.model
        )

    def _repaired(self, read: Points) -> Points:
        return np.concatenate([self.page[-_BEFORE:], read, self.behind[self.end.count :][:_NEXT]])

    @cached_property
    def _cost(self) -> float:
        """What the text as it stands scores, and what is known of the reading costs."""
        taken = self.behind[: self.end.count]
        taken = np.where(taken == UNKNOWN, np.uint32(_QUESTION), taken)  # either says no more than that a byte was lost
        stands = self._repaired(np.append(np.uint32(_QUESTION), taken))
        cost = self.wording.score(stands).sum() + form_cost(self.end.points).sum()
        cost += _widening(self.behind, self.end.points[:-1]).sum()
        return float(cost) + (_SECOND_LOSS if self.end.pending else 0.0)

    def _lead_cost(self, points: Points) -> Bits:
        bits = OTHER_LEAD if self.charset.name == "gbk" else OTHER_LEAD_BIG5
        other = np.where(is_usual_lead(points, self.page, self._right), 0.0, bits)
        return np.asarray(form_cost(points) + other)

    @property
    def _right(self) -> Points:
        return np.concatenate([self.end.points, self.behind[self.end.count :]])

    def _best(self, points: Points, before: Points, behind: Points, cost: Bits | float) -> float:
        """Give the most that any of some characters scores between its neighbours, less what it costs."""
        rows = np.empty((len(points), len(before) + 1 + len(behind)), dtype=np.uint32)
        rows[:] = np.concatenate([before, points[:1], behind])
        rows[:, len(before)] = points
        scores = self.wording.score(rows.ravel()).reshape(rows.shape)
        return float((scores[:, 1:].sum(axis=1) - cost).max())


def slip_hypotheses(text: Points, mark: int, charset: DoubleByte, model: CharacterModel) -> list[Hypothesis]:
    """Give the likeliest ways to read a slip that began at ``text[mark]``; ``text`` is the page around it."""
    behind = text[mark + 1 :]
    stream, ends = read_late(text, mark, charset, model)
    ascii_ = behind[:2] < 0x80
    if not ends or (ascii_[0] and _among_losses(text, mark, _LOSSES[charset.name])):
        return []
    if int(behind[0]) == _BLANK and ascii_.all():  # a lost character before code or numbers
        return []
    reach = max(end.count for end in ends) + _NEXT
    wording = Wording(model, np.concatenate([text[:mark], behind[reach:]]))
    as_is = np.concatenate([[0.0], np.cumsum(wording.score(behind[:reach]))])
    late = np.concatenate([[0.0], np.cumsum(wording.score(stream) - _widening(behind, stream) - form_cost(stream))])
    losing = _losing(late, as_is)
    at_once = [end for end in ends if not end.size]
    rough = [
        (float(late[end.size - 1] - as_is[end.count]), index)
        for index, end in enumerate(ends)
        if end.size and end.count <= losing
    ]
    tried = [ends[index] for _, index in sorted(rough, reverse=True)[:_TRIED]]
    return [Hypothesis(text[:mark], behind, end, charset, model, wording) for end in tried + at_once]


def _among_losses(text: Points, mark: int, reach: int) -> bool:
    """Say whether a mark is U+FFFD with others near it: then a reader lost bytes of the line, and ASCII says little."""
    near = text[max(mark - reach, 0) : mark + 1 + reach]
    return int(text[mark]) == UNKNOWN and int(np.count_nonzero(near == UNKNOWN)) > 1


def _losing(late: Bits, as_is: Bits) -> int:
    """Give the number of characters after which a slip would have lost far more than gained: it began further on."""
    length = min(len(late), len(as_is) - 1)
    lost = np.flatnonzero(late[:length] - as_is[1 : length + 1] < -_MOST_LOSS)
    return int(lost[0]) if len(lost) else len(as_is)


def _widening(behind: Points, late: Points) -> Bits:
    """Give what each character of the slipped reading costs for taking an ASCII character as narrowed."""
    narrow = behind[1 : len(late) + 1]
    cost = np.where(narrow == _QUESTION, _WIDENED_QUESTION, _WIDENED)
    return np.where((narrow < 0x80) & (late != _FULL_STOP), cost, 0.0)
