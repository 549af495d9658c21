"""Whether a question mark asks: what stands before it in its clause, by the words that Chinese questions have."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Positions

Points = NDArray[np.uint32]

# Particles and pronouns that ask by themselves.
ASKING = frozenset(map(ord, "吗呢么麼嗎嘛吧啊呀哪谁誰何什几幾否乎耶哉邪歟欤与焉"))
# Words that ask anywhere in a clause.  Of 8,730 questions in clean texts 93 % hold one of all these or end with one of
# the last, and 4 of 100 places drawn at random have one in their clause.
_WORDS = ASKING - {ord("与")} | frozenset(map(ord, "怎岂豈孰奚曷"))
_PAIRS = (
    "难道不",
    "難道不",
    "多少大久远遠长長高",
    "那里裡裏个個一位儿兒",
    "为啥",
    "為啥",
    "莫非",
    "可曾知好是有见見不",
)
# What a question ends with that says no other word of this kind.
_LAST = frozenset(map(ord, "了不没沒无無呵罢罷与"))
_LAST_PAIRS = frozenset(("不成", "没有", "沒有"))
_NOT = tuple(map(ord, "不没沒未"))
_CLAUSE_ENDS = frozenset(map(ord, "。！？；：．!?;:\n\r“”「」\ufffd"))
_REACH = 24  # characters of a clause that are looked at
_AT_A_TIME = 1 << 13


def in_question(points: Points, places: Positions, floor: Positions) -> NDArray[np.bool_]:
    """Say before which places stands a clause that asks; ``floor`` is where the text of each begins."""
    asks = np.zeros(len(places), dtype=np.bool_)
    for first in range(0, len(places), _AT_A_TIME):
        piece = slice(first, first + _AT_A_TIME)
        asks[piece] = _asks(_clauses(points, places[piece], floor[piece]))
    return asks


def _clauses(points: Points, places: Positions, floor: Positions) -> Points:
    """Give the clause before each place in a row, NUL before its beginning."""
    at = places[:, None] + np.arange(-_REACH, 0)
    rows = np.where(at >= floor[:, None], points[np.maximum(at, 0)], np.uint32(0))
    ended = np.logical_or.accumulate(_table(_CLAUSE_ENDS).take(rows, mode="clip")[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.where(ended, np.uint32(0), rows))


def _asks(rows: Points) -> NDArray[np.bool_]:
    asks = np.asarray(_table(_WORDS).take(rows, mode="clip").any(axis=1))
    asks |= _table(_LAST).take(rows[:, -1], mode="clip")
    refused = np.isin(rows, _NOT)
    for size in (1, 2):  # a word of so many characters, and the same again
        again = (rows[:, : -1 - size] == rows[:, 1 + size :]) & refused[:, size:-1] & (rows[:, 1 + size :] > 0)
        asks |= again.any(axis=1)
    pairs, last = _pair_keys()
    row, column = np.nonzero(_table(_pair_heads()).take(rows[:, :-1], mode="clip"))
    keys = rows[row, column].astype(np.int64) << 32 | rows[row, column + 1]
    ends = (column == rows.shape[1] - 2) & np.isin(keys, last)
    asks[row[np.isin(keys, pairs) | ends]] = True
    return asks


@lru_cache(maxsize=1)
def _pair_keys() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pairs = [ord(group[0]) << 32 | ord(second) for group in _PAIRS for second in group[1:]]
    last = [ord(pair[0]) << 32 | ord(pair[1]) for pair in _LAST_PAIRS]
    return np.array(pairs, dtype=np.int64), np.array(last, dtype=np.int64)


@lru_cache(maxsize=1)
def _pair_heads() -> frozenset[int]:
    return frozenset(ord(pair[0]) for pair in (*_PAIRS, *_LAST_PAIRS))


@lru_cache(maxsize=8)
def _table(points: frozenset[int]) -> NDArray[np.bool_]:
    """Say of each code point of the first plane whether it is among these."""
    table = np.zeros(0x10000, dtype=np.bool_)
    table[list(points)] = True
    return table
