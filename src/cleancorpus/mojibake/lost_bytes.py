"""Characters of which one byte is lost: which of those that fit stood there, by the text on both sides."""

from __future__ import annotations

import string
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.brackets import partner_bits
from cleancorpus.mojibake.charsets import PLANE, DoubleByte

Points = NDArray[np.uint32]

COMMON_MARKS = tuple(map(ord, "，。、：；？！（）“”《》「」『』…—·"))

# Bits by which other signs than these marks, and all other characters than signs, lose their lead byte more seldom.
# On real pages 97 of 100 leads that were lost are A1 and A3, those of marks, which are an eighth of a text: that
# makes 8 bits.  Of 800 marks and 800 other characters of clean texts that lost theirs, 99.8 % of the marks are then
# clear (a share of 0.8), none wrongly, and 26 in 1,000 of the others are taken for something else; with 6 bits 98.6 %
# of the marks are clear, and 18 in 1,000 of the others wrong.
_OTHER_SIGN, OTHER_LEAD = 8.0, 8.0
OTHER_LEAD_BIG5 = 4.0  # less is known of Big5 pages
# What a question mark or a quotation mark costs beyond other marks: of 5,000 marks of clean texts and 5,000 other
# characters with a trail byte of one of these, the model takes others for these marks the most often by far.
_SELDOM, _SELDOM_MARKS = 4.0, tuple(map(ord, "？“”「」"))
# What a full-width letter, digit or rare sign costs beyond its ASCII form, as which the model scores it.
_FULL_WIDTH_FORM = 8.0
# The model takes the ideographic blank for a blank, of which a line of Chinese text has the one or the other.
_IDEOGRAPHIC_BLANK, _OTHER_BLANK = 0x3000, 8.0
_WIDTH = 0xFEE0  # between a full-width form and its ASCII character
_FULL_WIDTH_SIGNS = tuple(ord(sign) + _WIDTH for sign in string.punctuation)
_NARROWED = tuple(map(ord, "%."))  # whose ASCII form tells of them, too: that of other signs stands for itself
_PERCENT = 0xFF05
_SIGN_LEADS = (0xA1, 0xA3)  # of marks, and of full-width letters and signs
_SHOWN = 5  # candidates that a flag names


class Choice(NamedTuple):
    """A character that fits, its share among all that fit, and whether it is a mark that loses a byte often."""

    point: int
    share: float
    usual: bool


def lost_lead(trail: int, left: Points, right: Points, charset: DoubleByte, model: CharacterModel) -> list[Choice]:
    """Rank the characters with this trail byte, of which the lead byte was lost, best first."""
    points = lead_candidates(trail, charset)
    prior = partner_bits(points, left, right)
    sign = np.isin(charset.codes(points) >> 8, _SIGN_LEADS)
    usual = is_usual_lead(points, left, right)
    rare = ~(usual & sign)
    if charset.name == "gbk":
        prior -= np.where(
            rare, np.where(sign, _OTHER_SIGN, OTHER_LEAD), np.where(np.isin(points, _SELDOM_MARKS), _SELDOM, 0)
        )
    else:
        prior -= np.where(rare, OTHER_LEAD_BIG5, 0)
    prior -= _blank_cost(points, left, right)
    return _ranked(points, usual, prior, left, right, model)


def lost_trail(lead: int, left: Points, right: Points, charset: DoubleByte, model: CharacterModel) -> list[Choice]:
    """Rank the characters with this lead byte, of which the trail byte was lost, best first."""
    points = trail_candidates(lead, charset)
    usual = is_usual(points, np.concatenate([left, right]))
    return _ranked(points, usual, -_blank_cost(points, left, right), left, right, model)


def _blank_cost(points: Points, left: Points, right: Points) -> NDArray[np.float64]:
    """Give what the ideographic blank costs on a page that has no other."""
    used = (left == _IDEOGRAPHIC_BLANK).any() or (right == _IDEOGRAPHIC_BLANK).any()
    return np.where((points == _IDEOGRAPHIC_BLANK) & ~used, _OTHER_BLANK, 0.0)


def is_usual_lead(points: Points, left: Points, right: Points) -> NDArray[np.bool_]:
    """Say which are marks of all text, signs of the text on either side, or what a number before them asks for."""
    percent: NDArray[np.bool_] = points == _percent_behind(left)
    return is_usual(points, np.concatenate([left, right])) | percent


def _percent_behind(left: Points) -> int:
    """Give the full-width percent sign where the text ends with a digit, whose mark it is, else no character."""
    return _PERCENT if len(left) and chr(int(left[-1])).isdecimal() else 0


def lead_candidates(trail: int, charset: DoubleByte) -> Points:
    """Give the characters with this trail byte."""
    return _standard(charset.character[(np.arange(0x81, 0xFF) << 8) | trail])


def trail_candidates(lead: int, charset: DoubleByte) -> Points:
    """Give the characters with this lead byte."""
    return _standard(charset.character[(lead << 8) + np.arange(0x40, 0xFF)])


def _standard(points: Points) -> Points:
    return np.asarray(points[(points != 0) & ~((points >= 0xE000) & (points <= 0xF8FF))])


def is_usual(points: Points, page: Points) -> NDArray[np.bool_]:
    """Say which are marks of all text, or full-width signs that this page uses, narrowed or not."""
    usual, sign = _is_common_mark().take(points, mode="clip"), _is_full_width_sign().take(points, mode="clip")
    for at in np.flatnonzero(sign & ~usual).tolist():
        narrow = int(points[at]) - _WIDTH
        usual[at] = bool((page == points[at]).any()) or (narrow in _NARROWED and bool((page == narrow).any()))
    return usual


@lru_cache(maxsize=1)
def _is_common_mark() -> NDArray[np.bool_]:
    return _table(COMMON_MARKS)


@lru_cache(maxsize=1)
def _is_full_width_sign() -> NDArray[np.bool_]:
    return _table(_FULL_WIDTH_SIGNS)


def _table(points: tuple[int, ...]) -> NDArray[np.bool_]:
    """Say of each code point of the first plane whether it is among these."""
    table = np.zeros(PLANE, dtype=np.bool_)
    table[list(points)] = True
    return table


def _ranked(
    points: Points,
    usual: NDArray[np.bool_],
    prior: NDArray[np.float64],
    left: Points,
    right: Points,
    model: CharacterModel,
) -> list[Choice]:
    if not len(points):
        return []
    bits = model.rank(left, points, right) + prior - np.where(usual, 0, form_cost(points))
    shares = np.exp2(bits - bits.max())
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")[:_SHOWN]
    return [Choice(int(points[at]), float(shares[at]), bool(usual[at])) for at in order]


def form_cost(points: Points) -> NDArray[np.float64]:
    """Give what each full-width letter, digit or rare full-width sign costs: the model takes it for its ASCII form."""
    wide = (points >= 0xFF01) & (points <= 0xFF5E)
    return np.where(wide & ~_is_common_mark().take(points, mode="clip"), _FULL_WIDTH_FORM, 0.0)
