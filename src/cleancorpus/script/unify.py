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
from cleancorpus.script.chains import Chain, ConversionStage, load_chain
from cleancorpus.script.convert import alternatives, mask_protected
from cleancorpus.script.dictionary import Dictionary, candidate_table
from cleancorpus.script.forms import listed_forms, regional_forms
from cleancorpus.script.identify import identify, script_marks
from cleancorpus.script.phrases import LONGEST, Mask, PhraseTable
from cleancorpus.script.reading import MACHINE_WORDS, Reading, fold, read
from cleancorpus.script.record import ONE_OF_SEVERAL, Record, changed_runs, cut_mask, take_step
from cleancorpus.script.region import identify_region
from cleancorpus.script.words import to_traditional
from cleancorpus.text import Codepoints, Positions, TextBatch, flat_ranges

Target = Literal["keep", "hans", "hant", "tw", "hk"]
REGIONS: dict[Target, str] = {"tw": "TW", "hk": "HK"}
FlagRow = tuple[int, int, str, str, float]

_PROBLEMS = (
    ONE_OF_SEVERAL,
    "script.traditional-form",
    "script.simplified-form",
    "script.wrong-form",
    "script.regional-form",
)
_SEVERAL, _TRADITIONAL, _SIMPLIFIED, _WRONG, _REGIONAL = (np.int8(number) for number in range(len(_PROBLEMS)))
_WORD_RULE = "script.regional-word"
PARTICLES = 2  # in a document that has so many inside clauses, one at the end of a clause is another
MACHINE_CONVERTED = "script.machine-converted"


@dataclass(frozen=True)
class Wish:
    """What unifying is to reach: the target script, whether words of a region change, and how old the text is.

    In ``classical`` text a character that stands for itself or for another (云, 后, 余) is left where no word
    decides, since it is oftener itself there than in modern text.
    """

    target: Target
    regional_phrases: bool = False
    classical: bool = False


def unify(batch: TextBatch, wish: Wish, rules: RuleSet) -> tuple[Edits, list[FlagRow]]:
    """Say what stands in a batch in another script than wished for, and what is worth a flag."""
    if wish.target == "keep":
        return Edits.empty(), list(_suspects(batch)) if MACHINE_CONVERTED in rules else []
    if wish.target == "hans" and wish.regional_phrases and _WORD_RULE in rules:
        words = _mainland_words(batch)
        edits, flags = _unify(words.apply(batch), wish, rules)
        return compose(words, edits, batch), _rows_before(words, flags)
    return _unify(batch, wish, rules)


def _unify(batch: TextBatch, wish: Wish, rules: RuleSet) -> tuple[Edits, list[FlagRow]]:
    folded = fold(batch)
    if wish.target == "hans" and np.array_equal(folded, batch.codepoints):
        return Edits.empty(), []  # nothing traditional in it
    reading = read(batch, folded, for_traditional=wish.target != "hans")
    flags = list(_machine_converted(batch, reading)) if MACHINE_CONVERTED in rules else []
    points, problem = _to_hans(reading) if wish.target == "hans" else _to_hant(reading, wish)
    region = REGIONS.get(wish.target)
    if region is not None:
        points, problem = _to_region(batch, reading, points, problem, region)
    if not all(name in rules for name in _PROBLEMS):
        enabled = np.array([name in rules for name in _PROBLEMS])
        points = np.where(enabled[problem], points, reading.original)
    edits = changed_runs(batch, points, problem, _PROBLEMS)
    if ONE_OF_SEVERAL in rules:
        flags.extend(_open_choices(reading, points, problem))
    if wish.regional_phrases and region is not None and _WORD_RULE in rules:
        words = _regional_words(TextBatch(points, batch.offsets), reading, region)
        edits = compose(edits, words, batch)
    return edits, flags


def _to_hans(reading: Reading) -> tuple[Codepoints, NDArray[np.int8]]:
    points = reading.folded.copy()
    changed = np.flatnonzero(points != reading.original)
    keepable = changed[reading.forms.may_be_kept(reading.original[changed])]
    doubtful = reading.uncovered(keepable)
    kept = np.union1d(doubtful, _in_simplified_words(reading, keepable))
    kept = kept[reading.in_hans[kept]]
    points[kept] = reading.original[kept]
    _write_particle(reading, points)
    problem = np.full(len(points), _TRADITIONAL)
    problem[doubtful[~reading.in_hans[doubtful]]] = _SEVERAL
    return points, problem


