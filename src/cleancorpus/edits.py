"""Edits: what changes in a batch, as columns, and the algebra of such changes.

A stage proposes edits, ``apply`` makes the new text from them, and ``inverse`` takes it back: the text
is derived from the record, so the two cannot disagree.  This module knows nothing of rules but their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import EditError
from cleancorpus.text import Codepoints, Positions, TextBatch, flat_ranges, offsets_of

RuleColumn = NDArray[np.int32]


class Edits:
    """Sorted, disjoint, half-open spans of a batch with what is to stand there instead, and why.

    Columns, one entry an edit: ``start`` and ``end`` (``int64[M]``, code points of the batch that the
    edits were made for), ``after`` (a ``TextBatch`` of M texts) and ``rule`` (``int32[M]``, an index into
    the tuple ``rules`` of rule ids).  ``document`` (``int64[M]``) says in which text an edit lies; it is
    derived from ``start`` where it is not given, and matters only for insertions between two texts.

    An edit with ``start == end`` is an insertion in front of the character there.  Edits are immutable.
    Raises ``EditError`` where the columns are not sorted and disjoint.
    """

    __slots__ = ("after", "document", "end", "rule", "rules", "start")

    start: Positions
    end: Positions
    after: TextBatch
    rule: RuleColumn
    rules: tuple[str, ...]
    document: Positions | None

    def __init__(
        self,
        start: Positions,
        end: Positions,
        after: TextBatch,
        rule: RuleColumn,
        rules: Sequence[str],
        document: Positions | None = None,
    ) -> None:
        self.start = np.asarray(start, dtype=np.int64)
        self.end = np.asarray(end, dtype=np.int64)
        self.after = after
        self.rule = np.asarray(rule, dtype=np.int32)
        self.rules = tuple(rules)
        self.document = None if document is None else np.asarray(document, dtype=np.int64)
        self._check_columns()

    def _check_columns(self) -> None:
        count = len(self.start)
        if not len(self.end) == len(self.after) == len(self.rule) == count:
            raise EditError("the columns of the edits differ in length")
        if self.document is not None and len(self.document) != count:
            raise EditError("the column `document` differs in length")
        if count == 0:
            return
        if bool((self.end < self.start).any()) or int(self.start[0]) < 0:
            raise EditError("an edit ends before it starts, or starts below 0")
        if bool((self.start[1:] < self.end[:-1]).any()):
            place = int(np.flatnonzero(self.start[1:] < self.end[:-1])[0])
            raise EditError(
                f"edits are not sorted and disjoint: [{self.start[place]}, {self.end[place]}) "
                f"is followed by [{self.start[place + 1]}, {self.end[place + 1]})"
            )
        if int(self.rule.min()) < 0 or int(self.rule.max()) >= len(self.rules):
            raise EditError("an edit names a rule that is not in `rules`")

    # -- making them --------------------------------------------------------------------------------

    @classmethod
    def empty(cls) -> Edits:
        """Give no edits."""
        return _NONE

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, str, str]]) -> Edits:
        """Make edits from rows ``(start, end, after, rule id)`` in any order."""
        ordered = sorted(rows, key=lambda row: (row[0], row[1]))
        if not ordered:
            return cls.empty()
        starts, ends, afters, names = zip(*ordered, strict=True)
        rules = tuple(dict.fromkeys(names))
        number = {name: index for index, name in enumerate(rules)}
        rule = np.array([number[name] for name in names], dtype=np.int32)
        return cls(np.array(starts), np.array(ends), TextBatch.from_texts(afters), rule, rules)

    @classmethod
    def deletions(cls, start: Positions, end: Positions, rule_id: str) -> Edits:
        """Make edits of one rule that remove spans."""
        nothing = TextBatch(np.zeros(0, dtype=np.uint32), np.zeros(len(start) + 1, dtype=np.int64))
        return cls(start, end, nothing, np.zeros(len(start), dtype=np.int32), (rule_id,))

    @classmethod
    def substitutions(cls, positions: Positions, codepoints: Codepoints, rule_id: str) -> Edits:
        """Make edits of one rule that put one character in the place of another."""
        positions = np.asarray(positions, dtype=np.int64)
        after = TextBatch(codepoints, np.arange(len(positions) + 1, dtype=np.int64))
        return cls(positions, positions + 1, after, np.zeros(len(positions), dtype=np.int32), (rule_id,))

    @classmethod
    def union(cls, parts: Iterable[Edits]) -> Edits:
        """Join edits of one batch that do not meet; raises ``EditError`` where they do."""
        filled = [part for part in parts if len(part)]
        if len(filled) < 2:
            return filled[0] if filled else cls.empty()
        joined, _ = concatenated(filled)
        return joined.take(order_of(joined))

    # -- looking at them ----------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.start)

    def __repr__(self) -> str:
        return f"Edits({len(self)} edits of {len(self.rules)} rules)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Edits):
            return NotImplemented
        return (
            np.array_equal(self.start, other.start)
            and np.array_equal(self.end, other.end)
            and self.after == other.after
            and self.rule_ids() == other.rule_ids()
        )

    __hash__ = None  # type: ignore[assignment]  # compared by value, so no dictionary key

    def __reduce__(self) -> tuple[object, ...]:
        return Edits, (self.start, self.end, self.after, self.rule, self.rules, self.document)

    def rule_ids(self) -> list[str]:
        """Give the rule id of every edit."""
        return [self.rules[index] for index in self.rule.tolist()]

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Edits:
        """Give the chosen edits (positions or a mask), which must come out sorted."""
        indices = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        document = None if self.document is None else self.document[indices]
        return Edits(
            self.start[indices],
            self.end[indices],
            self.after.take(indices),
            self.rule[indices],
            self.rules,
            document,
        )

    def between(self, first: int, last: int, origin: int) -> Edits:
        """Give the edits ``first`` to ``last`` (excluded) with positions counted from ``origin``."""
        start, end = self.start[first:last] - origin, self.end[first:last] - origin
        return Edits(start, end, self.after.between(first, last), self.rule[first:last], self.rules)

    def documents(self, batch: TextBatch) -> Positions:
        """Give the text of ``batch`` in which each edit lies, ``int64[M]``."""
        if self.document is not None:
            return self.document
        if len(self) < len(batch):
            return batch.document_of(self.start)
        # As `document_of`, from the other side: the starts are sorted, and there are fewer borders than edits.
        bounds = np.searchsorted(self.start, batch.offsets[1:-1]) if len(batch) else np.zeros(0, dtype=np.int64)
        counts = np.diff(np.concatenate([[0], bounds, [len(self)]]))
        return np.repeat(np.arange(len(counts), dtype=np.int64), counts)

    def check(self, batch: TextBatch) -> None:
        """Raise ``EditError`` where an edit leaves ``batch`` or crosses from one of its texts into the next."""
        if not len(self):
            return
        if int(self.end[-1]) > len(batch.codepoints):
            raise EditError(f"an edit ends at {self.end[-1]}, behind the text's {len(batch.codepoints)}")
        document = self.documents(batch)
        if not len(batch) or int(document.min()) < 0 or int(document.max()) >= len(batch):
            raise EditError("an edit lies in a text that the batch does not have")
        outside = (self.start < batch.offsets[document]) | (self.end > batch.offsets[document + 1])
        if bool(outside.any()):
            place = int(np.flatnonzero(outside)[0])
            raise EditError(f"the edit [{self.start[place]}, {self.end[place]}) crosses the border of a text")
        if bool((document[1:] < document[:-1]).any()):
            raise EditError("edits are not in the order of the texts")

    def before(self, batch: TextBatch) -> TextBatch:
        """Give what stands in ``batch`` where the edits are, as M texts."""
        return batch.slice(self.start, self.end)

    # -- applying them ------------------------------------------------------------------------------

    def apply(self, batch: TextBatch) -> TextBatch:
        """Give the batch with all edits made; raises ``EditError`` where they do not fit it."""
        self.check(batch)
        if not len(self):
            return batch
        old, new = self.end - self.start, self.after.lengths
        if np.array_equal(old, new):
            return self._apply_in_place(batch, old)
        growth = offsets_of(new - old)
        first_of_text = np.searchsorted(self.documents(batch), np.arange(len(batch) + 1))
        offsets = batch.offsets + growth[first_of_text]

        kept = np.ones(len(batch.codepoints), dtype=bool)
        kept[flat_ranges(self.start, old)] = False
        places = flat_ranges(self.start + growth[:-1], new)
        carried = np.ones(int(offsets[-1]), dtype=bool)
        carried[places] = False
        points = np.empty(int(offsets[-1]), dtype=np.uint32)
        points[carried] = batch.codepoints[kept]
        points[places] = self.after.codepoints
        return TextBatch(points, offsets)

    def _apply_in_place(self, batch: TextBatch, length: Positions) -> TextBatch:
        """Apply edits none of which changes the length: a copy and a scatter, and no character moves."""
        points = batch.codepoints.copy()
        points[flat_ranges(self.start, length)] = self.after.codepoints
        return TextBatch(points, batch.offsets)

    def new_start(self) -> Positions:
        """Give where each edit's replacement begins in the edited batch, ``int64[M]``."""
        growth = np.cumsum(self.after.lengths - (self.end - self.start))
        shifted = self.start.copy()
        shifted[1:] += growth[:-1]
        return shifted

    def inverse(self, batch: TextBatch) -> Edits:
        """Give the edits that turn the edited batch back into ``batch``."""
        start = self.new_start()
        return Edits(
            start, start + self.after.lengths, self.before(batch), self.rule, self.rules, self.documents(batch)
        )

    def effective(self, batch: TextBatch) -> Edits:
        """Give the edits without those that would put back what stands there already."""
        old, new = self.end - self.start, self.after.lengths
        same = old == new
        if not bool(same.any()):
            return self
        candidates = np.flatnonzero(same)
        length = old[candidates]
        here = batch.codepoints[flat_ranges(self.start[candidates], length)]
        there = self.after.codepoints[flat_ranges(self.after.offsets[candidates], length)]
        differs = np.zeros(len(candidates), dtype=np.int64)
        np.add.at(differs, np.repeat(np.arange(len(candidates)), length), here != there)
        if bool((differs > 0).all()):
            return self
        keep = np.ones(len(self), dtype=bool)
        keep[candidates] = differs > 0
        return self.take(keep)

    def merged(self, batch: TextBatch) -> Edits:
        """Give the edits with neighbours of one rule in one text joined to one edit."""
        if len(self) < 2:
            return self
        document = self.documents(batch)
        joins = (self.start[1:] == self.end[:-1]) & (self.rule[1:] == self.rule[:-1])
        joins &= document[1:] == document[:-1]
        if not bool(joins.any()):
            return self
        first = np.flatnonzero(np.concatenate([[True], ~joins]))
        last = np.concatenate([first[1:] - 1, [len(self) - 1]])
        after = TextBatch(self.after.codepoints, self.after.offsets[np.concatenate([first, [len(self)]])])
        given = None if self.document is None else self.document[first]
        return Edits(self.start[first], self.end[last], after, self.rule[first], self.rules, given)

    # -- positions ----------------------------------------------------------------------------------

    def to_new(self, positions: Positions) -> Positions:
        """Map positions of the batch to the edited batch (``int64``).

        A position inside an edited span goes along where the edit keeps the length, else to the
        replacement's nearest position; a position at an insertion goes behind it, with its character.
        """
        start = self.new_start()
        return _mapped(positions, self.start, self.end, start, start + self.after.lengths)

    def to_old(self, positions: Positions) -> Positions:
        """Map positions of the edited batch back to the batch (``int64``); see ``to_new``."""
        start = self.new_start()
        return _mapped(positions, start, start + self.after.lengths, self.start, self.end)

    def spans_to_old(self, start: Positions, end: Positions) -> tuple[Positions, Positions]:
        """Map spans of the edited batch back to the batch, as the smallest spans that hold their characters.

        A span that touches a replacement of another length takes in all that was replaced; an empty span
        stays empty.
        """
        start, end = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
        if not len(self):
            return start.copy(), end.copy()
        new_start = self.new_start()
        new_end = new_start + self.after.lengths
        stretched = (new_end - new_start) != (self.end - self.start)
        old_start = _mapped(start, new_start, new_end, self.start, self.end)
        edit = np.maximum(np.searchsorted(new_start, start, side="right") - 1, 0)
        inside = stretched[edit] & (start >= new_start[edit]) & (start < new_end[edit])
        old_start = np.where(inside, self.start[edit], old_start)
        last = np.maximum(end - 1, 0)
        old_end = _mapped(last, new_start, new_end, self.start, self.end) + 1
        edit = np.maximum(np.searchsorted(new_start, last, side="right") - 1, 0)
        inside = stretched[edit] & (last >= new_start[edit]) & (last < new_end[edit])
        old_end = np.where(inside, self.end[edit], old_end)
        return old_start, np.where(end > start, old_end, old_start)


