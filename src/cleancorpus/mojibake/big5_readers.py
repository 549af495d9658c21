"""Big5 is read by two tables, code page 950's and browsers': which of them made a text, where that makes a difference.

Characters that only one of them gives tell for all lines around.  Where there is none, the two texts differ in a
character or two, and the ranking of lost characters says which fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import PLANE, DoubleByte, big5, big5_hkscs, browsers_alone
from cleancorpus.mojibake.excerpts import SEPARATOR, Allowance, span_around
from cleancorpus.mojibake.misread_run import Points, Run
from cleancorpus.mojibake.one_to_one import is_private

# Bits that a character tells which only the other reader gives, and how many count.
_ONLY_ONE, _MOST_TELLING = 10.0, 3
_CLEAR = 4.0  # bits by which one reader must beat the other
# In how many characters two readings may differ that are compared one by one, and how many a document compares.
_MOST_DIFFERING, _COMPARED, _CHARACTERS_A_COMPARISON = 4, 16, 1000
_PAGE = 150  # characters on either side that weigh in


def big5_readers(text: Points) -> tuple[DoubleByte, ...]:
    """Give the readers of Big5 that may have made a text, code page 950's first, one where they do not differ."""
    same = np.array_equal(big5().codes(text), big5_hkscs().codes(text))
    return (big5(),) if same else (big5(), big5_hkscs())


def decided(text: Points, runs: Sequence[list[Run]], model: CharacterModel) -> list[Run]:
    """Give the runs that each of ``big5_readers`` finds in an excerpt, but for those that another one beats clearly."""
    if len(runs) == 1 or not any(runs):
        return runs[0]
    span = np.cumsum(text == SEPARATOR)
    # Positive where code page 950 read the span, negative where a browser did.
    tells = (is_private(text).astype(np.float64) - _only_browsers(text)) * _covered(text, runs)
    told = _ONLY_ONE * np.clip(np.bincount(span, tells), -_MOST_TELLING, _MOST_TELLING)
    own = [replace(run, gain=run.gain + min(float(told[span[run.start]]), 0.0)) for run in runs[0]]
    browsers = {
        (run.start, run.end): replace(run, gain=run.gain - max(float(told[span[run.start]]), 0.0)) for run in runs[1]
    }
    kept = []
    # More than that are left to pairs of characters.
    allowance = Allowance(text, _COMPARED, _CHARACTERS_A_COMPARISON)
    for run in own:
        rival = browsers.get((run.start, run.end))
        differing = _differing(run, rival) if rival else np.zeros(0, dtype=np.int64)
        if rival is None or not 0 < len(differing) <= min(_MOST_DIFFERING, allowance.left(run.start)):
            kept.append(run)
            continue
        allowance.spend(run.start, len(differing))
        fits = sum(
            _better(text, run, rival, at, model) - _better(text, rival, run, at, model) for at in differing.tolist()
        )
        better = float(told[span[run.start]]) + fits / 2
        if better > -_CLEAR:
            kept.append(run)
        if better >= _CLEAR:
            del browsers[run.start, run.end]
    return [*kept, *browsers.values()]


def _only_browsers(text: Points) -> NDArray[np.bool_]:
    inside = text < PLANE
    return np.where(inside, browsers_alone()[np.where(inside, text, 0)], np.isin(text, big5_hkscs().higher))


def _covered(text: Points, runs: Sequence[list[Run]]) -> NDArray[np.bool_]:
    """Say which characters a run covers: good text around may have any."""
    covered = np.zeros(len(text), dtype=bool)
    for found in runs:
        for run in found:
            covered[run.start : run.end] = True
    return covered


def _differing(run: Run, rival: Run) -> NDArray[np.int64]:
    """Give the places at which two readings of a run differ; none if they are not of the same length."""
    if len(run.after) != len(rival.after):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(run.after != rival.after).astype(np.int64, copy=False)


def _better(text: Points, run: Run, rival: Run, at: int, model: CharacterModel) -> float:
    """Give by how many bits one character of a run fits better there than the rival's."""
    first, last = span_around(text, run.start, run.end, _PAGE)
    before = np.concatenate([text[first : run.start], run.after[:at]])
    behind = np.concatenate([run.after[at + 1 :], text[run.end : last]])
    candidates = np.array([run.after[at], rival.after[at]], dtype=np.uint32)
    shares = model.rank(before[-_PAGE:], candidates, behind[:_PAGE])
    return float(shares[0] - shares[1])
