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
from cleancorpus.mojibake.charsets import DoubleByte
from cleancorpus.mojibake.pinyin import is_hanzi

Points = NDArray[np.uint32]

MARKS = (0x3F, 0xFFFD)  # what readers put where a byte made no sense
_QUESTION = 0x3F
_UNKNOWN = 0xFFFD
_NEXT = 3  # characters behind a slip that are scored with it, so that the seam counts

_FIRST_WINDOW, _LAST_WINDOW = 48, 1024
LONGEST = _LAST_WINDOW + 64  # characters of a line that the search may look at
_MOST_ENDS = 48  # ASCII characters in a slip at which it may have ended

# Bits by which a repair must beat the text as it stands, chosen on `benchmarks/mojibake.py repairs` and `harm`.
MIN_GAIN = 7.0
# The share that the best character for a half-lost pair must have, by the model's ranking; docs/mojibake.md.
MIN_SHARE = 0.9
# Bits a character below which the slipped reading is no Chinese, however much worse the text as it stands.
_WORST = -16.0
# The least gain of a slip that began with another character than a mark.
_MIN_GAIN_OTHER = 30.0
# The least gain of a slip of one character: a rare one between a mark and an ASCII byte says much by itself.
_MIN_GAIN_SHORT = 2.0
# How clearly a lost lead byte must be known, in bits; and how much rarer among the lost characters than these
# marks are other signs, and than signs all other characters: 124 lead bytes share a few in a hundred.
_MIN_LEAD_MARGIN = 6.0
_MIN_LEAD_MARGIN_OTHER = {"gbk": 10.0, "big5": 6.0}
_COMMON_MARKS = tuple(map(ord, "，。、：；？！（）“”《》「」『』…—·"))
_FULL_WIDTH_MARKS = tuple(map(ord, "，：；？！（）"))
_OTHER_SIGN, _OTHER_LEAD = 8.0, 14.0
# What it costs to take an ASCII character for a narrowed one.  In a slip a full-width form is the byte A3,
# which ended a character, and the lead byte of the next: the first is a full stop (A1A3), or a character whose
# trail byte happens to be A3, one in 94.
_FULL_STOP = 0x3002
_WIDENED = 7.0
# What a full-width letter or digit costs beyond its ASCII form, by which the model scores it.
_FULL_WIDTH_FORM = 8.0


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


