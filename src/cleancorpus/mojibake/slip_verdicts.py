"""Which reading of a slip is good enough to be taken, and what of it stays open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cleancorpus.mojibake.late_reading import Guess
from cleancorpus.mojibake.lost_bytes import Choice
from cleancorpus.mojibake.slip_readings import Hypothesis, Reading

# Bits by which a repair must beat the text as it stands, chosen on `benchmarks/mojibake.py repairs` and `harm`.
_MIN_GAIN = 7.0
# The share that the best character for a half-lost pair must have.  Of 14,000 characters of clean texts that lost their
# trail byte 49 % have 0.95 or more, and 3.8 in 1,000 of all come out wrong (the ideographic blank left aside); 40 %
# have 0.98 (1.5), 37 % 0.985 (1.3), 33 % 0.99 (0.7).  Neither how well the text around is known to the model nor the
# parts of its evidence tell the wrong ones (a logistic fit gains a point).  In real pages (`../shared/eval/seeds`) the
# best of the right ones has as little as 0.957; Big5 slips are shorter, and say less.
_MIN_SHARE = {"gbk": 0.95, "big5": 0.985}
# That of one that gives poor Chinese, with something lost at its head or tail, or with nothing else lost.
_MIN_GAIN_POOR, _MIN_GAIN_POOR_KNOWN = 20.0, 15.0
# The least gain of a slip that began with another character than a mark, after what that costs.
_MIN_GAIN_OTHER = {"gbk": 15.0, "big5": 11.0}
# The least gain of a slip of one character: a rare one between a mark and an ASCII byte says much by itself.
_MIN_GAIN_SHORT = 2.0
# That of one that leaves doubts, see `Reading.is_odd`.
_MIN_GAIN_ODD = 22.0
# The least gain where a mark is all that is known, and where the first character behind it is a narrowed blank.
_MIN_GAIN_OPEN, _MIN_GAIN_OPEN_BOTH, _MIN_GAIN_BLANK = 28.0, 50.0, 28.0
# The share that the best character for the lost lead byte must have: a mark, as these lose it most (see
# `lost_bytes.OTHER_LEAD`), or any other character.  Of 4,000 marks of GBK slips that have
# all other bytes 7 have less than 0.65 and 8 less than 0.8, all of them right; other characters do come in between.
_MIN_LEAD_SHARE = {"gbk": 0.65, "big5": 0.8}
_MIN_LEAD_SHARE_OTHER = 0.95
# That of a mark where a trail byte is lost too: then the text behind it says less.
_MIN_LEAD_SHARE_BOTH = 0.9
# By how many bits a reading must beat what other bytes, or another end, would make of the place.
_MIN_MARGIN = 5.0
# The gain from which on a reading that is not taken is told.
_MIN_GAIN_TOLD = 10.0
# The least gain of one character that is in step again at once, and of one that an asking word stands before.
_MIN_GAIN_AT_ONCE, _MIN_GAIN_ASKED = 11.0, 22.0


@dataclass(frozen=True)
class Slip:
    """A slip found: ``[start, end)`` reads ``after``, nothing where that is empty; what is unknown is in ``open``.

    ``withheld`` is what it may read where that is not clear enough, and ``gain`` by how many bits that beats the text.
    """

    charset: str
    start: int
    end: int
    after: str
    open: tuple[Guess, ...] = ()
    withheld: str = ""
    gain: float = 0.0

    def moved(self, by: int) -> Slip:
        """Give the slip with its places moved."""
        opened = tuple(replace(guess, start=guess.start + by, end=guess.end + by) for guess in self.open)
        return replace(self, start=self.start + by, end=self.end + by, open=opened)


def is_possible(one: Hypothesis) -> bool:
    """Say whether this way to read a slip may gain enough to be taken or told, whatever was lost."""
    short = one.end.size == 1
    needed = (
        (True, _MIN_GAIN_SHORT if short and one.first >= 0x80 else _MIN_GAIN),
        (not one.end.size, _MIN_GAIN_AT_ONCE),
        (one.asked, _MIN_GAIN_ASKED),
        (one.begins_blank, _MIN_GAIN_BLANK),
        (short and bool(one.end.pending), _MIN_GAIN_ODD),
    )
    return one.most >= min(_MIN_GAIN_TOLD, max(least for holds, least in needed if holds))


def likeliest_readings(hypotheses: list[Hypothesis]) -> list[Reading]:
    """Weigh the ways to read a slip as long as one may be the best, or come close to it."""
    readings: list[Reading] = []
    for one in sorted(hypotheses, key=lambda one: one.most, reverse=True):
        if readings and one.most < max(reading.gain for reading in readings) - _MIN_MARGIN:
            break
        reading = one.weighed()
        readings += [reading] if reading is not None else []
    return readings


def best_slip(readings: list[Reading], mark: int) -> Slip | None:
    """Give the slip at ``mark`` as the likeliest reading has it, if that one is good enough."""
    if not readings:
        return None
    # The likeliest reading counts, also where it is not clear enough to be taken.
    best = max(readings, key=lambda reading: reading.gain)
    head, pending = best.heads[0], best.end.pending
    if pending and not best.tails:
        return None
    usual_share = _MIN_LEAD_SHARE_BOTH if pending else _MIN_LEAD_SHARE[best.charset]
    head_open = head.share < (usual_share if head.usual else _MIN_LEAD_SHARE_OTHER)
    tail_open = bool(pending) and best.tails[0].share < _MIN_SHARE[best.charset]
    needed = (  # what the gain must be where something holds
        (True, _MIN_GAIN_SHORT if best.is_short and best.behind >= 0x80 else _MIN_GAIN),
        (best.is_poor, _MIN_GAIN_POOR if head_open or pending else _MIN_GAIN_POOR_KNOWN),
        (not head.usual or head_open, _MIN_GAIN_OTHER[best.charset]),
        (len(best.points) == 1, _MIN_GAIN_AT_ONCE),
        (best.asked, _MIN_GAIN_ASKED),
        (best.begins_blank, _MIN_GAIN_BLANK),
        (best.is_short and (pending or best.is_odd or (head_open and best.points[-1] < 0x80)), _MIN_GAIN_ODD),
        (tail_open and (head_open or not best.has_hanzi), _MIN_GAIN_OPEN_BOTH if head_open else _MIN_GAIN_OPEN),
    )
    unclear = any(best.gain - other.gain < _MIN_MARGIN and other.charset != best.charset for other in readings)
    unclear |= head_open and bool(pending) and best.is_odd  # more is lost around here than a byte at each end
    if unclear or best.gain < max(least for holds, least in needed if holds):
        return _withheld(best, mark) if best.gain >= _MIN_GAIN_TOLD else None
    return replace(_slip(best, mark, head_open=head_open, tail_open=tail_open), gain=best.gain)


def _slip(best: Reading, mark: int, *, head_open: bool, tail_open: bool) -> Slip:
    start, stop = mark, mark + 1 + best.end.count
    points = best.points.tolist()
    opened = []
    if head_open and len(points) == 1:
        return Slip(best.charset, stop, stop, "", (_guess(mark, stop, best.heads),))
    if head_open:
        start, points = mark + 1, points[1:]
        opened.append(_guess(mark, start, best.heads))
    if tail_open:
        place = stop - best.end.marked
        opened.append(_guess(place, stop, best.tails))
        stop, points = place, points[:-1]
    return Slip(best.charset, start, stop, "".join(map(chr, points)), tuple(opened))


def _shown(best: Reading) -> str:
    return "".join(map(chr, best.points.tolist()))


def _withheld(best: Reading, mark: int) -> Slip:
    """Give a slip that is not taken, with what it may read."""
    return Slip(best.charset, mark, mark + 1 + best.end.count, "", (), _shown(best), best.gain)


def _guess(start: int, end: int, choices: list[Choice]) -> Guess:
    return Guess(start, end, "".join(chr(choice.point) for choice in choices), choices[0].share)