def _to_hant(reading: Reading, wish: Wish) -> tuple[Codepoints, NDArray[np.int8]]:
    stage = to_traditional()
    places = np.flatnonzero(reading.original != reading.converted)
    original, converted = reading.original[places], reading.converted[places]
    # In a simplified line a simplified character is converted, though some region writes it so too (吃, 台).
    another = ~reading.forms.same(original, converted) | (original == reading.folded[places])
    wrong = np.isin(places, reading.wrong)
    taken = reading.simplified[places]
    taken |= another & (reading.in_hans[places] | _beside_simplified(reading, places))
    taken |= wrong
    several = stage.characters.one_of_several(reading.folded[places]) & (reading.phrase[places] < 0)
    if wish.classical:
        taken &= ~(several & _stands_for_itself().take(original.astype(np.int64), mode="clip"))
    named = _in_simplified_words(reading, places[reading.forms.may_be_kept(original)])
    taken &= ~np.isin(places, named)  # the 乾 of 萧乾 is both scripts'
    points = reading.original.copy()
    points[places[taken]] = converted[taken]
    problem = np.full(len(points), _SIMPLIFIED)
    problem[places[several]] = _SEVERAL
    problem[places[wrong]] = _WRONG
    return points, problem


def _beside_simplified(reading: Reading, places: Positions) -> Mask:
    """Say where a word stands that is written with a simplified character elsewhere in it: the 面 of 面条."""
    simplified = reading.phrase[np.flatnonzero(reading.simplified)]
    holds = np.zeros(len(reading.phrases) + 1, dtype=bool)
    holds[simplified] = True
    holds[-1] = False  # where row -1, no word, points to
    return holds[reading.phrase[places]]


@cache
def _stands_for_itself() -> Mask:
    """The simplified characters that are also one of their own traditional forms (云, 后, 余), by code point."""
    own = [ord(key) for key, values in candidate_table("STCharacters").items() if len(values) > 1 and key in values]
    table = np.zeros(max(own) + 2, dtype=bool)
    table[own] = True
    return table


def _in_simplified_words(reading: Reading, places: Positions) -> Positions:
    """Give those of the places where words stand that are written so in simplified script (毕昇, 萧乾, 变徵之声)."""
    if not len(places):
        return places
    inside = np.zeros(len(reading.original), dtype=bool)
    words = _words_that_keep().find_all(reading.original, reading.cuts)
    inside[flat_ranges(words.start, words.length)] = True
    return places[inside[places]]


@cache
def _words_that_keep() -> PhraseTable:
    """The simplified words that OpenCC writes with a character which simplified text may keep, and some names."""
    kept = set(listed_forms()["kept_in_simplified"])
    values = [value for values in candidate_table("TSPhrases").values() for value in values if kept & set(value)]
    words = [*values, *listed_forms()["names_in_simplified"]]
    return PhraseTable([Dictionary.of({word: word for word in words}, "kept")])


def _write_particle(reading: Reading, points: Codepoints) -> None:
    """Write Taiwan's 著 as 着 where it is the particle: behind a character, and in no word that keeps it.

    Only in traditional lines, since simplified text has 著 in its own right (名著, 显著).  At the end of a clause
    it may be an author's (魯迅著), so there it must be the particle elsewhere in the document too.
    """
    places = np.flatnonzero((reading.original == ord("著")) & reading.in_hant)
    places = places[places > 0]
    if not len(places):
        return
    standard = load_chain("tw2t").stages[0].run(reading.original, reading.cuts).points
    places = places[(standard[places] == ord("着")) & (script_marks(reading.original[places - 1]) > 0)]
    following = reading.original.take(places + 1, mode="clip")
    between = (script_marks(following) > 0) & (places + 1 < len(points))
    document = np.searchsorted(reading.offsets, places, side="right") - 1
    often = np.bincount(document[between], minlength=len(reading.offsets)) >= PARTICLES
    points[places[between | often[document]]] = ord("着")


def _to_region(
    batch: TextBatch, reading: Reading, points: Codepoints, problem: NDArray[np.int8], region: str
) -> tuple[Codepoints, NDArray[np.int8]]:
    """Put the region's forms in the place of OpenCC's standard ones and of the other region's."""
    regional = in_region(points, cut_mask(batch, batch.offsets[1:-1]), region)
    only_region = (points == reading.original) & (regional != points)
    return regional, np.where(only_region, _REGIONAL, problem)


def in_region(points: Codepoints, cuts: Mask | None, region: str) -> Codepoints:
    """Give traditional text in the forms of a region (``TW`` or ``HK``); for ``cuts`` see ``cut_mask``."""
    forms, wanted = regional_forms(region)
    order = np.argsort(forms)
    forms, wanted = forms[order], wanted[order]
    at = np.minimum(np.searchsorted(forms, points), len(forms) - 1)
    (stage,) = load_chain({"TW": "t2tw", "HK": "t2hk"}[region]).stages
    return stage.run(np.where(forms[at] == points, wanted[at], points), cuts).points