def concatenated(parts: Sequence[Edits]) -> tuple[_Columns, Positions]:
    """Give the columns of several edits behind one another, and for each row the number of its part."""
    rules = tuple(dict.fromkeys(name for part in parts for name in part.rules))
    number = {name: index for index, name in enumerate(rules)}
    rule = np.concatenate(
        [np.array([number[name] for name in part.rules], dtype=np.int32)[part.rule] for part in parts]
    )
    after = TextBatch.concatenate([part.after for part in parts])
    start = np.concatenate([part.start for part in parts])
    end = np.concatenate([part.end for part in parts])
    given = [part.document for part in parts]
    document = None
    if all(column is not None for column in given):
        document = np.concatenate([column for column in given if column is not None])
    origin = np.repeat(np.arange(len(parts), dtype=np.int64), [len(part) for part in parts])
    return _Columns(start, end, after, rule, rules, document), origin


def order_of(edits: Edits) -> Positions:
    """Give the order in which edits of one batch stand in it (``int64[M]``); of equal spans, the one given first."""
    # At the border of two texts, what is put in at the end of the first stands before all of the second.
    document = () if edits.document is None else (edits.document,)
    return np.lexsort((edits.end, *document, edits.start))


class _Columns(Edits):
    """Edits whose columns are not yet in order: the one step between joining parts and sorting them."""

    __slots__ = ()

    def _check_columns(self) -> None:
        """Leave the check to the sorted result."""


_NOWHERE = np.zeros(0, dtype=np.int64)
_NONE = Edits(_NOWHERE, _NOWHERE, TextBatch.from_texts(()), np.zeros(0, dtype=np.int32), ())


def _mapped(
    positions: Positions, start: Positions, end: Positions, to_start: Positions, to_end: Positions
) -> Positions:
    positions = np.asarray(positions, dtype=np.int64)
    if not len(start):
        return positions.copy()
    last = np.searchsorted(start, positions, side="right") - 1
    edit = np.maximum(last, 0)
    behind = positions - end[edit]
    inside = np.minimum(to_start[edit] + (positions - start[edit]), to_end[edit])
    return np.where(last < 0, positions, np.where(behind >= 0, to_end[edit] + behind, inside))
