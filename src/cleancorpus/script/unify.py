"""Unifying to one script: safe on mixed text, on text that is already converted, and on wrongly converted text.

Every line is judged by its own characters, or by its document's where it has none that tell.  What is in the
target script already is left.  The rest is folded to simplified first and converted from there, so a wrong
form made by an earlier conversion (乾部) and a right one (幹部) end the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cleancorpus.composition import compose
from cleancorpus.edits import Edits
from cleancorpus.rules import RuleSet
from cleancorpus.script.chains import ConversionStage, load_chain
from cleancorpus.script.convert import alternatives
from cleancorpus.script.dictionary import candidate_table
from cleancorpus.script.forms import regional_forms
from cleancorpus.script.phrases import Mask
from cleancorpus.script.reading import Reading, read
from cleancorpus.script.record import ONE_OF_SEVERAL, Record, changed_runs, cut_mask, take_step
from cleancorpus.text import Codepoints, TextBatch

Target = Literal["keep", "hans", "hant", "tw", "hk"]
FlagRow = tuple[int, int, str, str, float]

_PROBLEMS = (
    ONE_OF_SEVERAL,
    "script.traditional-form",
    "script.simplified-form",
    "script.wrong-form",
    "script.regional-form",
)
_SEVERAL, _TRADITIONAL, _SIMPLIFIED, _WRONG, _REGIONAL = (np.int8(number) for number in range(len(_PROBLEMS)))
MACHINE_CONVERTED = "script.machine-converted"

# A document in which so many words are written with characters that only a converter puts there was converted.
MACHINE_WORDS = 2


@dataclass(frozen=True)
class Wish:
    """What unifying is to reach: the target script, whether words of a region change, and how old the text is.

    In ``classical`` text a character that stands for itself or for another (云, 后, 余) is left where no word
    decides, since it is oftener itself there than in modern text.
    """

    target: Target
    regional_phrases: bool = False
    classical: bool = False


def unify_once(batch: TextBatch, wish: Wish, rules: RuleSet) -> tuple[Edits, list[FlagRow]]:
    """Say what stands in a batch in another script than wished for, and what is worth a flag."""
    reading = read(batch, for_traditional=wish.target not in ("hans", "keep"))
    flags = list(_machine_converted(batch, reading)) if MACHINE_CONVERTED in rules else []
    if wish.target == "keep":
        return Edits.empty(), flags
    points, problem = _to_hans(reading) if wish.target == "hans" else _to_hant(reading, wish)
    region = {"tw": "TW", "hk": "HK"}.get(wish.target)
    if region is not None:
        points, problem = _to_region(batch, reading, points, problem, region)
    enabled = np.array([name in rules for name in _PROBLEMS])
    points = np.where(enabled[problem], points, reading.original)
    edits = changed_runs(batch, points, problem, _PROBLEMS)
    if ONE_OF_SEVERAL in rules:
        flags.extend(_open_choices(reading, points, problem))
    if wish.regional_phrases and region is not None and "script.regional-word" in rules:
        edits = compose(edits, _regional_words(TextBatch(points, batch.offsets), reading.folded, region), batch)
    return edits, flags


def _to_hans(reading: Reading) -> tuple[Codepoints, NDArray[np.int8]]:
    (stage,) = load_chain("t2s").stages
    kept = reading.in_hans & reading.forms.may_be_kept(reading.original) & ~reading.covered
    points = np.where(kept, reading.original, reading.folded)
    points = _aspect_particle(reading, points)
    several = stage.characters.one_of_several(reading.original) & ~reading.covered
    return points, np.where(several, _SEVERAL, _TRADITIONAL)


def _to_hant(reading: Reading, wish: Wish) -> tuple[Codepoints, NDArray[np.int8]]:
    (stage,) = load_chain("s2t").stages
    differs = reading.original != reading.converted
    another = differs & ~reading.forms.same(reading.original, reading.converted)
    several = stage.characters.one_of_several(reading.folded) & ~reading.covered
    taken = differs & reading.simplified
    taken |= another & reading.in_hans
    taken |= another & reading.wrong
    taken |= another & _beside_simplified(reading)
    if wish.classical:
        taken &= ~(several & _stands_for_itself().take(reading.original.astype(np.int64), mode="clip"))
    points = np.where(taken, reading.converted, reading.original)
    problem = np.where(several, _SEVERAL, _SIMPLIFIED)
    return points, np.where(reading.wrong, _WRONG, problem)


def _beside_simplified(reading: Reading) -> Mask:
    """Say where a word stands that is written with a simplified character elsewhere in it: the 面 of 面条."""
    covered = reading.covered
    holds = np.zeros(len(reading.phrases) + 1, dtype=bool)
    holds[reading.phrase[covered & reading.simplified]] = True
    holds[-1] = False  # where row -1, no word, points to
    return holds[reading.phrase]


@cache
def _stands_for_itself() -> Mask:
    """The simplified characters that are also one of their own traditional forms (云, 后, 余), by code point."""
    own = [ord(key) for key, values in candidate_table("STCharacters").items() if len(values) > 1 and key in values]
    table = np.zeros(max(own) + 2, dtype=bool)
    table[own] = True
    return table


def _aspect_particle(reading: Reading, points: Codepoints) -> Codepoints:
    """Write Taiwan's 著 as 着 where it is the particle: between two characters, and in no word that keeps it.

    Only in traditional lines of a batch, since simplified text has 著 in its own right (名著, 显著).
    """
    places = np.flatnonzero((reading.original == ord("著")) & reading.in_hant)
    if not len(places):
        return points
    stage = load_chain("tw2t").stages[0]
    return _with_particle(stage, reading, points, places)


def _with_particle(
    stage: ConversionStage, reading: Reading, points: Codepoints, places: NDArray[np.int64]
) -> Codepoints:
    standard = stage.run(reading.original).points
    behind = reading.marks.take(np.minimum(places + 1, len(points) - 1)) > 0
    before = reading.marks.take(np.maximum(places - 1, 0)) > 0
    particle = places[(standard[places] == ord("着")) & before & behind & (places + 1 < len(points)) & (places > 0)]
    points = points.copy()
    points[particle] = ord("着")
    return points


def _to_region(
    batch: TextBatch, reading: Reading, points: Codepoints, problem: NDArray[np.int8], region: str
) -> tuple[Codepoints, NDArray[np.int8]]:
    """Put the region's forms in the place of OpenCC's standard ones and of the other region's."""
    forms, wanted = regional_forms(region)
    order = np.argsort(forms)
    forms, wanted = forms[order], wanted[order]
    at = np.minimum(np.searchsorted(forms, points), len(forms) - 1)
    regional = np.where(forms[at] == points, wanted[at], points)
    (stage,) = load_chain({"TW": "t2tw", "HK": "t2hk"}[region]).stages
    regional = stage.run(regional, cut_mask(batch, batch.offsets[1:-1])).points
    only_region = (points == reading.original) & (regional != points)
    return regional, np.where(only_region, _REGIONAL, problem)


