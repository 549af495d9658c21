"""The stages of the family: converting along one chain, and unifying to one script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, cast, get_args

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.errors import SettingsError
from cleancorpus.rules import Rule, RuleSet, load_rules, resolve
from cleancorpus.script.backends import convert_by_opencc, opencc_converter
from cleancorpus.script.chains import chain_problem
from cleancorpus.script.convert import convert_batch, mask_protected, user_words
from cleancorpus.script.phrases import Mask
from cleancorpus.script.punctuation import HALF_WIDTH_MARK, STRAY_BLANK, Row, punctuation_rows
from cleancorpus.script.quotes import OTHER_MARKS, UNCLOSED, quotation_rows, unclosed_flags
from cleancorpus.script.unify import Target, Wish, unify
from cleancorpus.script.variants import VARIANT, variant_edits
from cleancorpus.stage import Context, Flags, Proposal
from cleancorpus.text import TextBatch

Backend = Literal["cleancorpus", "opencc"]

RULES: tuple[Rule, ...] = load_rules("script/rules.toml")


_TITLES = "《[^《》\n]{1,80}》"


class Protected:
    """Patterns of what is to be left alone; raises ``SettingsError`` for a pattern that is none."""

    def __init__(self, patterns: Sequence[str]) -> None:
        try:
            self._patterns = [re.compile(pattern) for pattern in patterns]
        except re.error as error:
            raise SettingsError(f"a pattern of `protect` is none: {error}") from error

    def mask(self, batch: TextBatch) -> Mask | None:
        """Mark the code points of a batch that a pattern matches (``bool[N]``); ``None`` without patterns."""
        if not self._patterns:
            return None
        mask = np.zeros(len(batch.codepoints), dtype=bool)
        for begin, text in zip(batch.offsets.tolist(), batch.to_texts(), strict=False):
            for pattern in self._patterns:
                for match in pattern.finditer(text):
                    mask[begin + match.start() : begin + match.end()] = True
        return mask


class Convert:
    """A stage that converts along an OpenCC chain, exactly, whatever the text is: ``Convert("s2twp")``.

    ``words`` is a user's dictionary on top of the chain's (not with another backend); ``backend`` is
    ``cleancorpus`` or ``opencc``, the installed module of that name.  Conversion is not idempotent (OpenCC's
    ``s2t`` makes 幹擾 of 干擾): run it once, or use ``Unify``.
    Raises ``SettingsError`` for an unknown chain or backend, ``MissingDependency`` where the backend is missing.
    """

    name = "convert"
    rules = RULES

    def __init__(
        self, chain: str = "t2s", *, words: Mapping[str, str] | None = None, backend: str = "cleancorpus"
    ) -> None:
        if backend not in get_args(Backend):
            raise SettingsError(f"backend is {backend!r}; it may be {', '.join(get_args(Backend))}")
        chain_problem(chain)
        if backend == "opencc":
            if words:
                raise SettingsError("the backend opencc takes no words of the user's")
            opencc_converter(chain)
        self.chain = chain
        self.backend = backend
        self._words = user_words(words or {})

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        """Give the chain's edits of a batch."""
        del context
        if self.backend == "opencc":
            return Proposal(convert_by_opencc(batch, self.chain))
        return Proposal(convert_batch(batch, self.chain, words=self._words))


class Unify:
    """A stage that brings texts to one script: ``hans``, ``hant``, ``tw`` or ``hk``; ``keep`` leaves the script.

    Lines in the target script are left as they are, wrong forms in them are mended, and everything else is
    converted, so the stage may be run on mixed and on already converted text, and again on its own output.
    ``regional_phrases`` changes words with the region too (軟件, 軟體).  ``protect`` are patterns (``re``) of
    what is to be left, ``titles`` protects what stands in 《》, ``classical`` leaves characters of old texts
    that may stand for themselves.  Opt-in rules put variants and punctuation in order, whatever the target.
    Raises ``SettingsError`` for an unknown target, or a pattern that is none.
    """

    name = "script"
    rules = RULES

    def __init__(
        self,
        ruleset: RuleSet | None = None,
        target: str = "keep",
        *,
        regional_phrases: bool = False,
        protect: Sequence[str] = (),
        titles: bool = False,
        classical: bool = False,
    ) -> None:
        if target not in get_args(Target):
            raise SettingsError(f"target is {target!r}; it may be {', '.join(get_args(Target))}")
        self.wish = Wish(cast(Target, target), regional_phrases, classical)
        self.ruleset = ruleset if ruleset is not None else RuleSet(RULES)
        self._protected = Protected((*protect, *((_TITLES,) if titles else ())))

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        """Give what unifying changes in a batch, and flags for choices that no word decides."""
        del context
        protected = self._protected.mask(batch)
        masked = mask_protected(batch, protected)
        edits, flags = unify(masked, self.wish, self.ruleset)
        rows = self._punctuation(batch)
        if protected is not None:
            rows = (row for row in rows if not protected[row[0] : row[1]].any())
        edits = resolve([edits, Edits.of(rows), *self._variants(masked)])
        if UNCLOSED in self.ruleset:
            flags.extend(unclosed_flags(batch))
        return Proposal(edits, Flags.of(flags))

    def _punctuation(self, batch: TextBatch) -> Iterator[Row]:
        marks, blanks = HALF_WIDTH_MARK in self.ruleset, STRAY_BLANK in self.ruleset
        if marks or blanks:
            yield from punctuation_rows(batch, marks=marks, blanks=blanks)
        if OTHER_MARKS in self.ruleset:
            yield from quotation_rows(batch, self.wish.target)

    def _variants(self, batch: TextBatch) -> tuple[Edits, ...]:
        return (variant_edits(batch, self.wish.target),) if VARIANT in self.ruleset else ()
