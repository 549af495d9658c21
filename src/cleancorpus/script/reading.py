"""A batch read for script: what each character is in the other script, and where a dictionary's word decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.script.chains import load_chain
from cleancorpus.script.dictionary import candidate_table, table_text
from cleancorpus.script.forms import Forms, load_forms
from cleancorpus.script.identify import HANS, count_marks, script_marks
from cleancorpus.script.phrases import Mask, Matches
from cleancorpus.script.record import cut_mask, take_step
from cleancorpus.text import Codepoints, TextBatch, decode_codepoints, flat_ranges

_SEVERAL_VALUES = re.compile(r"^([^\t\n#]+)\t([^\n]* [^\n]*)$", re.MULTILINE)


@dataclass(frozen=True)
class Reading:
    """What is known of the characters of a batch; all arrays have N entries, one a code point.

    ``original``, ``folded`` (simplified) and ``converted`` (traditional again, from ``folded``) are ``uint32``;
    ``marks`` are those of ``script_marks``; ``in_hans`` and ``in_hant`` (``bool``) say which script the line is
    in, neither where nothing tells; ``phrases`` are the dictionary's words on the folded text, read where a
    character's form is in doubt.
    """

    original: Codepoints
    folded: Codepoints
    converted: Codepoints
    marks: NDArray[np.uint8]
    in_hans: Mask
    in_hant: Mask
    phrases: Matches
    forms: Forms

    @cached_property
    def phrase(self) -> NDArray[np.int64]:
        """The row of ``phrases`` that each place lies in, -1 for none."""
        phrase = np.full(len(self.original), -1, dtype=np.int64)
        rows = np.repeat(np.arange(len(self.phrases)), self.phrases.length)
        phrase[flat_ranges(self.phrases.start, self.phrases.length)] = rows
        return phrase

    @property
    def covered(self) -> Mask:
        """Where a word of the dictionary stands."""
        return self.phrase >= 0

    @cached_property
    def simplified(self) -> Mask:
        """Where a character stands that only simplified script has."""
        return (self.marks & HANS) > 0

    @cached_property
    def wrong(self) -> Mask:
        """Where a word is written with another word's character: 乾 in 乾部."""
        wrong = self.covered & self.forms.distinct(self.original, self.converted) & ~self.simplified
        wrong &= ~self.in_hans
        for row in np.unique(self.phrase[wrong]).tolist():
            start = int(self.phrases.start[row])
            end = start + int(self.phrases.length[row])
            if self._is_written_so(start, end):
                wrong[start:end] = False
        return wrong

    def _is_written_so(self, start: int, end: int) -> bool:
        """Say whether the dictionaries know a word in its own form too, not only in the one they convert to."""
        word = decode_codepoints(self.forms.standard_form(self.original[start:end]))
        folded = decode_codepoints(self.folded[start:end])
        return (
            word in words_of_several_values().get(folded, ())
            or word in candidate_table("TSPhrases")
            or word in self.forms.right_words
        )

    def words(self, mask: Mask) -> Iterator[tuple[int, int, str, str]]:
        """Give the words that hold a marked place: start, end, as they stand and as the dictionary has them."""
        for row in np.unique(self.phrase[mask & self.covered]).tolist():
            start = int(self.phrases.start[row])
            end = start + int(self.phrases.length[row])
            yield start, end, decode_codepoints(self.original[start:end]), decode_codepoints(self.converted[start:end])


def read(batch: TextBatch, *, for_traditional: bool) -> Reading:
    """Read a batch for script; ``for_traditional`` reads words also where only that target asks for them."""
    points = batch.codepoints
    cuts = cut_mask(batch, batch.offsets[1:-1])
    marks, forms = script_marks(points), load_forms()
    in_hans, in_hant = _line_scripts(batch)
    folded = _folded(batch)
    (to_traditional,), (to_simplified,) = load_chain("s2t").stages, load_chain("t2s").stages
    plain = to_traditional.characters.convert(folded.astype(np.int64))
    doubtful = forms.distinct(points, plain)
    if for_traditional:
        doubtful |= in_hant & ((marks & HANS) > 0)
        doubtful |= in_hans & to_traditional.characters.one_of_several(folded)
    else:
        doubtful |= to_simplified.characters.one_of_several(points)
    outcome = to_traditional.run(folded, cuts, np.flatnonzero(doubtful))
    return Reading(points, folded, outcome.points, marks, in_hans, in_hant, outcome.phrases, forms)


def _folded(batch: TextBatch) -> Codepoints:
    chain = load_chain("t2s")
    for stage in chain.normalization:
        if stage.lists(batch.codepoints):
            batch = take_step(stage, batch, None).after
    (stage,) = chain.stages
    return stage.run(batch.codepoints, cut_mask(batch, batch.offsets[1:-1])).points


def _line_scripts(batch: TextBatch) -> tuple[Mask, Mask]:
    """Say which characters stand in simplified and in traditional lines (``bool[N]`` each).

    A line that tells nothing is as its document is.
    """
    lines = batch.lines()
    hans, hant, _ = count_marks(batch.codepoints, lines.start, lines.stop)
    lead = hans - hant
    document = np.zeros(len(batch), dtype=np.int64)
    np.add.at(document, lines.document, lead)
    lead = np.where(lead == 0, document[lines.document], lead)
    spread = np.repeat(lead, lines.stop - lines.start)
    return spread > 0, spread < 0


@cache
def words_of_several_values() -> dict[str, tuple[str, ...]]:
    """Give the simplified words that have more than one traditional form, with all of them."""
    return {key: tuple(values.split(" ")) for key, values in _SEVERAL_VALUES.findall(table_text("STPhrases"))}