def _regional_words(batch: TextBatch, folded: Codepoints, region: str) -> Edits:
    """Give the edits that replace other regions' words, cut where the words of the simplified text end."""
    chain = load_chain({"TW": "s2twp", "HK": "s2hkp"}[region])
    borders = batch.offsets[1:-1]
    assert chain.segmentation is not None
    words = chain.segmentation.find_all(folded, cut_mask(batch, borders))
    cuts = cut_mask(batch, np.concatenate([borders, words.start, words.start + words.length]))
    record = Record(batch)
    record.note(take_step(chain.stages[-1], batch, cuts))
    return record.edits()


def _machine_converted(batch: TextBatch, reading: Reading) -> Iterator[FlagRow]:
    """Flag the words that only a converter writes so, in documents that have several."""
    found = list(reading.words(reading.wrong))
    if len(found) < MACHINE_WORDS:
        return
    document = batch.document_of(np.array([start for start, *_ in found], dtype=np.int64))
    often = np.bincount(document, minlength=len(batch)) >= MACHINE_WORDS
    for (start, end, word, right), own in zip(found, document.tolist(), strict=True):
        if often[own]:
            yield start, end, MACHINE_CONVERTED, f"{word} is written {right}", 1.0


def _open_choices(reading: Reading, points: Codepoints, problem: NDArray[np.int8]) -> Iterator[FlagRow]:
    """Flag the characters that were converted without a word to decide, with what else they may be."""
    for place in np.flatnonzero((points != reading.original) & (problem == _SEVERAL)).tolist():
        character = chr(reading.original[place])
        choice = " or ".join(alternatives(character))
        yield place, place + 1, ONE_OF_SEVERAL, f"{character} may be {choice}", 0.5
