"""The loop over the stages: propose, apply, again, until nothing changes; and the columnar result."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import cycle, islice

import numpy as np
from numpy.typing import NDArray

from cleancorpus.document import Failure, Flag, Layer, MetadataField
from cleancorpus.edits import Edits
from cleancorpus.stage import Context, Field, Flags, Stage
from cleancorpus.text import Positions, TextBatch

# Real pages settle in the second round, which proves the first; a document that still changes after this
# many rounds runs in a circle, and is left as it came.
MAX_ROUNDS = 8

UNSETTLED = "cleaner.unsettled"

FlagRow = tuple[int, int, str, str, float]


class StageError(Exception):
    """A stage raised an error; ``stage`` names it and the cause is chained."""

    def __init__(self, stage: str, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.stage = stage


@dataclass(frozen=True)
class Step:
    """One stage's edits in one round over some of a batch's documents.

    ``documents`` (``int64[A]``, ascending) says which documents of the whole batch took part, ``offsets``
    (``int64[A + 1]``) where their texts then lay, and edits ``bounds[i]`` to ``bounds[i + 1]`` are those of
    the ``i``-th of them.  ``before`` holds what the edits replaced, as M texts.
    """

    stage: str
    edits: Edits
    before: TextBatch
    documents: Positions
    offsets: Positions
    bounds: Positions

    @classmethod
    def of(cls, stage: str, edits: Edits, batch: TextBatch, documents: Positions) -> Step:
        """Make the step of the edits of ``batch``, whose texts are the given documents of a whole."""
        bounds = np.searchsorted(edits.documents(batch), np.arange(len(batch) + 1)).astype(np.int64)
        return cls(stage, edits, edits.before(batch), documents, batch.offsets, bounds)

    def edits_of(self, document: int) -> Edits | None:
        """Give the edits of one document of the whole, counted from its start, or ``None``."""
        own = int(np.searchsorted(self.documents, document))
        if own == len(self.documents) or int(self.documents[own]) != document:
            return None
        return self._edits_at(own)

    def _edits_at(self, own: int) -> Edits | None:
        first, last = int(self.bounds[own]), int(self.bounds[own + 1])
        return self.edits.between(first, last, int(self.offsets[own])) if first < last else None

    def by_document(self) -> Iterator[tuple[int, Edits]]:
        """Give every document that has edits, with these."""
        for own in np.flatnonzero(np.diff(self.bounds)).tolist():
            edits = self._edits_at(own)
            if edits is not None:
                yield int(self.documents[own]), edits

    def without(self, documents: Positions) -> Step:
        """Give the step without the edits of some documents."""
        counts = np.diff(self.bounds)
        keep = ~np.isin(self.documents, documents)
        bounds = np.zeros_like(self.bounds)
        np.cumsum(np.where(keep, counts, 0), out=bounds[1:])
        kept = np.flatnonzero(np.repeat(keep, counts))
        return replace(self, edits=self.edits.take(kept), before=self.before.take(kept), bounds=bounds)

    @cached_property
    def edited_offsets(self) -> Positions:
        """Where the texts lie once the edits are made, ``int64[A + 1]``."""
        growth = np.zeros(len(self.edits) + 1, dtype=np.int64)
        np.cumsum(self.edits.after.lengths - (self.edits.end - self.edits.start), out=growth[1:])
        moved: Positions = self.offsets + growth[self.bounds]
        return moved

    def spans_to_old(self, documents: Positions, start: Positions, end: Positions) -> tuple[Positions, Positions]:
        """Map spans of the edited texts, counted from their documents' starts, to the texts before."""
        own = np.minimum(np.searchsorted(self.documents, documents), len(self.documents) - 1)
        here = self.documents[own] == documents
        moved, origin = self.edited_offsets[own], self.offsets[own]
        first, last = self.edits.spans_to_old(start + moved, end + moved)
        # At a border, the first edit of the next text may claim a position that belongs to this one.
        first = np.clip(first - origin, 0, self.offsets[own + 1] - origin)
        last = np.clip(last - origin, first, self.offsets[own + 1] - origin)
        return np.where(here, first, start), np.where(here, last, end)