def find_slip(text: Points, mark: int, charset: DoubleByte, model: CharacterModel) -> Slip | None:
    """Find out whether the mark at ``text[mark]`` begins a slip; ``text`` is the page around it.

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


def out_of_step(text: Points, charset: DoubleByte, model: CharacterModel) -> bool:
    """Say whether the text reads better one byte late: then a slip runs through it, and pairs were lost."""
    codes = charset.codes(text)
    if np.count_nonzero(codes) < 3:
        return False
    late = charset.character[((codes[:-1] & 0xFF) << 8) | (codes[1:] >> 8)]
    pairs = (codes[:-1] > 0) & (codes[1:] > 0)
    gain = model.score(late) - model.score(text)[1:]
    return float(gain[pairs].sum()) > 0


def _read_late(window: Points, charset: DoubleByte, *, complete: bool, narrow: bool) -> tuple[Points, list[_End]]:
    """Read the window one byte late; give the stream from its second character on, and its possible ends.

    Where the page was ``narrow``-ed, an ASCII mark may be a full-width one, two bytes and no end.
    """
    ascii_ = window < 0x80
    codes = charset.codes(window)
    pairs = np.where(ascii_, charset.narrowed[np.where(ascii_, window, 0)], codes) if narrow else codes
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
) -> Slip | None:
    """Choose the end with the greatest gain, then the lost lead byte, then lost trail bytes."""
    if not ends:
        return None
    behind = text[mark + 1 :]
    first_trail = _first_byte(behind, charset)
    if first_trail == 0:
        return None
    best: tuple[float, _End] | None = None
    as_is = np.concatenate([[0.0], np.cumsum(model.score(behind[: ends[-1].count + _NEXT]))])
    late = np.concatenate([[0.0], np.cumsum(model.score(stream) - _widening(behind, stream) - _form_cost(stream))])
    rough = [(float(late[len(end.points) - 1] - as_is[end.count]), index) for index, end in enumerate(ends)]
    for _, index in sorted(rough, reverse=True)[:4]:
        end = ends[index]
        gain = _gain(behind, end, model) - float(_widening(behind, end.points[:-1]).sum())
        gain -= float(_form_cost(end.points).sum())
        if best is None or gain > best[0]:
            best = gain, end
    assert best is not None
    return _completed(text[:mark], behind, first_trail, best[1], charset, model)


def _form_cost(points: Points) -> NDArray[np.float64]:
    """Give what each full-width letter, digit or rare full-width sign costs: the model takes it for its ASCII form."""
    wide = (points >= 0xFF01) & (points <= 0xFF5E)
    return np.where(wide & ~np.isin(points, _COMMON_MARKS), _FULL_WIDTH_FORM, 0.0)


def _widening(behind: Points, late: Points) -> NDArray[np.float64]:
    """Give what each character of the slipped reading costs for taking an ASCII character as narrowed."""
    widened = behind[1 : len(late) + 1] < 0x80
    return np.where(widened & (late != _FULL_STOP), _WIDENED, 0.0)


def _first_byte(behind: Points, charset: DoubleByte) -> int:
    point = behind[:1]
    if not len(point):
        return 0
    code = int(charset.narrowed[point[0]]) if point[0] < 0x80 else int(charset.codes(point)[0])
    return code >> 8


def _gain(behind: Points, end: _End, model: CharacterModel) -> float:
    """Give by how many bits the slipped reading up to this end beats the text; the unknown first is left out."""
    following = behind[end.count : end.count + _NEXT]
    read = np.concatenate([end.points, following])
    stands = np.concatenate([behind[: end.count], following])
    return float(model.score(read)[1:].sum() - model.score(stands)[1:].sum())


def _completed(
    page: Points, behind: Points, first: int, end: _End, charset: DoubleByte, model: CharacterModel
) -> Slip | None:
    """Fill in the characters of which a byte is lost, and accept the slip if it is better by far."""
    mark, previous = len(page), page[-2:]
    following = behind[end.count : end.count + _NEXT]
    head = _lost_lead(first, previous[-1:], end.points[:1], charset, model)
    if not head:
        return None
    opened: list[Guess] = []
    margin = head[0][1] - head[1][1] if len(head) > 1 else 99.0
    mark_lost = charset.name == "gbk" and head[0][0] in _COMMON_MARKS
    least_margin = _MIN_LEAD_MARGIN if mark_lost else _MIN_LEAD_MARGIN_OTHER[charset.name]
    if margin < least_margin or (end.pending and not mark_lost):
        return None
    read = np.concatenate([np.array([head[0][0]], dtype=np.uint32), end.points])
    if end.pending:
        guesses = _lost_trail(end.pending, np.concatenate([page, read[:-1]]), behind[end.count :], charset, model)
        if not guesses:
            return None
        if guesses[0][1] >= MIN_SHARE:
            read[-1] = guesses[0][0]
        else:
            place = mark + end.count if end.marked else mark + 1 + end.count
            names = "".join(chr(point) for point, _ in guesses)
            if not bool(is_hanzi(read[1:-1]).any()):
                return None  # a mark and nothing known behind it
            opened.append(Guess(place, place + end.marked, names, guesses[0][1]))
            read = read[:-1]
    stands = np.concatenate([previous, np.array([_QUESTION], dtype=np.uint32), behind[: end.count], following])
    repaired = np.concatenate([previous, read, following])
    gain = float(model.score(repaired).sum() - model.score(stands).sum() - _form_cost(read).sum())
    inner = model.score(repaired)[len(previous) + 1 : len(previous) + len(read)][read[1:] >= 0x80]
    if len(inner) and float(inner.mean()) < _WORST:
        return None
    if len(end.points) == 1 and _is_strange_or_lost(following, model):
        return None
    least = MIN_GAIN if len(end.points) > 1 or opened else _MIN_GAIN_SHORT
    if gain < (least if mark_lost else _MIN_GAIN_OTHER):
        return None
    stop = mark + 1 + end.count - (end.marked if opened else 0)
    return Slip(mark, stop, "".join(map(chr, read.tolist())), gain, tuple(opened))


def _is_strange_or_lost(points: Points, model: CharacterModel) -> bool:
    """Say whether a byte is lost among these, or the first is rare and no ASCII: then the text is not in step."""
    rare = (points[:1] >= 0x80) & (model.score_alone(points[:1]) < _WORST)
    return bool(np.isin(points, MARKS).any() or rare.any())


def _lost_trail(
    pending: int, left: Points, right: Points, charset: DoubleByte, model: CharacterModel
) -> list[tuple[int, float]]:
    """Rank the characters with this lead byte by the page around: (code point, share), best first."""
    points = charset.character[(pending << 8) + np.arange(0x40, 0xFF)]
    points = points[(points != 0) & ~((points >= 0xE000) & (points <= 0xF8FF))]
    shares = np.exp2(model.rank(left, points, right))
    order = np.argsort(-shares, kind="stable")[:5]
    return [(int(points[at]), float(shares[at])) for at in order]


def _lost_lead(
    trail: int, before: Points, behind: Points, charset: DoubleByte, model: CharacterModel
) -> list[tuple[int, float]]:
    """Rank the characters with this trail byte, of which the lead byte was lost."""
    leads: NDArray[np.uint32] = np.arange(0x81, 0xFF, dtype=np.uint32)
    codes = (leads << np.uint32(8)) | np.uint32(trail)
    sign = (leads == 0xA1) | (leads == 0xA3)
    common = np.isin(charset.character[codes], _COMMON_MARKS)
    prior = np.where(common, 0.0, np.where(sign, -_OTHER_SIGN, -_OTHER_LEAD))
    if charset.name == "big5":
        prior = np.zeros(len(leads))  # nearly all of its marks have ASCII trail bytes, and begin no slip
    return _ranked(codes, prior, before, behind, charset, model)


def _ranked(
    codes: NDArray[np.uint32],
    prior: NDArray[np.float64],
    before: Points,
    behind: Points,
    charset: DoubleByte,
    model: CharacterModel,
) -> list[tuple[int, float]]:
    """Rank the characters of these codes between two neighbours: (code point, bits), best first."""
    points = charset.character[codes]
    valid = points != 0
    points, prior = points[valid], prior[valid]
    width = len(before) + 1 + len(behind)
    rows = np.zeros((len(points), width), dtype=np.uint32)
    rows[:, : len(before)] = before
    rows[:, len(before)] = points
    rows[:, len(before) + 1 :] = behind
    scores = model.score(rows.ravel()).reshape(rows.shape)
    # The first of a row was scored behind the row above, which says nothing.
    total = scores[:, len(before) :].sum(axis=1) + prior - _form_cost(points)
    order = np.argsort(-total, kind="stable")[:6]
    return [(int(points[i]), float(total[i])) for i in order]
