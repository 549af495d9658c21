"""The ends of a run of pairs that were read as other pairs, one character for one.

No byte says where such a run ends.  The reading is one to one, so a text that was misread from here to there is
as likely as the text that this gives back: all ends near the found ones are weighed so, and where two that give
different texts come close, the end is not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel

Points = NDArray[np.uint32]
Bits = NDArray[np.float64]

MIN_END_MARGIN = 10.0
"""Bits by which the best ends must beat all others that give another text."""

PRIVATE_USE = 10.0
"""Bits that speak for reading a private-use character back: no text is written with one."""

# How far from the ends that the first search found the true ones are looked for, in characters.
_REACH = 12
# Bits that speak for an end where a line or the text ends: whole lines and texts are misread more often than runs.
_BORDER = 16.0
_BREAKS = (0x0A, 0x0D)


def is_private(points: Points) -> NDArray[np.bool_]:
    """Say which characters are private-use ones."""
    return np.asarray((points >= 0xE000) & (points <= 0xF8FF))


def run_ends(
    text: Points, read: Points, usable: NDArray[np.bool_], found: tuple[int, int], model: CharacterModel
) -> tuple[int, int, float]:
    """Give the likeliest (start, end) of a run near ``found``, and how clear they are, in bits.

    ``read`` is the text as the right reading has it, ``usable`` says where there is such a reading.
    """
    start, end = found
    middle = (start + end) // 2
    last, end_margin = _best(
        _end_weights(text, read, usable, range(max(middle + 1, end - _REACH), end + _REACH), model)
    )
    mirrored = range(max(start - _REACH, 0), min(middle, start + _REACH) + 1)
    first, start_margin = _best(_start_weights(text, read, usable, mirrored, model))
    return first, last, min(end_margin, start_margin)


def _best(weights: list[tuple[int, int, float]]) -> tuple[int, float]:
    """Choose among (place, group, bits), places of one group giving the same text; also by how much it is best."""
    groups: dict[int, tuple[float, int]] = {}
    for place, group, bits in weights:
        groups[group] = max(groups.get(group, (-np.inf, 0)), (bits, place))
    ranked = sorted(groups.values(), reverse=True)
    return ranked[0][1], ranked[0][0] - ranked[1][0] if len(ranked) > 1 else np.inf


def _end_weights(
    text: Points, read: Points, usable: NDArray[np.bool_], places: range, model: CharacterModel
) -> list[tuple[int, int, float]]:
    """Weigh each end: the bits of the whole text with the run read back up to there, but for a constant."""
    weights = []
    first = places.start
    stop = min(places.stop, len(text))
    behind = np.concatenate([text[first - 1 : stop + 1], np.array([0x0A], np.uint32)])
    back = read[first - 1 : stop]
    stands, reads = model.score(behind), model.score(back)
    bits = 0.0
    group = 0
    for step, end in enumerate(range(first, stop + 1)):
        if step:
            if not usable[end - 1]:
                break
            bits += float(reads[step] - stands[step]) + PRIVATE_USE * bool(is_private(text[end - 1]))
            group += int(read[end - 1] != text[end - 1])
        following = behind[step + 1 : step + 2]
        seam = model.score(np.concatenate([read[end - 1 : end], following]))[1] - stands[step + 1]
        border = end == len(text) or int(text[end]) in _BREAKS
        weights.append((end, group, bits + float(seam) + _BORDER * border))
    return weights


def _start_weights(
    text: Points, read: Points, usable: NDArray[np.bool_], places: range, model: CharacterModel
) -> list[tuple[int, int, float]]:
    """Weigh each start, as ``_end_weights`` does the ends, going from the inside out."""
    weights = []
    inner = places.stop - 1
    stands = model.score(text[places.start : inner + 1])
    reads = model.score(read[places.start : inner + 1])
    bits = 0.0
    group = 0
    for start in reversed(places):
        if start < inner:
            if not usable[start]:
                break
            # The character behind is now scored after this one as read back.
            bits += float(reads[start + 1 - places.start] - stands[start + 1 - places.start])
            bits += PRIVATE_USE * bool(is_private(text[start]))
            group += int(read[start] != text[start])
        before = text[start - 1 : start] if start else np.array([0x0A], np.uint32)
        pair = model.score(np.concatenate([before, read[start : start + 1]]))[1]
        stood = model.score(np.concatenate([before, text[start : start + 1]]))[1]
        border = start == 0 or int(text[start - 1]) in _BREAKS
        weights.append((start, group, bits + float(pair - stood) + _BORDER * border))
    return weights
