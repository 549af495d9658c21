"""The record of a conversion: what its steps change, collected to edits of the batch that came in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.composition import compose
from cleancorpus.edits import Edits
from cleancorpus.script.chains import ConversionStage
from cleancorpus.script.phrases import Mask, Matches
from cleancorpus.text import Codepoints, Positions, TextBatch, flat_ranges

ONE_OF_SEVERAL = "script.one-of-several"


@dataclass(frozen=True)
class Step:
    """One stage's work on a batch: what came in, what keeps the length, and the edits that do not."""

    stage: ConversionStage
    before: TextBatch
    points: Codepoints
    phrases: Matches
    resizing: Edits
    after: TextBatch


def take_step(stage: ConversionStage, batch: TextBatch, cuts: Mask | None, focus: Positions | None = None) -> Step:
    """Run a stage over a batch; ``cuts`` and ``focus`` are those of ``PhraseTable.resolve``."""
    outcome = stage.run(batch.codepoints, cuts, focus)
    same_length = TextBatch(outcome.points, batch.offsets)
    resizing = _resizing(stage, outcome.phrases)
    after = resizing.apply(same_length) if len(resizing) else same_length
    return Step(stage, batch, outcome.points, outcome.phrases, resizing, after)


def cut_mask(batch: TextBatch, places: Positions) -> Mask | None:
    """Mark places that no phrase may reach into from the left (``bool[N + 1]``); ``None`` if there are none."""
    if not len(places):
        return None
    cuts = np.zeros(len(batch.codepoints) + 1, dtype=bool)
    cuts[places] = True
    return cuts


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


def changed_runs(batch: TextBatch, points: Codepoints, problem: NDArray[np.int8], problems: tuple[str, ...]) -> Edits:
    """Give the edits that make ``points`` (``uint32[N]``) of a batch's: neighbours of one rule as one edit.

    ``problem`` (``int8[N]``) says which of ``problems`` each changed place has.
    """
    changed = np.flatnonzero(points != batch.codepoints)
    if not len(changed):
        return Edits.empty()
    kind = problem[changed]
    opens = np.ones(len(changed), dtype=bool)
    opens[1:] = (changed[1:] != changed[:-1] + 1) | (kind[1:] != kind[:-1])
    begins = np.searchsorted(changed, batch.offsets[1:-1])
    opens[begins[begins < len(changed)]] = True
    first = np.flatnonzero(opens)
    bounds = np.append(first, len(changed))
    return Edits(
        changed[first],
        changed[bounds[1:] - 1] + 1,
        TextBatch(points[changed], bounds),
        kind[first].astype(np.int32),
        problems,
    )


class Record:
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

    def note(self, step: Step) -> None:
        """Take in what a step changes."""
        if self._base is None:
            self._base = step.before
            self._problem = np.zeros(len(step.before.codepoints), dtype=np.int8)
        changed = np.flatnonzero(step.points != step.before.codepoints)
        self._problem[changed] = self._problem_at(step, changed)
        self._points = step.points
        if len(step.resizing):
            self._close(self._base, step.resizing)

    def edits(self) -> Edits:
        """Give all that was taken in, as edits of the batch that came in."""
        if self._base is None:
            return self._edits
        layer = changed_runs(self._base, self._points, self._problem, tuple(self._problems))
        return compose(self._edits, layer, self._batch)

    def _problem_at(self, step: Step, changed: Positions) -> NDArray[np.int8]:
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

    def _close(self, base: TextBatch, resizing: Edits) -> None:
        inside = flat_ranges(resizing.start, resizing.end - resizing.start)
        self._points = self._points.copy()
        self._points[inside] = base.codepoints[inside]  # what the resizing edits replace is theirs
        layer = Edits.union([changed_runs(base, self._points, self._problem, tuple(self._problems)), resizing])
        self._edits = compose(self._edits, layer, self._batch)
        self._base = None
