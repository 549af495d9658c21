"""The changes of a document as a reader sees them: one list over the original, and pieces of text around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from cleancorpus.composition import compose
from cleancorpus.document import Document
from cleancorpus.edits import Edits
from cleancorpus.text import TextBatch

PieceKind = Literal["same", "gap", "removed", "added"]


class Change(NamedTuple):
    """What became of a span of the original, all layers taken together, and the rule that had the last word."""

    start: int
    end: int
    before: str
    after: str
    rule: str
    reason: str


class Piece(NamedTuple):
    """A piece of a document for display: text that stayed, was removed or added, or a gap that is left out.

    ``rule`` and ``reason`` belong to what was removed or added; the text of a gap is its number of characters.
    """

    kind: PieceKind
    text: str
    rule: str = ""
    reason: str = ""


def changes_of(document: Document) -> list[Change]:
    """Give the changes from ``document.original`` to ``document.text``: sorted, disjoint, in the original."""
    batch = TextBatch.from_text(document.original)
    whole = Edits.empty()
    for layer in document.history:
        whole = compose(whole, layer.edits, batch)
    columns = (whole.start.tolist(), whole.end.tolist(), whole.before(batch).to_texts(), whole.after.to_texts())
    return [
        Change(start, end, before, after, rule, document.reasons.get(rule, ""))
        for start, end, before, after, rule in zip(*columns, whole.rule_ids(), strict=True)
    ]


def pieces_of(document: Document, context: int) -> Iterator[Piece]:
    """Give the document as pieces, with ``context`` characters that stayed beside each change.

    Up to three times as many stand in one piece, so that a gap hides more than its number takes to read.
    """
    original = document.original
    place = 0
    changes = changes_of(document)
    for number, change in enumerate(changes):
        yield from _stayed(original[place : change.start], context, first=number == 0, last=False)
        if change.before:
            yield Piece("removed", change.before, change.rule, change.reason)
        if change.after:
            yield Piece("added", change.after, change.rule, change.reason)
        place = change.end
    yield from _stayed(original[place:], context, first=not changes, last=True)


def _stayed(text: str, context: int, *, first: bool, last: bool) -> Iterator[Piece]:
    """Give the ends of a piece that stayed, and say how much lies between them."""
    head, tail = 0 if first else context, 0 if last else context
    if len(text) <= head + tail + context:
        if text:
            yield Piece("same", text)
        return
    if head:
        yield Piece("same", text[:head])
    yield Piece("gap", str(len(text) - head - tail))
    if tail:
        yield Piece("same", text[len(text) - tail :])
