"""A batch read for script: what each character is in the other script, and where a dictionary's word decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import load_model
from cleancorpus.script.chains import load_chain
from cleancorpus.script.dictionary import candidate_table, table_text
from cleancorpus.script.forms import Forms, load_forms
from cleancorpus.script.identify import HANS, count_marks, script_marks
from cleancorpus.script.phrases import Mask, Matches
from cleancorpus.script.record import cut_mask, take_step
from cleancorpus.script.words import OWN, to_traditional
from cleancorpus.text import Codepoints, Positions, TextBatch, decode_codepoints, flat_ranges

# By benchmarks/script_quality.py, a manual written in Taiwan has 0.06 such words in 1,000 characters, its statutes
# 0.5 and Tang poems 1.2, all by slips of the dictionary; wrongly converted pages have 16 to 21.
RARE_WORD = 500  # characters: a document with less than a wrong word in so many is right
SHORT_TEXT = 250  # characters: a longer text is not judged by one word
MACHINE_WORDS = 2  # a text with so many wrong words was converted by a machine
_WORD = 8  # characters in front of a place in which a word that reaches it may begin
_SEVERAL_VALUES = re.compile(r"^([^\t\n#]+)\t([^\n]* [^\n]*)$", re.MULTILINE)


@dataclass(frozen=True)
class Reading:
    """What is known of the characters of a batch; all arrays have N entries, one a code point.

    ``original``, ``folded`` (simplified) and ``converted`` (traditional again, from ``folded``) are ``uint32``;
    ``simplified`` (``bool``) marks characters that only simplified script has; ``in_hans`` and ``in_hant``
    (``bool``) say which script the line is in, neither where nothing tells; ``phrases`` are the dictionary's
    words on the folded text, read where a character's form is in doubt.
    """

    original: Codepoints
    folded: Codepoints
    converted: Codepoints
    simplified: Mask
    in_hans: Mask
    in_hant: Mask
    phrases: Matches
    offsets: Positions
    cuts: Mask | None
    forms: Forms

    @cached_property
    def phrase(self) -> NDArray[np.int64]:
        """The row of ``phrases`` that each place lies in, -1 for none."""
        phrase = np.full(len(self.original), -1, dtype=np.int64)
        rows = np.repeat(np.arange(len(self.phrases)), self.phrases.length)
        phrase[flat_ranges(self.phrases.start, self.phrases.length)] = rows
        return phrase

    def uncovered(self, places: Positions) -> Positions:
        """Give those of the places where no word of the dictionary stands."""
        return places[self.phrase[places] < 0]

    @cached_property
    def wrong(self) -> Positions:
        """The places where a word is written with another word's character: 乾 in 乾部."""
        places = self.forms.in_groups(self.original)
        places = places[~self.in_hans[places] & ~self.simplified[places]]
        places = places[self.forms.distinct(self.original[places], self.converted[places])]
        places = places[~self.forms.is_right(self.original[places])]
        places = places[self.contradicted(places)]
        known = [row for row in np.unique(self.phrase[places]).tolist() if row >= 0 and self._is_written_so(row)]
        doubtful = np.isin(self.phrase[places], known)
        sure = self._where_frequent(places[~doubtful])
        # A word that may be written either way is believed, but not in a text that has wrong ones.
        also = places[doubtful]
        return np.union1d(sure, also[np.isin(self._document(also), self._document(sure))])

    def _document(self, places: Positions) -> Positions:
        return np.searchsorted(self.offsets, places, side="right") - 1

    def _where_frequent(self, places: Positions) -> Positions:
        """Leave the documents whose wrong words are so few that a dictionary's slip explains them."""
        document = self._document(places)
        words = np.bincount(document, minlength=len(self.offsets) - 1)
        characters = np.diff(self.offsets)
        rare: Mask = (words * RARE_WORD < characters) | ((words == 1) & (characters > SHORT_TEXT))
        return places[~rare[document]]

    def contradicted(self, places: Positions) -> Mask:
        """Say at which places the dictionary's words speak for another character than the one that stands there.

        The words that stand are the leftmost and longest, which are not always the right ones (金发 for 发行 in
        基金发行), so those that overlap them are heard too: of two that disagree, the one whose characters go
        together more often is believed.  Where none stands, any word is enough.  Some characters are written
        in the dictionary's words only (傢, 韆), and are wrong wherever none of these is.
        """
        stage = to_traditional()
        assert stage.phrases is not None
        nearby = places[:, None] - np.arange(_WORD)
        found = stage.phrases.longest_at(self.folded, np.unique(nearby[nearby >= 0]), self.cuts)
        values = stage.phrases.dictionary.values
        at = flat_ranges(found.start, found.length)
        word = np.repeat(np.arange(len(found)), found.length)
        character = values.codepoints[flat_ranges(values.offsets[found.entry], values.lengths[found.entry])]
        here = np.isin(at, places)
        at, word, character = at[here], word[here], character[here]
        for_it = self.forms.same(character, self.original[at])
        against = np.isin(places, at[~for_it])
        supported = np.isin(places, at[for_it])
        standing = self.phrase[at] >= 0
        believed = for_it & standing
        believed[believed] = self._affinity(found.take(word[believed])) >= self._affinity(
            self.phrases.take(self.phrase[at[believed]])
        )
        covered = self.phrase[places] >= 0
        wrong: Mask = np.where(covered, ~np.isin(places, at[believed]), against & ~supported)
        return wrong | (self.forms.is_bound(self.original[places]) & ~supported)

    def _affinity(self, words: Matches) -> NDArray[np.float32]:
        """Give how much oftener the characters of words follow one another than by chance, in bits a link."""
        links = flat_ranges(words.start + 1, words.length - 1)
        before, behind = self.folded[links - 1], self.folded[links]
        pairs = np.stack([before, behind], axis=1).ravel()
        model = load_model()
        scores = model.score(pairs, np.arange(0, len(pairs) + 1, 2))[1::2] - model.score_alone(behind)
        if not len(words):
            return np.zeros(0, dtype=np.float32)
        firsts = np.cumsum(words.length - 1) - (words.length - 1)
        return np.asarray(np.add.reduceat(scores, firsts) / (words.length - 1), dtype=np.float32)

    def _is_written_so(self, row: int) -> bool:
        """Say whether a word may stand in its own form too, not only in the one that it is converted to.

        The dictionaries say so of some words; nobody does of the project's own, of which most may.
        """
        stage = to_traditional()
        assert stage.phrases is not None
        dictionary = stage.phrases.dictionary
        if dictionary.names[int(dictionary.source[self.phrases.entry[row]])] == OWN:
            return True
        start = int(self.phrases.start[row])
        end = start + int(self.phrases.length[row])
        word = decode_codepoints(self.forms.standard_form(self.original[start:end]))
        folded = decode_codepoints(self.folded[start:end])
        return (
            word in words_of_several_values().get(folded, ())
            or word in candidate_table("TSPhrases")
            or word in self.forms.right_words
        )

    def word_at(self, place: int) -> tuple[int, int]:
        """Give the span of the dictionary's word at a place, or of the character where none stands."""
        row = int(self.phrase[place])
        if row < 0:
            return place, place + 1
        start = int(self.phrases.start[row])
        return start, start + int(self.phrases.length[row])

    def forms_of(self, start: int, end: int) -> tuple[str, str]:
        """Give a span as it stands, and as the dictionary has it."""
        return decode_codepoints(self.original[start:end]), decode_codepoints(self.converted[start:end])


