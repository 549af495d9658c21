"""Text one byte late: what stands behind a lost lead byte, and where the stream can have come back into step.

The lost byte left a ``?``.  Behind it each character holds the trail byte of one true character and the
lead byte of the next, until an odd byte puts the stream back in step.  What stands at a place of the slipped
stream does not depend on where the slip began, so the whole line is shifted at once, and the only questions
are which byte was lost and at which odd byte the slip ended; ``slip_readings`` weighs the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import Codes, DoubleByte

Points = NDArray[np.uint32]

MARKS = (0x3F, 0xFFFD)  # what readers put where a byte made no sense
LATE_TRAILS = range(0x40, 0x7F)  # trail bytes in the ASCII range: the stream is in step at once behind them
UNKNOWN = 0xFFFD
_BREAK = 0x0A
_IDEOGRAPHIC_BLANK = 0x3000

_FIRST_WINDOW, _LAST_WINDOW = 48, 1024
LONGEST = _LAST_WINDOW + 64  # characters of a line that the search may look at
_MOST_ENDS = 48  # ASCII characters in a slip at which it may have ended

# By how many bits the text must read better one byte late to be called out of step.
_OUT_OF_STEP = 0.0
_FULL_WIDTH_MARKS = tuple(map(ord, "，：；？！（）"))


@dataclass(frozen=True)
class Guess:
    """A character of which one byte is lost: its place in the text, and what it may be, best first."""

    start: int
    end: int
    candidates: str
    share: float


@dataclass(frozen=True, eq=False)
class End:
    """One way for a slip to end: ``count`` characters are taken, and read as ``points`` behind the first one.

    ``points`` are the first of ``late``, which all ends share, and ``last`` behind them, or none where that is 0.
    ``trail`` is the byte left of the first one, whose lead byte is lost.
    """

    count: int
    late: Points
    last: int
    trail: int
    pending: int = 0  # the lead byte whose trail byte is lost, or 0
    marked: bool = False  # a mark stands for the lost byte (and is among the characters taken)

    @property
    def size(self) -> int:
        """The number of ``points``."""
        return len(self.late) + bool(self.last)

    @cached_property
    def points(self) -> Points:
        """What is read behind the first character."""
        return np.append(self.late, np.uint32(self.last)) if self.last else self.late


def read_late(text: Points, mark: int, charset: DoubleByte, model: CharacterModel) -> tuple[Points, list[End]]:
    """Read what stands behind a mark one byte late: the stream from its second character on, and all possible ends.

    Takes time linear in the length of the slip, at most ``_LAST_WINDOW`` characters.
    """
    size = _FIRST_WINDOW
    while True:
        window = text[mark + 1 : mark + 1 + size]
        complete = len(window) < size or size >= _LAST_WINDOW
        # Big5 has its full-width marks at ASCII trail bytes: those end a slip, narrowed or not.
        narrow = charset.name == "gbk" and not _has_full_width(text[max(mark - size, 0) : mark + 1 + size])
        stream, ends = _read_window(window, charset, complete=complete, narrow=narrow)
        if complete or not _still_promising(window, stream, model):
            return stream, ends
        size *= 8


def _has_full_width(text: Points) -> bool:
    """Say whether the text has full-width marks, so that it was not narrowed."""
    return bool(np.isin(text, _FULL_WIDTH_MARKS).any())


def out_of_step(
    rows: Points, charset: DoubleByte, model: CharacterModel, least: float = _OUT_OF_STEP
) -> NDArray[np.bool_]:
    """Say which texts read better one byte late: then a slip runs through them, and pairs were lost.

    ``rows`` (``uint32[R, N]``) has one text in each row, behind as many NUL as are wanted; ``least`` is the gain in
    bits that says so.
    """
    codes = charset.codes(rows)
    late = charset.character[((codes[:, :-1] & 0xFF) << 8) | (codes[:, 1:] >> 8)]
    late[rows[:, :-1] == 0] = _BREAK
    pairs = (codes[:, :-1] > 0) & (codes[:, 1:] > 0)
    gain = np.where(pairs, row_scores(late, model) - row_scores(rows, model)[:, 1:], 0)
    return np.asarray((np.count_nonzero(codes, axis=1) >= 3) & (gain.sum(axis=1) > least))


def row_scores(rows: Points, model: CharacterModel) -> NDArray[np.float32]:
    """Score each character given the one before it in its row, ``float32[R, N]``."""
    offsets = np.arange(rows.shape[0] + 1, dtype=np.int64) * rows.shape[1]
    return model.score(rows.ravel().astype(np.uint32), offsets).reshape(rows.shape)


def _read_window(window: Points, charset: DoubleByte, *, complete: bool, narrow: bool) -> tuple[Points, list[End]]:
    """Read a window one byte late.

    Where the page was ``narrow``-ed, an ASCII mark may be a full-width one, two bytes and no end.
    """
    ascii_ = window < 0x80
    codes = charset.codes(window)
    # A page may have been narrowed in part; where the first character is not, this is no slip.
    first_wide = int(charset.name == "gbk")
    wide = np.where(ascii_, narrowed(charset)[np.where(ascii_, window, 0)], codes)
    pairs = wide if narrow else np.concatenate([wide[:first_wide], codes[first_wide:]])
    closed = np.flatnonzero(pairs == 0)
    length = int(closed[0]) if len(closed) else len(window)
    # A trail byte in the ASCII range stands alone in the true text: there the stream is in step again.
    alone = np.flatnonzero((pairs[:length] & 0xFF) < 0x80)
    if len(alone):
        length = int(alone[0]) + 1
    lead, trail = pairs[:length] >> 8, pairs[:length] & 0xFF
    late = charset.character[(trail[:-1] << 8) | lead[1:]] if length > 1 else np.zeros(0, dtype=np.uint32)
    late = np.where(late == 0, np.uint32(UNKNOWN), late)

    first = int(lead[0]) if length else 0
    ends = [
        end
        for at in np.flatnonzero(ascii_[:length])[:_MOST_ENDS].tolist()
        if at > 0 and (end := _end_at(at, int(window[at]), late, first, int(trail[at - 1]), charset))
    ]
    if len(alone):
        ends.append(End(length, late, int(trail[-1]), first))
    elif length and (len(closed) or complete):
        point = int(window[length]) if length < len(window) else 0
        end = _end_at(length, point, late, first, int(trail[-1]), charset)
        ends.extend([end] if end else [])
    if len(window) and int(window[0]) in LATE_TRAILS:
        ends.append(End(1, late[:0], 0, int(window[0])))
    return late, ends


@lru_cache(maxsize=4)
def narrowed(charset: DoubleByte) -> Codes:
    """Give the two bytes of the full-width form of each ASCII character, ``uint16[128]``, the blank among them."""
    codes = np.zeros(128, dtype=np.uint16)
    codes[0x21:0x7F] = charset.code[0xFF01:0xFF5F]
    codes[0x20] = charset.code[_IDEOGRAPHIC_BLANK]
    return codes


def _end_at(at: int, point: int, late: Points, first: int, pending: int, charset: DoubleByte) -> End | None:
    """Give the end of a slip at the character ``point``, which is the odd byte that ends it, or follows it."""
    before = late[: at - 1]
    if 0x40 <= point < 0x80:
        odd = int(charset.character[(pending << 8) | point])
        return End(at + 1, before, odd, first) if odd else None
    marked = point in MARKS
    return End(at + marked, before, UNKNOWN, first, pending, marked=marked)


def _still_promising(window: Points, stream: Points, model: CharacterModel) -> bool:
    """Say whether the slipped reading is still good where the window ends, so that a longer one is worth it."""
    if len(stream) < len(window) - 1:
        return False
    tail = slice(-_FIRST_WINDOW // 2, None)
    return float(model.score(stream[tail]).sum()) > float(model.score(window[tail]).sum())