@dataclass(frozen=True)
class Settled:
    """What the stages made of a batch: texts, steps, flags and metadata, by document.

    ``flags`` and ``fields`` are rows with positions in the original of their document.
    """

    original: TextBatch
    text: TextBatch
    steps: tuple[Step, ...]
    flags: Mapping[int, tuple[Flag, ...]]
    fields: Mapping[int, tuple[MetadataField, ...]]
    failures: Mapping[int, Failure]

    def __len__(self) -> int:
        return len(self.original)

    def histories(self) -> list[tuple[Layer, ...]]:
        """Give the layers of every document, with positions counted from the document's start."""
        histories: list[list[Layer]] = [[] for _ in range(len(self))]
        for step in self.steps:
            for document, edits in step.by_document():
                histories[document].append(Layer(step.stage, edits))
        return [tuple(layers) for layers in histories]


def settle(batch: TextBatch, stages: Sequence[Stage], context: Context) -> Settled:
    """Run the stages over a batch until every stage in turn leaves every document as it is.

    So cleaning is idempotent by construction.  A document on which a stage fails is left as it came and
    listed in ``failures``; the others do not notice.
    """
    return _isolating_failures(batch, stages, context, _settle)


def run_once(batch: TextBatch, stages: Sequence[Stage], context: Context) -> Settled:
    """Run each stage over a batch once: for conversions that are not idempotent, as OpenCC's are not."""
    return _isolating_failures(batch, stages, context, _run_once)


def _isolating_failures(
    batch: TextBatch,
    stages: Sequence[Stage],
    context: Context,
    run: Callable[[TextBatch, Sequence[Stage], Context], Settled],
) -> Settled:
    try:
        return run(batch, stages, context)
    except StageError as error:
        if len(batch) == 1:
            return untouched(batch, {0: Failure(error.stage, str(error))})
    middle = len(batch) // 2
    halves = [np.arange(0, middle, dtype=np.int64), np.arange(middle, len(batch), dtype=np.int64)]
    parts = [(half, _isolating_failures(batch.take(half), stages, context.take(batch, half), run)) for half in halves]
    return joined(parts)


def untouched(batch: TextBatch, failures: Mapping[int, Failure]) -> Settled:
    """Give the result for texts that are left as they came."""
    return Settled(batch, batch, (), {}, {}, failures)


def joined(parts: Sequence[tuple[Positions, Settled]]) -> Settled:
    """Join the results of parts of a batch; each comes with the numbers of its documents in the whole."""
    steps = [replace(step, documents=own[step.documents]) for own, part in parts for step in part.steps]
    original = _in_order([(own, part.original) for own, part in parts])
    text = _in_order([(own, part.text) for own, part in parts])
    flags = {int(own[key]): value for own, part in parts for key, value in part.flags.items()}
    fields = {int(own[key]): value for own, part in parts for key, value in part.fields.items()}
    failures = {int(own[key]): value for own, part in parts for key, value in part.failures.items()}
    return Settled(original, text, tuple(steps), flags, fields, failures)


def _settle(batch: TextBatch, stages: Sequence[Stage], context: Context) -> Settled:
    """Ask one stage after the other, round and round; a text is done when each left it as the others had left it."""
    if not stages or not len(batch):
        return untouched(batch, {})
    record = _Record(len(stages))
    active: Positions = np.arange(len(batch), dtype=np.int64)
    quiet: Positions = np.zeros(len(batch), dtype=np.int64)  # how many stages in a row changed nothing, by text
    current = batch
    finished: list[tuple[Positions, TextBatch]] = []
    for stage in islice(cycle(stages), MAX_ROUNDS * len(stages)):
        current, context, changed = record.ask(stage, current, active, context)
        quiet = np.where(changed, 0, quiet + 1)
        done = quiet >= len(stages)
        if not bool(done.any()):
            continue
        record.keep_flags(active[done])
        finished.append((active[done], current if bool(done.all()) else current.take(np.flatnonzero(done))))
        still = np.flatnonzero(~done)
        active, quiet = active[still], quiet[still]
        if not len(still):
            break
        context = context.take(current, still)
        current = current.take(still)
    if len(active):
        record.leave_as_it_came(batch, active)
        finished.append((active, batch.take(active)))
    return record.settled(batch, _in_order(finished))


