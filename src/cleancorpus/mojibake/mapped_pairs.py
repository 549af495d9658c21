"""GBK that was read as Big5, and Big5 as GBK: runs in which one character stands for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import PLANE, DoubleByte
from cleancorpus.mojibake.excerpts import LINE_BREAKS, SEPARATOR, Allowance
from cleancorpus.mojibake.misread_run import STRONG, WORST, Points, Run, weigh
from cleancorpus.mojibake.one_to_one import (
    MIN_ENDS_SHARE,
    MIN_LINE_SHARE,
    choose,
    is_form_of_mark,
    is_private,
    rising,
    unwritten,
)
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.run_ends import Ends

# Fewer different characters than this are no evidence, however good they look.
_DIFFERENT = 2
# What part of a misread run must be characters which no language writes in running text, and how many.
_STRANGE_SHARE, _LEAST_STRANGE = 0.1, 2
_STRANGE_SHARE_LEFT = 4  # one in so many foreign characters tells that what came out of a layer is still misread
_HOPEFUL_SHARE = 0.05  # of a stretch whose ends are not known yet
_STRANGE_BITS = -16.0
# Of what came out of a layer only what hardly stands in Chinese at all, kana too: law and place names have many of -16.
_FOREIGN_BITS = -22.0


def mapped_runs(
    text: Points, wrong: DoubleByte, right: DoubleByte, rule: str, model: CharacterModel, least: float
) -> list[Run]:
    """Find runs that were read as ``wrong`` but are ``right``, and are better so by ``least`` bits.

    Kana, Greek and Cyrillic map to common characters, and a model of Chinese likes these better; so a run
    must also hold rare Chinese characters, private-use ones or Bopomofo, as misread text does throughout.
    """
    codes = wrong.codes(text)
    mapped = np.where(codes > 0, right.character[codes], np.where(text < 0x80, text, 0)).astype(np.uint32)
    usable = mapped > 0
    places = np.flatnonzero(_hopeful(text, np.where(usable, mapped, text), usable, model, least))
    if not len(places):
        return []
    own, usable = text[places], usable[places]
    read = np.where(usable, mapped[places], own)
    choice = choose(own, read, usable, model)
    found = [_run(read, stretch, rule) for stretch in choice.stretches()]
    found = [run for run in found if _is_strange(own[run.start : run.end], run.after, model)]
    found = [run for run in _weighed(own, found, model) if run.gain >= least - _NEARLY and run.cost <= WORST + 1]
    settled: list[Run] = []
    allowance = Allowance(text, _SETTLED, _CHARACTERS_A_SETTLING)
    for run in found:
        ends = Ends(own, read, choice, run.start, run.end, model)
        margin = ends.margin(_NEAR)
        clear = margin >= _UNSETTLED_MARGIN
        place = int(places[run.start])
        if margin < _DOUBTFUL and allowance.left(place):
            allowance.spend(place)
            start, end, sure = ends.settled(_NEAR, _DOUBTFUL)
            run = _run(read, (start, end), rule)
            clear = sure >= _least_share(own, run)
        settled.append(replace(run, clear=clear))
    return [_placed(run, places) for run in _weighed(own, settled, model)]


_NEAR = 12  # characters around a run that belong to the question where it ends
_DOUBTFUL = 16.0  # bits below which an end chosen by pairs is looked at again
_UNSETTLED_MARGIN = 12.0  # bits by which an end must be clear that was not looked at again
_NEARLY = 6.0  # bits that better ends may bring
# How many runs of a document that costs: so many, and one more for so many characters.
_SETTLED, _CHARACTERS_A_SETTLING = 16, 1000


def _run(read: Points, stretch: tuple[int, int], rule: str) -> Run:
    start, end = stretch
    return Run(start, end, read[start:end], rule, 0.0, 0.0, end - start >= STRONG)


def _placed(run: Run, places: NDArray[np.int64]) -> Run:
    return replace(run, start=int(places[run.start]), end=int(places[run.end - 1]) + 1)


def _weighed(text: Points, runs: list[Run], model: CharacterModel) -> list[Run]:
    """Weigh runs, and add what speaks for them that no model knows: what nobody writes."""
    return [
        replace(run, gain=run.gain + float((unwritten(text[run.start : run.end]) - unwritten(run.after)).sum()))
        for run in weigh(text, runs, model)
    ]


def _least_share(text: Points, run: Run) -> float:
    """Give how likely the ends of a run must be."""
    whole = _at_line_end(text, run.start - 1) and _at_line_end(text, run.end)
    return MIN_LINE_SHARE if whole else MIN_ENDS_SHARE


def _at_line_end(text: Points, place: int) -> bool:
    return not 0 <= place < len(text) or int(text[place]) in LINE_BREAKS


def _hopeful(
    text: Points, read: Points, usable: NDArray[np.bool_], model: CharacterModel, least: float
) -> NDArray[np.bool_]:
    """Say which characters lie in spans where some stretch gains enough when read back, its ends left out."""
    gain = model.score(read).astype(np.float64) - model.score(text) + unwritten(text) - unwritten(read)
    rise, begun = rising(np.where(usable, np.where(read == text, 0, gain), -np.inf), text == SEPARATOR)
    strange, wide = np.cumsum(_strangeness(text, model)), np.cumsum(text >= 0x80)
    enough = np.maximum(_LEAST_STRANGE, _HOPEFUL_SHARE * (wide - wide[begun]))
    hopeful = (rise >= least) & (strange - strange[begun] >= enough)
    first = np.concatenate([[0], np.flatnonzero(text[:-1] == SEPARATOR) + 1])
    return np.repeat(np.logical_or.reduceat(hopeful, first), np.diff(np.append(first, len(text))))


def _is_strange(stands: Points, reads: Points, model: CharacterModel) -> bool:
    """Say whether a run is such as only a wrong reading makes."""
    if np.count_nonzero(stands != reads) < STRONG or len(np.unique(reads[is_hanzi(reads)])) < _DIFFERENT:
        return False
    strange = int(_strangeness(stands, model).sum())
    return strange >= _LEAST_STRANGE and strange >= _STRANGE_SHARE * int(np.count_nonzero(stands >= 0x80))


def _strangeness(points: Points, model: CharacterModel) -> NDArray[np.int64]:
    """Count the characters that no language writes in running text, a private-use one for two (``int64[N]``)."""
    rare = is_hanzi(points) & (model.score_alone(points) < _STRANGE_BITS)
    return (_is_bopomofo_or_form(points) | rare | (points >= PLANE)) + 2 * is_private(points)


def _is_bopomofo_or_form(points: Points) -> NDArray[np.bool_]:
    return np.asarray((points >= 0x3105) & (points <= 0x312F) | is_form_of_mark(points))


def looks_misread(points: Points, model: CharacterModel) -> bool:
    """Say whether what came out of one layer must be another layer's work, though that cannot be read back.

    A rare character that stands there again and again is a name.
    """
    points = np.unique(points)
    kana = (points >= 0x3040) & (points <= 0x30FF)
    foreign = kana | _is_bopomofo_or_form(points) | (is_hanzi(points) & (model.score_alone(points) < _FOREIGN_BITS))
    many = np.count_nonzero(foreign) * _STRANGE_SHARE_LEFT >= np.count_nonzero(points >= 0x80)
    return bool(is_private(points).any() or many)