def fold(batch: TextBatch) -> Codepoints:
    """Give the code points of a batch in simplified script, as OpenCC's ``t2s`` has them."""
    chain = load_chain("t2s")
    for stage in chain.normalization:
        if stage.lists(batch.codepoints):
            batch = take_step(stage, batch, None).after
    (stage,) = chain.stages
    return stage.run(batch.codepoints, cut_mask(batch, batch.offsets[1:-1])).points


def read(batch: TextBatch, folded: Codepoints, *, for_traditional: bool) -> Reading:
    """Read a batch for script; ``for_traditional`` reads words also where only that target asks for them."""
    points = batch.codepoints
    cuts = cut_mask(batch, batch.offsets[1:-1])
    simplified, forms = (script_marks(points) & HANS) > 0, load_forms()
    in_hans, in_hant = _line_scripts(batch)
    stage = to_traditional()
    grouped = forms.in_groups(points)
    plain = stage.characters.convert(folded[grouped].astype(np.int64))
    focus = np.zeros(len(points), dtype=bool)
    focus[grouped] = (plain != points[grouped]) & ~in_hans[grouped]
    if for_traditional:
        focus |= in_hant & simplified
        focus |= in_hans & stage.characters.one_of_several(folded)
    else:
        focus |= forms.may_be_kept(points)
    outcome = stage.run(folded, cuts, np.flatnonzero(focus))
    return Reading(
        points, folded, outcome.points, simplified, in_hans, in_hant, outcome.phrases, batch.offsets, cuts, forms
    )


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