def _run_once(batch: TextBatch, stages: Sequence[Stage], context: Context) -> Settled:
    record = _Record(len(stages))
    active: Positions = np.arange(len(batch), dtype=np.int64)
    text = batch
    for stage in stages:
        text, context, _ = record.ask(stage, text, active, context)
    return record.settled(batch, text)


class _Record:
    """What is noted while so many stages run: steps, flags and metadata."""

    def __init__(self, stages: int) -> None:
        self.steps: list[Step] = []
        self.flags: dict[int, tuple[Flag, ...]] = {}
        self.fields: dict[int, dict[str, MetadataField]] = {}
        # What each stage flagged when it was last asked, by document: settled texts have no other flags.
        self._raised: deque[dict[int, list[FlagRow]]] = deque(maxlen=stages)
        self._flags_at_edits: dict[int, list[Flag]] = {}

    def ask(
        self, stage: Stage, current: TextBatch, active: Positions, context: Context
    ) -> tuple[TextBatch, Context, NDArray[np.bool_]]:
        """Ask one stage and do what it proposes; give the new texts, their context, and which of them changed."""
        try:
            proposal = stage.propose(current, context)
            edits = proposal.edits.effective(current).merged(current)
            edited = edits.apply(current)
        except Exception as error:
            raise StageError(stage.name, error) from error
        self._note_fields(proposal.fields, current, active)
        self._note_flags(proposal.flags, current, active)
        self._keep_flags_at_edits(proposal.flags, edits, current, active)
        changed: NDArray[np.bool_] = np.zeros(len(current), dtype=bool)
        if not len(edits):
            return current, context, changed
        self.steps.append(Step.of(stage.name, edits, current, active))
        changed[edits.documents(current)] = True
        return edited, context.through(edits), changed

    def keep_flags(self, documents: Positions) -> None:
        """Keep the flags of documents that have settled: every stage was last asked about the final text."""
        raised = [rows for rows in self._raised if rows]
        for document in documents.tolist() if raised else ():
            rows = [row for found in raised for row in found.get(document, ())]
            if rows:
                self.flags[document] = tuple(_in_original(self.steps, document, sorted(rows)))

    def leave_as_it_came(self, batch: TextBatch, documents: Positions) -> None:
        """Forget what was done to some documents, and say why."""
        self.steps = [step for step in (step.without(documents) for step in self.steps) if len(step.edits)]
        reason = f"The stages still changed it after {MAX_ROUNDS} rounds; it was left as it came."
        for document in documents.tolist():
            self.fields.pop(document, None)
            self._flags_at_edits.pop(document, None)
            self.flags[document] = (Flag(0, int(batch.lengths[document]), UNSETTLED, reason, 1.0),)

    def settled(self, batch: TextBatch, text: TextBatch) -> Settled:
        """Give the result."""
        fields = {document: tuple(found.values()) for document, found in self.fields.items()}
        for document, kept in self._flags_at_edits.items():
            late = self.flags.get(document, ())
            early = self._standing(document, _not_said_again(tuple(dict.fromkeys(kept)), late))
            self.flags[document] = tuple(sorted((*early, *late)))
        return Settled(batch, text, tuple(self.steps), self.flags, fields, {})

    def _note_fields(self, fields: Iterable[Field], batch: TextBatch, active: Positions) -> None:
        """Keep the first value of every key."""
        for entry in fields:
            document, origin = int(active[entry.document]), int(batch.offsets[entry.document])
            found = self.fields.setdefault(document, {})
            if entry.key not in found:
                place = np.array([entry.start - origin, entry.end - origin], dtype=np.int64)
                first, last = _to_original(self.steps, document, place[:1], place[1:])
                found[entry.key] = MetadataField(entry.key, entry.value, int(first[0]), int(last[0]))

    def _keep_flags_at_edits(self, flags: Flags, edits: Edits, batch: TextBatch, active: Positions) -> None:
        """Keep the flags that say what an edit of the same proposal left undone.

        The edit takes away the evidence, so no later round can raise such a flag again.
        """
        if not len(flags) or not len(edits):
            return
        following = np.searchsorted(edits.end, flags.start, side="left")
        reached = following < len(edits)
        reached[reached] = edits.start[following[reached]] <= flags.end[reached]
        rows: dict[int, list[FlagRow]] = {}
        for touching, (owner, row) in zip(reached.tolist(), _flag_rows(flags, batch), strict=True):
            if touching:
                rows.setdefault(int(active[owner]), []).append(row)
        for document, listed in rows.items():
            self._flags_at_edits.setdefault(document, []).extend(_in_original(self.steps, document, listed))

    def _standing(self, document: int, flags: Sequence[Flag]) -> list[Flag]:
        """Give the flags of whose span of the original anything is left in the final text."""
        start = np.array([flag.start for flag in flags], dtype=np.int64)
        end = np.array([flag.end for flag in flags], dtype=np.int64)
        for step in self.steps:
            edits = step.edits_of(document)
            if edits is not None:
                start, end = edits.to_new(start), edits.to_new(end)
        return [flag for flag, stands in zip(flags, (start < end).tolist(), strict=True) if stands]

    def _note_flags(self, flags: Flags, batch: TextBatch, active: Positions) -> None:
        """Note what a stage flagged; what it flagged a round ago is forgotten."""
        rows: dict[int, list[FlagRow]] = {}
        for owner, row in _flag_rows(flags, batch):
            rows.setdefault(int(active[owner]), []).append(row)
        self._raised.append(rows)


