"""Where to look for misread pairs: places at which a few characters would be better read otherwise."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import PLANE, DoubleByte
from cleancorpus.mojibake.misread_run import FRAME_BITS, Points, is_frame
from cleancorpus.mojibake.one_to_one import unwritten


def mapping_pays(
    text: Points, places: NDArray[np.int64], wrong: DoubleByte, right: DoubleByte, model: CharacterModel
) -> NDArray[np.bool_]:
    """Say at which places a few characters read as ``right`` are better than as ``wrong``, as they stand.

    Each by itself is looked at first: that rules out 99 of 100 places of classical verse and prose.
    """
    pays = np.zeros(len(places), dtype=bool)
    for first in range(0, len(places), _AT_A_TIME):
        piece = slice(first, first + _AT_A_TIME)
        pays[piece] = _mapping_pays(text, places[piece], wrong, right, model)
    return pays


def _mapping_pays(
    text: Points, places: NDArray[np.int64], wrong: DoubleByte, right: DoubleByte, model: CharacterModel
) -> NDArray[np.bool_]:
    pays = np.zeros(len(places), dtype=bool)
    raw = _ahead(text, places)
    alone = gain_alone(wrong, right, model)[np.minimum(raw, PLANE - 1)]
    hopeful = np.flatnonzero(_most(alone) > _PAYS_ALONE)
    if not len(hopeful):
        return pays
    raw = raw[hopeful]
    codes = wrong.codes(raw)
    mapped = np.where(codes > 0, right.character[codes], raw)
    read = np.where(mapped > 0, mapped, raw).astype(np.uint32)
    offsets = np.arange(len(hopeful) + 1, dtype=np.int64) * _LOOK
    gain = model.score(read.ravel(), offsets) - model.score(raw.ravel(), offsets)
    pays[hopeful] = _most(gain.reshape(raw.shape) + unwritten(raw) - unwritten(mapped)) > _PAYS
    return pays


# Places looked at at a time: a text may consist of nothing else, and each takes some hundred bytes on the way.
_AT_A_TIME = 1 << 14
# How many characters are looked at, at least and at most, and the bits that they must gain: each by itself, and one
# after the other.
_LEAST_LOOK, _LOOK, _PAYS_ALONE, _PAYS = 3, 8, 0.0, 14.0


def _most(gain: NDArray[np.floating]) -> NDArray[np.floating]:
    """Give the most that the first characters of each row gain, so many as may belong to a run."""
    return np.asarray(gain.cumsum(axis=1)[:, _LEAST_LOOK - 1 :].max(axis=1))


def _ahead(text: Points, places: NDArray[np.int64]) -> Points:
    """Give the characters from each place on, one row for each place."""
    at = places[:, None] + np.arange(_LOOK)
    ahead = text.take(at, mode="clip")
    ahead[at >= len(text)] = 0x0A
    return ahead


@lru_cache(maxsize=2)
def gain_alone(wrong: DoubleByte, right: DoubleByte, model: CharacterModel) -> NDArray[np.float32]:
    """Give by how many bits each character of the first plane is likelier when read back."""
    plane = np.arange(PLANE, dtype=np.uint32)
    mapped = right.character[wrong.codes(plane)]
    return np.where(mapped > 0, _alone(mapped, model) - _alone(plane, model), np.float32(0))


def _alone(points: Points, model: CharacterModel) -> NDArray[np.float32]:
    scores = model.score_alone(points)
    return np.where(is_frame(points), np.maximum(scores, np.float32(FRAME_BITS)), scores)


def utf8_pays(text: Points, places: NDArray[np.int64], charset: DoubleByte, model: CharacterModel) -> NDArray[np.bool_]:
    """Say at which places three characters are better read as two of UTF-8, each character by itself."""
    if not len(places):
        return np.zeros(0, dtype=bool)
    stand = text[places[:, None] + np.arange(3)]
    codes = charset.code[stand].astype(np.uint32)
    six = np.stack([codes >> 8, codes & 0xFF], axis=2).reshape(-1, 6) & 0x3F
    first = ((six[:, 0] & 0x0F) << 12 | six[:, 1] << 6 | six[:, 2]).astype(np.uint32)
    second = ((six[:, 3] & 0x0F) << 12 | six[:, 4] << 6 | six[:, 5]).astype(np.uint32)
    stands = model.score_alone(stand).sum(axis=1)
    reads = np.add(model.score_alone(first), model.score_alone(second))
    return np.asarray(reads - stands > _UTF8_PAYS)


_UTF8_PAYS = 6.0
