"""Conversion along an OpenCC chain, as edits or as plain text: its output, character for character."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.composition import compose
from cleancorpus.edits import Edits
from cleancorpus.errors import SettingsError
from cleancorpus.script.chains import Chain, ConversionStage, load_chain
from cleancorpus.script.dictionary import Dictionary
from cleancorpus.script.phrases import LONGEST, Mask, Matches, PhraseTable
from cleancorpus.text import Codepoints, Positions, TextBatch, decode_codepoints, flat_ranges

ONE_OF_SEVERAL = "script.one-of-several"
_PROTECTED = np.uint32(0xFFFFFFFF)  # no code point: no entry holds it, and no table reaches so far


def convert_batch(
    batch: TextBatch, chain: str = "t2s", *, words: PhraseTable | None = None, protected: Mask | None = None
) -> Edits:
    """Say what an OpenCC chain changes in a batch of texts: applied, the edits give OpenCC's output exactly.

    ``chain`` is one of ``chain_names()``.  ``words`` are a user's own (see ``user_words``): they are found before
    anything else, and what they convert to stands.  ``protected`` (``bool[N]``) marks code points that are left;
    no phrase holds one, nor reaches over one.  A character that was converted to the first of several candidates,
    with no phrase to decide, carries the rule ``script.one-of-several``; ``alternatives`` lists the others.
    Raises ``SettingsError`` for an unknown chain.
    """
    compiled = load_chain(chain)
    own = Edits.empty()
    if words is not None:
        own, protected = _own_words(batch, words, protected)
    record = _Record(batch)
    for step in _steps(batch, compiled, protected, recorded=True):
        record.note(step)
    return Edits.union([own, record.edits()])


def convert_texts(batch: TextBatch, chain: str = "t2s") -> TextBatch:
    """Give a batch converted along an OpenCC chain, without a record; several times as fast as with one."""
    for step in _steps(batch, load_chain(chain), None, recorded=False):
        batch = step.after
    return batch


def convert_text(text: str, chain: str = "t2s") -> str:
    """Give a text converted along an OpenCC chain, without a record.

    >>> convert_text("頭髮和皇后", "t2s")
    '头发和皇后'
    """
    return decode_codepoints(convert_texts(TextBatch.from_text(text), chain).codepoints)


def user_words(words: Mapping[str, str]) -> PhraseTable | None:
    """Compile a user's dictionary, ``None`` for an empty one; a word may be its own conversion, and is then left.

    Raises ``SettingsError`` for an empty word, and for one of more than ``LONGEST`` characters.
    """
    for word in words:
        if not 0 < len(word) <= LONGEST:
            raise SettingsError(f"a word has 1 to {LONGEST} characters; {word[:20]!r} has {len(word)}")
    if not words:
        return None
    return PhraseTable([Dictionary.of(words, "user")], np.ones(len(words), dtype=bool))


def _own_words(batch: TextBatch, words: PhraseTable, protected: Mask | None) -> tuple[Edits, Mask]:
    """Give the edits of the user's words, and the mask of all that nothing else may touch."""
    points = batch.codepoints if protected is None else np.where(protected, _PROTECTED, batch.codepoints)
    found = words.find_all(points, _cuts(batch, batch.offsets[1:-1]))
    mask = np.zeros(len(points), dtype=bool) if protected is None else protected.copy()
    mask[flat_ranges(found.start, found.length)] = True
    rule = np.zeros(len(found), dtype=np.int32)
    values = words.dictionary.values.take(found.entry)
    edits = Edits(found.start, found.start + found.length, values, rule, ("script.user-word",))
    return edits.effective(batch), mask


@dataclass(frozen=True)
class _Step:
    """One stage's work on a batch: what came in, what keeps the length, and the edits that do not."""

    stage: ConversionStage
    before: TextBatch
    points: Codepoints
    phrases: Matches
    resizing: Edits
    after: TextBatch


def _steps(batch: TextBatch, chain: Chain, protected: Mask | None, *, recorded: bool) -> Iterator[_Step]:
    if protected is not None and bool(protected.any()):
        batch = TextBatch(np.where(protected, _PROTECTED, batch.codepoints), batch.offsets)
    cut_places = batch.offsets[1:-1]
    for stage in chain.normalization:
        if stage.lists(batch.codepoints):
            yield (step := _step(stage, batch, cut_places, recorded))
            batch = step.after
    if chain.segmentation is not None:
        words = chain.segmentation.find_all(batch.codepoints, _cuts(batch, cut_places))
        cut_places = np.concatenate([cut_places, words.start, words.start + words.length])
    for stage in chain.stages:
        yield (step := _step(stage, batch, cut_places, recorded))
        batch = step.after
        cut_places = step.resizing.to_new(cut_places)