def _flag_rows(flags: Flags, batch: TextBatch) -> Iterator[tuple[int, FlagRow]]:
    """Give each flag with its text's number in ``batch``, its span counted from that text's start."""
    owners = batch.document_of(flags.start).tolist()
    for owner, (start, end, rule, reason, score) in zip(owners, flags.rows(), strict=True):
        origin = int(batch.offsets[owner])
        yield owner, (start - origin, end - origin, rule, reason, score)


def _not_said_again(flags: Sequence[Flag], later: Sequence[Flag]) -> list[Flag]:
    """Give the flags that meet no later one of their rule; ``later`` is in the order of its starts."""
    starts: dict[str, list[int]] = {}
    reach: dict[str, list[int]] = {}
    for flag in later:
        starts.setdefault(flag.rule, []).append(flag.start)
        ends = reach.setdefault(flag.rule, [])
        ends.append(max(flag.end, ends[-1] if ends else flag.end))
    kept = []
    for flag in flags:
        before = bisect_left(starts.get(flag.rule, []), flag.end)
        if not before or reach[flag.rule][before - 1] <= flag.start:
            kept.append(flag)
    return kept


def _in_original(steps: Sequence[Step], document: int, rows: Sequence[FlagRow]) -> list[Flag]:
    """Give flags of a document's present text at their places in its original."""
    start = np.array([row[0] for row in rows], dtype=np.int64)
    end = np.array([row[1] for row in rows], dtype=np.int64)
    first, last = _to_original(steps, document, start, end)
    return [Flag(a, b, *row[2:]) for a, b, row in zip(first.tolist(), last.tolist(), rows, strict=True)]


def _to_original(steps: Sequence[Step], document: int, start: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Map spans of a document's present text to its original; both count from the document's start."""
    for step in reversed(steps):
        edits = step.edits_of(document)
        if edits is not None:
            start, end = edits.spans_to_old(start, end)
    return start, end


def _in_order(finished: Sequence[tuple[Positions, TextBatch]]) -> TextBatch:
    """Give the texts of all documents in the order of their numbers."""
    order = np.argsort(np.concatenate([documents for documents, _ in finished]), kind="stable")
    text = TextBatch.concatenate([part for _, part in finished])
    return text if bool((order == np.arange(len(order))).all()) else text.take(order)
