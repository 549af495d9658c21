"""The stage: nominate by array passes, look at what was nominated, propose repairs and flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.mojibake import blanks, glyphs, invisible, layers, lossy, pinyin, slips, spun
from cleancorpus.mojibake.nominate import (
    BOX,
    DIGIT01,
    FILLER,
    INVISIBLE,
    LETTER,
    LOOK_ALIKE,
    MARK,
    OPEN,
    SPUN,
    SPUN_FIRST,
    SPUN_SECOND,
    SUBSTITUTE,
    Nominees,
)
from cleancorpus.rules import Rule, RuleSet, resolve
from cleancorpus.stage import Context, Flags, Proposal
from cleancorpus.text import TextBatch

RULES: tuple[Rule, ...] = (
    *layers.RULES,
    *slips.RULES,
    *lossy.RULES,
    *pinyin.RULES,
    *invisible.RULES,
    *glyphs.RULES,
    *blanks.RULES,
    *spun.RULES,
)


@dataclass(frozen=True)
class Repair:
    """Undoes what transcoding and converters did to text, and flags what cannot be undone.

    A repair is proposed where the truth can be known from the bytes that the damaged text still carries;
    ``ruleset`` says which of ``RULES`` are on.
    """

    ruleset: RuleSet
    name: str = "mojibake"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules that the stage knows."""
        return self.ruleset.rules

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        """Give the repairs and flags for a batch; see ``cleancorpus.stage.Stage``."""
        del context  # damage shows in the characters alone
        rules, nominees = self.ruleset, Nominees(batch.codepoints)
        read_back, open_places = layers.find_misread(batch, nominees, rules)
        slipped = slips.find_slips(batch, nominees.of(MARK), rules)
        brackets = pinyin.nominate(batch.codepoints, nominees.of(OPEN))
        edits = [
            read_back,
            slipped.edits,
            pinyin.find_readings(batch, brackets, rules),
            invisible.find_invisible(batch, nominees.of(INVISIBLE), rules),
            glyphs.find_substitutes(batch, nominees.of(SUBSTITUTE), rules),
            blanks.find_blanks(batch, self._blanks(nominees), rules),
        ]
        flags = [
            open_places,
            slipped.flags,
            lossy.find_marks(batch, nominees.of(MARK | BOX), (slipped.start, slipped.end), rules),
            lossy.find_fillers(batch, nominees.of(FILLER), rules),
            glyphs.find_look_alikes(batch, nominees.of(LOOK_ALIKE), rules),
            spun.find_spun(batch, self._spun(nominees), nominees.of(DIGIT01), rules),
            glyphs.find_disguised_words(batch, nominees.preceded(DIGIT01, LETTER, LETTER), rules),
        ]
        return Proposal(layers.outside_unclear(resolve(edits), open_places), Flags.union(flags))

    def _spun(self, nominees: Nominees) -> NDArray[np.int64]:
        """Give the places where a word that spinners like may begin."""
        begins = nominees.beside(SPUN, {0: SPUN_FIRST, 1: SPUN_SECOND})
        return np.concatenate([begins, nominees.beside(SPUN, {0: SPUN_SECOND, -1: SPUN_FIRST}) - 1])

    def _blanks(self, nominees: Nominees) -> NDArray[np.int64]:
        """Give the blanks to look at: all where an opt-in rule wants them, else those between single characters."""
        everywhere = blanks.BLANK_BY_NUMBER in self.ruleset or blanks.BLANK_IN_QUOTES in self.ruleset
        return nominees.blanks() if everywhere else nominees.spaced()
