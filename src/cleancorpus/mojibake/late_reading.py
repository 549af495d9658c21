"""The search for one byte slip: a lead byte was lost, and every later pair was read one byte late.

The lost byte left a ``?``.  Behind it each character holds the trail byte of one true character and the
lead byte of the next, until an odd byte puts the stream back in step.  What stands at a place of the slipped
stream does not depend on where the slip began, so the whole line is shifted at once, and the only questions
are which byte was lost and at which odd byte the slip ended; the character model answers both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import Codes, DoubleByte
from cleancorpus.mojibake.lost_bytes import Choice, form_cost, lost_lead, lost_trail
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.wording import Wording

Points = NDArray[np.uint32]

MARKS = (0x3F, 0xFFFD)  # what readers put where a byte made no sense
_BREAK = 0x0A
_QUESTION = 0x3F
_BLANK = 0x20
_UNKNOWN = 0xFFFD
_IDEOGRAPHIC_BLANK = 0x3000
_NEXT = 3  # characters behind a slip that are scored with it, so that the seam counts

_FIRST_WINDOW, _LAST_WINDOW = 48, 1024
LONGEST = _LAST_WINDOW + 64  # characters of a line that the search may look at
_MOST_ENDS = 48  # ASCII characters in a slip at which it may have ended
_TRIED = 4  # ends that are weighed in full

# Bits by which a repair must beat the text as it stands, chosen on `benchmarks/mojibake.py repairs` and `harm`.
MIN_GAIN = 7.0
# The share that the best character for a half-lost pair must have, by the model's ranking; docs/mojibake.md.
MIN_SHARE = 0.92
# Bits a character below which the slipped reading is poor Chinese, and what it must gain then.
_POOR, _MIN_GAIN_POOR = -16.0, 20.0
# The least gain of a slip that began with another character than a mark.
_MIN_GAIN_OTHER = 30.0
# The least gain of a slip of one character: a rare one between a mark and an ASCII byte says much by itself.
_MIN_GAIN_SHORT = 5.0
# That of one that leaves doubts, see `_is_odd`.
_MIN_GAIN_ODD = 22.0
# The least gain where a mark is all that is known, and where the first character behind it is a narrowed blank.
_MIN_GAIN_OPEN, _MIN_GAIN_BLANK = 28.0, 20.0
# The share that the best character for the lost lead byte must have: a mark, another sign or character, and in Big5.
_MIN_LEAD_SHARE, _MIN_LEAD_SHARE_OTHER, _MIN_LEAD_SHARE_BIG5 = 0.9, 0.999, 0.985
# What it costs to think that a trail byte was lost as well.
_SECOND_LOSS = 4.0
# What a slip may lose on its way to where it gains.
_MOST_LOSS = 25.0
# By how much the text must read better one byte late to be called out of step.
_OUT_OF_STEP = 0.0
_FULL_WIDTH_MARKS = tuple(map(ord, "，：；？！（）"))
# What it costs to take an ASCII character for a narrowed one.  In a slip a full-width form is the byte A3,
# which ended a character, and the lead byte of the next: the first is a full stop (A1A3), or a character whose
# trail byte happens to be A3, one in 94.
_FULL_STOP = 0x3002
_WIDENED = 5.0
_WIDENED_QUESTION = 40.0  # nearly always a lost byte


@dataclass(frozen=True)
class Guess:
    """A character of which one byte is lost: its place in the text, and what it may be, best first."""

    start: int
    end: int
    candidates: str
    share: float


@dataclass(frozen=True)
class Slip:
    """A slip found: ``[start, end)`` reads ``after``; ``gain`` in bits; what stays unknown is in ``open``."""

    start: int
    end: int
    after: str
    gain: float
    open: tuple[Guess, ...] = ()


@dataclass(frozen=True)
class _End:
    """One way for a slip to end: ``count`` characters are taken and read as ``points``."""

    count: int
    points: Points
    pending: int = 0  # the lead byte whose trail byte is lost, or 0
    marked: bool = False  # a mark stands for the lost byte (and is among the characters taken)


def find_slip(text: Points, mark: int, charset: DoubleByte, model: CharacterModel) -> tuple[float, Slip | None]:
    """Find out whether the mark at ``text[mark]`` begins a slip; ``text`` is the page around it.

    Gives by how many bits the best late reading beats the text as it stands, and the slip if that is good enough.
    Takes time linear in the length of the slip, at most ``_LAST_WINDOW`` characters.
    """
    size = _FIRST_WINDOW
    while True:
        window = text[mark + 1 : mark + 1 + size]
        complete = len(window) < size or size >= _LAST_WINDOW
        # Big5 has its full-width marks at ASCII trail bytes: those end a slip, narrowed or not.
        narrow = charset.name == "gbk" and not _has_full_width(text[max(mark - size, 0) : mark + 1 + size])
        stream, ends = _read_late(window, charset, complete=complete, narrow=narrow)
        if complete or not _still_promising(window, stream, model):
            break
        size *= 8
    return _best(text, mark, charset, model, stream, ends)


def _has_full_width(text: Points) -> bool:
    """Say whether the text has full-width marks, so that it was not narrowed."""
    return bool(np.isin(text, _FULL_WIDTH_MARKS).any())


def out_of_step(rows: Points, charset: DoubleByte, model: CharacterModel) -> NDArray[np.bool_]:
    """Say which texts read better one byte late: then a slip runs through them, and pairs were lost.

    ``rows`` (``uint32[R, N]``) has one text in each row, behind as many NUL as are wanted.
    """
    codes = charset.codes(rows)
    late = charset.character[((codes[:, :-1] & 0xFF) << 8) | (codes[:, 1:] >> 8)]
    late[rows[:, :-1] == 0] = _BREAK
    pairs = (codes[:, :-1] > 0) & (codes[:, 1:] > 0)
    gain = np.where(pairs, row_scores(late, model) - row_scores(rows, model)[:, 1:], 0)
    return np.asarray((np.count_nonzero(codes, axis=1) >= 3) & (gain.sum(axis=1) > _OUT_OF_STEP))


def row_scores(rows: Points, model: CharacterModel) -> NDArray[np.float32]:
    """Score each character given the one before it in its row, ``float32[R, N]``."""
    offsets = np.arange(rows.shape[0] + 1, dtype=np.int64) * rows.shape[1]
    return model.score(rows.ravel().astype(np.uint32), offsets).reshape(rows.shape)


def _read_late(window: Points, charset: DoubleByte, *, complete: bool, narrow: bool) -> tuple[Points, list[_End]]:
    """Read the window one byte late; give the stream from its second character on, and its possible ends.

    Where the page was ``narrow``-ed, an ASCII mark may be a full-width one, two bytes and no end.
    """
    ascii_ = window < 0x80
    codes = charset.codes(window)
    pairs = np.where(ascii_, narrowed(charset)[np.where(ascii_, window, 0)], codes) if narrow else codes
    closed = np.flatnonzero(pairs == 0)
    length = int(closed[0]) if len(closed) else len(window)
    # A trail byte in the ASCII range stands alone in the true text: there the stream is in step again.
    alone = np.flatnonzero((pairs[:length] & 0xFF) < 0x80)
    if len(alone):
        length = int(alone[0]) + 1
    lead, trail = pairs[:length] >> 8, pairs[:length] & 0xFF
    late = charset.character[(trail[:-1] << 8) | lead[1:]] if length > 1 else np.zeros(0, dtype=np.uint32)
    late = np.where(late == 0, np.uint32(_UNKNOWN), late)

    ends = [
        end
        for at in np.flatnonzero(ascii_[:length])[:_MOST_ENDS].tolist()
        if at > 0 and (end := _end_at(at, int(window[at]), late, int(trail[at - 1]), charset))
    ]
    if len(alone):
        ends.append(_End(length, np.append(late, trail[-1].astype(np.uint32))))
    elif length and (len(closed) or complete):
        point = int(window[length]) if length < len(window) else 0
        end = _end_at(length, point, late, int(trail[-1]), charset)
        ends.extend([end] if end else [])
    return late, ends


def narrowed(charset: DoubleByte) -> Codes:
    """Give the two bytes of the full-width form of each ASCII character, ``uint16[128]``, the blank among them."""
    codes = np.zeros(128, dtype=np.uint16)
    codes[0x21:0x7F] = charset.code[0xFF01:0xFF5F]
    codes[0x20] = charset.code[_IDEOGRAPHIC_BLANK]
    return codes


def _end_at(at: int, point: int, late: Points, pending: int, charset: DoubleByte) -> _End | None:
    """Give the end of a slip at the character ``point``, which is the odd byte that ends it, or follows it."""
    before = late[: at - 1]
    if 0x40 <= point < 0x80:
        odd = int(charset.character[(pending << 8) | point])
        return _End(at + 1, np.append(before, np.uint32(odd))) if odd else None
    marked = point in MARKS
    return _End(at + marked, np.append(before, np.uint32(_UNKNOWN)), pending, marked=marked)


def _still_promising(window: Points, stream: Points, model: CharacterModel) -> bool:
    """Say whether the slipped reading is still good where the window ends, so that a longer one is worth it."""
    if len(stream) < len(window) - 1:
        return False
    tail = slice(-_FIRST_WINDOW // 2, None)
    return float(model.score(stream[tail]).sum()) > float(model.score(window[tail]).sum())


def _best(
    text: Points, mark: int, charset: DoubleByte, model: CharacterModel, stream: Points, ends: list[_End]
) -> tuple[float, Slip | None]:
    """Weigh the ends that gain the most, fill in what is lost there, and give the best if it is good enough."""
    behind = text[mark + 1 :]
    first_trail = _first_byte(behind, charset)
    if not ends or first_trail == 0:
        return -np.inf, None
    reach = ends[-1].count + _NEXT
    wording = Wording(model, np.concatenate([text[:mark], behind[reach:]]))
    as_is = np.concatenate([[0.0], np.cumsum(wording.score(behind[:reach]))])
    late = np.concatenate([[0.0], np.cumsum(wording.score(stream) - _widening(behind, stream) - form_cost(stream))])
    rough = [
        (float(late[len(end.points) - 1] - as_is[end.count]), index)
        for index, end in enumerate(ends)
        if end.count <= _losing(late, as_is)
    ]
    if not rough:
        return -np.inf, None
    found = [
        _completed(text[:mark], behind, first_trail, ends[index], charset, model, wording)
        for _, index in sorted(rough, reverse=True)[:_TRIED]
    ]
    return max(found, key=lambda entry: entry[0])


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


def _first_byte(behind: Points, charset: DoubleByte) -> int:
    point = behind[:1]
    if not len(point):
        return 0
    code = int(narrowed(charset)[point[0]]) if point[0] < 0x80 else int(charset.codes(point)[0])
    return code >> 8


def _completed(
    page: Points,
    behind: Points,
    first: int,
    end: _End,
    charset: DoubleByte,
    model: CharacterModel,
    wording: Wording,
) -> tuple[float, Slip | None]:
    """Fill in the characters of which a byte is lost; give the gain, and the slip if it is good enough."""
    mark, previous = len(page), page[-2:]
    rest = behind[end.count :]
    following = rest[:_NEXT]
    # What stands behind the lost lead byte is known up to a character whose trail byte is lost.
    known = end.points[:-1] if end.pending else np.concatenate([end.points, rest])
    heads = lost_lead(first, page, known, charset, model)
    if not heads:
        return -np.inf, None
    read = np.concatenate([np.array([heads[0].point], dtype=np.uint32), end.points])
    guesses = lost_trail(end.pending, np.concatenate([page, read[:-1]]), rest, charset, model) if end.pending else []
    if guesses:
        read[-1] = guesses[0].point
    stands = np.concatenate([previous, np.array([_QUESTION], dtype=np.uint32), behind[: end.count], following])
    repaired = np.concatenate([previous, read, following])
    scores = wording.score(repaired)
    gain = float(scores.sum() - wording.score(stands).sum() - form_cost(read).sum())
    gain -= float(_widening(behind, end.points[:-1]).sum())
    if end.pending:
        gain -= _SECOND_LOSS
    inner = scores[len(previous) + 1 : len(previous) + len(read)][read[1:] >= 0x80]
    poor = bool(len(inner)) and float(inner.mean()) < _POOR
    opened = end.pending and (not guesses or guesses[0].share < MIN_SHARE)
    certain = charset.name == "gbk" and heads[0].usual
    alone = len(end.points) == 1
    needed = (  # what the gain must be where something holds
        (True, _MIN_GAIN_SHORT if alone and behind[0] >= 0x80 else MIN_GAIN),
        (poor, _MIN_GAIN_POOR),
        (not certain, _MIN_GAIN_OTHER),
        (behind[0] == _BLANK, _MIN_GAIN_BLANK),
        (alone and (end.pending or _is_odd(int(read[1]), following, model)), _MIN_GAIN_ODD),
        (opened and not is_hanzi(read[1:-1]).any(), _MIN_GAIN_OPEN),
    )
    unreadable = end.pending and (not guesses or (charset.name == "big5" and not heads[0].usual))
    if unreadable or heads[0].share < _least_lead_share(heads[0], charset):
        return gain, None
    if gain < max(least for holds, least in needed if holds):
        return gain, None
    stop = mark + 1 + end.count
    if not opened:
        return gain, Slip(mark, stop, "".join(map(chr, read.tolist())), gain)
    place = stop - end.marked
    guess = Guess(place, stop, "".join(chr(guess.point) for guess in guesses), guesses[0].share)
    return gain, Slip(mark, place, "".join(map(chr, read[:-1].tolist())), gain, (guess,))


def _least_lead_share(lead: Choice, charset: DoubleByte) -> float:
    if charset.name == "big5":
        return _MIN_LEAD_SHARE_BIG5
    return _MIN_LEAD_SHARE if lead.usual else _MIN_LEAD_SHARE_OTHER


def _is_odd(point: int, following: Points, model: CharacterModel) -> bool:
    """Say whether a slip of one character gives a lone letter, or stands before rare or lost characters."""
    goes_on = bool(len(following)) and 0x20 < int(following[0]) < 0x7F
    lone = point < 0x80 and chr(point).isalpha() and not goes_on
    return lone or _is_strange_or_lost(following, model)


def _is_strange_or_lost(points: Points, model: CharacterModel) -> bool:
    """Say whether a byte is lost among these, or the first is rare and no ASCII: then the text is not in step."""
    rare = (points[:1] >= 0x80) & (model.score_alone(points[:1]) < _POOR)
    marked = (points == MARKS[0]) | (points == MARKS[1])
    return bool(marked.any() or rare.any())
