"""Which lines read as prose, as sentences of a text do and menus and headlines do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.characters import COMMA, FULL_STOP, SEPARATOR, is_one_of
from cleancorpus.boilerplate.verdicts import FoldedView, Verdicts
from cleancorpus.text import Codepoints

Mask = NDArray[np.bool_]
_OPENING, _CLOSING = '“「『"‘', '”」』"’'
# A line of so many characters is prose, but where its items have fewer than so many in the mean.
_PROSE_LENGTH, _ITEM = 50, 6


@dataclass(frozen=True)
class Prose:
    """Which lines read as prose, speech or an item of a numbered text.

    Prose has a full stop, or ends like a sentence after a comma, or several clauses, or simply many
    characters; headlines may ask and exclaim.  ``solid`` are the lines that have a full stop and are not
    broken off, as teasers are: headlines may be long and have clauses, too.
    """

    any: Mask
    solid: Mask


def prose_lines(view: FoldedView, verdicts: Verdicts) -> Prose:
    """Say which lines of a batch are prose, and which surely are."""
    points = view.points
    size = verdicts.size
    first = points[np.minimum(verdicts.first, len(points) - 1)]
    last = points[np.maximum(verdicts.last - 1, 0)]
    second = points[np.minimum(verdicts.first + 1, len(points) - 1)]
    third = points[np.minimum(verdicts.first + 2, len(points) - 1)]
    commas = view.count(COMMA)
    clauses = (commas >= 2) | ((commas > 0) & is_one_of(last, "!?…"))
    speech = is_one_of(first, _OPENING) & is_one_of(last, _CLOSING + "!?…。,:")
    numbered = (first == ord("第")) | (
        _is_digit(first) & ((second == ord("、")) | (_is_digit(second) & (third == ord("、"))))
    )
    stops = view.count(FULL_STOP)
    # A row of items that have fewer than five characters in the mean is not prose, however long.
    long = (size >= _PROSE_LENGTH) & (view.count(SEPARATOR) * _ITEM < size)
    prose = (size > 0) & ((stops > 0) | clauses | speech | numbered | long)
    broken_off = is_one_of(last, "…") | (is_one_of(last, ".") & (points[np.maximum(verdicts.last - 2, 0)] == ord(".")))
    return Prose(prose, prose & (stops > 0) & ~broken_off)


def _is_digit(points: Codepoints) -> Mask:
    return np.asarray(points - np.uint32(ord("0")) < 10)