def _regional_words(batch: TextBatch, reading: Reading, region: str) -> Edits:
    """Give the edits that replace other regions' words, cut where the words of the simplified text end.

    Outside simplified lines the region's own words are left: 文件 is Taiwan's for 文档, and the mainland's for 檔案.
    """
    chain = load_chain({"TW": "s2twp", "HK": "s2hkp"}[region])
    own = _own_words(region).find_all(batch.codepoints, cut_mask(batch, batch.offsets[1:-1]))
    left = np.zeros(len(batch.codepoints), dtype=bool)
    left[flat_ranges(own.start, own.length)] = True
    masked = mask_protected(batch, left & ~reading.in_hans)
    return _replaced_words(masked, chain, chain.stages[-1], reading.folded)


def _replaced_words(batch: TextBatch, chain: Chain, stage: ConversionStage, read: Codepoints) -> Edits:
    """Give the edits of one stage of a chain, cut where the chain's words end in the text as it is read."""
    borders = batch.offsets[1:-1]
    assert chain.segmentation is not None
    words = chain.segmentation.find_all(read, cut_mask(batch, borders))
    cuts = cut_mask(batch, np.concatenate([borders, words.start, words.start + words.length]))
    record = Record(batch)
    record.note(take_step(stage, batch, cuts))
    return record.edits()


@cache
def _own_words(region: str) -> PhraseTable:
    """The words of a region that stand in its dictionary for other regions' words."""
    phrases = load_chain({"TW": "s2twp", "HK": "s2hkp"}[region]).stages[-1].phrases
    assert phrases is not None
    pairs = zip(phrases.dictionary.keys.to_texts(), phrases.dictionary.values.to_texts(), strict=True)
    values = {value: value for key, value in pairs if key != value and 1 < len(value) <= LONGEST}
    return PhraseTable([Dictionary.of(values, "own")])


def _mainland_words(batch: TextBatch) -> Edits:
    """Give the edits that replace Taiwan's and Hong Kong's words, in the documents that are theirs."""
    labels = identify_region(batch).labels()
    parts = []
    for region, name in (("TW", "tw2sp"), ("HK", "hk2sp")):
        other = np.repeat(np.array([label != region for label in labels], dtype=bool), batch.lengths)
        if not other.all():
            chain, masked = load_chain(name), mask_protected(batch, other)
            parts.append(_replaced_words(masked, chain, chain.stages[0], masked.codepoints))
    return Edits.union(parts)


def _rows_before(edits: Edits, rows: list[FlagRow]) -> list[FlagRow]:
    """Give flags of an edited batch at their places before the edits."""
    places = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
    start, end = edits.spans_to_old(places[:, 0], places[:, 1])
    return [
        (begin, stop, rule, reason, score)
        for begin, stop, (_, _, rule, reason, score) in zip(start.tolist(), end.tolist(), rows, strict=True)
    ]


def _suspects(batch: TextBatch) -> Iterator[FlagRow]:
    """Flag what a machine wrote in the traditional documents of a batch; the others are not read."""
    scripts = identify(batch)
    chosen = np.flatnonzero(scripts.hant > scripts.hans)
    if not len(chosen):
        return
    part = batch.take(chosen)
    moved = (batch.offsets[chosen] - part.offsets[:-1]).tolist()
    for start, end, *row in _machine_converted(part, read(part, fold(part), for_traditional=False)):
        by = moved[int(part.document_of(np.array([start]))[0])]
        yield (start + by, end + by, *row)


def _machine_converted(batch: TextBatch, reading: Reading) -> Iterator[FlagRow]:
    """Flag the words that only a converter writes so, in documents that have several."""
    document = batch.document_of(reading.wrong)
    often = np.bincount(document, minlength=len(batch)) >= MACHINE_WORDS
    places = reading.wrong[often[document]]
    for start, end in sorted({reading.word_at(place) for place in places.tolist()}):
        word, right = reading.forms_of(start, end)
        yield start, end, MACHINE_CONVERTED, f"{word} is written {right}", 1.0


def _open_choices(reading: Reading, points: Codepoints, problem: NDArray[np.int8]) -> Iterator[FlagRow]:
    """Flag the characters that were converted without a word to decide, with what else they may be."""
    for place in np.flatnonzero((points != reading.original) & (problem == _SEVERAL)).tolist():
        character = chr(reading.original[place])
        choice = " or ".join(alternatives(character))
        yield place, place + 1, ONE_OF_SEVERAL, f"{character} may be {choice}", 0.5