def _cuts(batch: TextBatch, places: Positions) -> Mask | None:
    if not len(places):
        return None
    cuts = np.zeros(len(batch.codepoints) + 1, dtype=bool)
    cuts[places] = True
    return cuts


def _step(stage: ConversionStage, batch: TextBatch, cut_places: Positions, recorded: bool) -> _Step:
    points = batch.codepoints
    focus = np.flatnonzero(stage.characters.one_of_several(points)) if recorded else None
    outcome = stage.run(points, _cuts(batch, cut_places), focus)
    resizing = _resizing(stage, outcome.phrases)
    same_length = TextBatch(outcome.points, batch.offsets)
    after = resizing.apply(same_length) if len(resizing) else same_length
    return _Step(stage, batch, outcome.points, outcome.phrases, resizing, after)


def _resizing(stage: ConversionStage, phrases: Matches) -> Edits:
    """Give the edits of the phrases whose value has another length."""
    if stage.phrases is None:
        return Edits.empty()
    found = phrases.take(stage.phrases.resizes[phrases.entry])
    if not len(found):
        return Edits.empty()
    dictionary = stage.phrases.dictionary
    return Edits(
        found.start,
        found.start + found.length,
        dictionary.values.take(found.entry),
        stage.phrase_problem[dictionary.source[found.entry]].astype(np.int32),
        stage.problems,
    )


class _Record:
    """Collects the steps of a chain to edits of the batch that came in.

    Steps that keep the length are told by the difference of the code points at the end; one that does not keep
    it is composed onto what was there before, and a new comparison starts behind it.
    """

    def __init__(self, batch: TextBatch) -> None:
        self._batch = batch
        self._edits = Edits.empty()
        self._base: TextBatch | None = None
        self._points = batch.codepoints
        self._problems = [ONE_OF_SEVERAL]
        self._problem = np.zeros(0, dtype=np.int8)

    def note(self, step: _Step) -> None:
        """Take in what a step changes."""
        if self._base is None:
            self._base = step.before
            self._problem = np.zeros(len(step.before.codepoints), dtype=np.int8)
        changed = np.flatnonzero(step.points != step.before.codepoints)
        self._problem[changed] = self._problem_at(step, changed)
        self._points = step.points
        if len(step.resizing):
            self._close(step.resizing)

    def _problem_at(self, step: _Step, changed: Positions) -> NDArray[np.int8]:
        stage = step.stage
        number = self._numbers(stage.problems)
        in_phrase = np.full(len(step.points), -1, dtype=np.int8)
        if stage.phrases is not None:
            source = stage.phrases.dictionary.source[step.phrases.entry]
            places = flat_ranges(step.phrases.start, step.phrases.length)
            in_phrase[places] = np.repeat(number[stage.phrase_problem[source]], step.phrases.length)
        problem = in_phrase[changed]
        alone = problem < 0
        several = stage.characters.one_of_several(step.before.codepoints[changed[alone]])
        problem[alone] = np.where(several, np.int8(0), number[stage.character_problem])
        return problem

    def _numbers(self, problems: tuple[str, ...]) -> NDArray[np.int8]:
        self._problems.extend(name for name in problems if name not in self._problems)
        return np.array([self._problems.index(name) for name in problems], dtype=np.int8)

    def _close(self, resizing: Edits) -> None:
        assert self._base is not None
        changed = np.flatnonzero(self._points != self._base.codepoints)
        inside = np.zeros(len(self._points), dtype=bool)
        inside[flat_ranges(resizing.start, resizing.end - resizing.start)] = True
        layer = Edits.union([self._runs(changed[~inside[changed]]), resizing])
        self._edits = compose(self._edits, layer, self._batch)
        self._base = None

    def _runs(self, changed: Positions) -> Edits:
        """Give edits of changed places, neighbours of one rule in one text as one edit."""
        assert self._base is not None
        if not len(changed):
            return Edits.empty()
        problem = self._problem[changed]
        opens = np.ones(len(changed), dtype=bool)
        opens[1:] = (changed[1:] != changed[:-1] + 1) | (problem[1:] != problem[:-1])
        begins = np.searchsorted(changed, self._base.offsets[1:-1])
        opens[begins[begins < len(changed)]] = True
        first = np.flatnonzero(opens)
        bounds = np.append(first, len(changed))
        return Edits(
            changed[first],
            changed[bounds[1:] - 1] + 1,
            TextBatch(self._points[changed], bounds),
            problem[first].astype(np.int32),
            tuple(self._problems),
        )

    def edits(self) -> Edits:
        """Give all that was taken in, as edits of the batch that came in."""
        if self._base is None:
            return self._edits
        layer = self._runs(np.flatnonzero(self._points != self._base.codepoints))
        return compose(self._edits, layer, self._batch)
