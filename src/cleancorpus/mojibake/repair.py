"""The stage: nominate by array passes, look at what was nominated, propose repairs and flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.mojibake import layers, lossy, pinyin, slips
from cleancorpus.mojibake.nominate import BOX, FILLER, MARK, OPEN, classes_of
from cleancorpus.rules import Rule, RuleSet, resolve
from cleancorpus.stage import Context, Flags, Proposal
from cleancorpus.text import TextBatch

RULES: tuple[Rule, ...] = (*layers.RULES, *slips.RULES, *lossy.RULES, *pinyin.RULES)


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
        points = batch.codepoints
        classes = classes_of(points)
        found = slips.find_slips(batch, np.flatnonzero(classes & MARK), self.ruleset)
        read_back, open_places = layers.find_misread(batch, classes, self.ruleset)
        edits: list[Edits] = [read_back, found.edits]
        flags = [
            open_places,
            found.flags,
            lossy.find_marks(batch, np.flatnonzero(classes & (MARK | BOX)), (found.start, found.end), self.ruleset),
            lossy.find_fillers(batch, np.flatnonzero(classes & FILLER), self.ruleset),
        ]
        if pinyin.CONVERTER_PINYIN in self.ruleset:
            brackets = pinyin.nominate(points, np.flatnonzero(classes & OPEN))
            if len(brackets):
                edits.append(pinyin.find_readings(batch, brackets))
        return Proposal(resolve(edits), Flags.union(flags))
