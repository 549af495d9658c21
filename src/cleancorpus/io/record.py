"""The record of a document: every edit with what it replaced, and what gives the input back.

The text itself is not in it: the clean text and the edits give the original, the decoding gives the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cleancorpus.document import Document, Failure, Flag, Layer, MetadataField
from cleancorpus.edits import Edits
from cleancorpus.encoding.decoding import Decoding
from cleancorpus.errors import EditError, RecordError
from cleancorpus.io.entries import Frame
from cleancorpus.text import Positions, TextBatch

Outcome = Literal["kept", "dropped", "failed"]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One document as it stands in the record: all of it but its clean text.

    ``file`` and ``place`` say which input it was and which line or row of it.  ``outcome`` is ``kept``,
    ``dropped`` or ``failed``.  ``text`` is the clean text where the output does not hold it exactly; ``data`` is
    what came in, where decoding cannot give it back; ``frame`` is what stood around the text in its line, and
    ``line`` that line itself, where the frame would not give it back.
    """

    number: int
    id: str
    file: str
    place: int | None = None
    outcome: Outcome = "kept"
    reason: str = ""
    text: str | None = None
    data: bytes | None = None
    frame: Frame | None = None
    line: bytes | None = None
    script: str = ""
    url: str | None = None
    decoding: Mapping[str, Any] | None = None
    source_sha256: str | None = None
    failure: Failure | None = None
    fields: tuple[MetadataField, ...] = ()
    flags: tuple[Flag, ...] = ()
    layers: tuple[RecordedLayer, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, *, number: int, id: str, file: str, **known: Any) -> Recorded:
        """Give the record of a document, which is the ``number``-th of its run."""
        return cls(
            number=number,
            id=id,
            file=file,
            data=document.source,
            script=document.script,
            url=document.url,
            decoding=None if document.decoding is None else document.decoding.to_dict(text=False),
            source_sha256=document.source_sha256,
            failure=document.failure,
            fields=document.fields,
            flags=document.flags,
            layers=recorded_layers(document),
            reasons={rule: document.reasons.get(rule, "") for rule in _rules_of(document)},
            **known,
        )

    def told(self) -> dict[str, Any]:
        """Give what a summary tells of it beside the document."""
        return {"file": self.file, "place": self.place, "outcome": self.outcome, "reason": self.reason}

    def original(self, text: str) -> str:
        """Give the original of the clean text; raises ``RecordError`` where the text is not this record's."""
        clean = text if self.text is None else self.text
        if not self.layers:
            return clean
        batch = TextBatch.from_text(clean)
        for layer in reversed(self.layers):
            batch = layer.undo(batch, self.id)
        return batch.text(0)

    def document(self, text: str) -> Document:
        """Give the document whose clean text is ``text``; raises ``RecordError`` where the two do not fit."""
        original = self.original(text)
        # What an HTML page was decoded to is its source, which a decoding does not hold beside the page's text.
        decoded = original if self.source_sha256 is None else ""
        return Document(
            original=original,
            text=text if self.text is None else self.text,
            id=self.id,
            url=self.url,
            decoding=None if self.decoding is None else Decoding.from_dict(dict(self.decoding), text=decoded),
            script=self.script,
            fields=self.fields,
            history=tuple(layer.layer() for layer in self.layers),
            flags=self.flags,
            reasons=self.reasons,
            source=self.data,
            source_sha256=self.source_sha256,
            failure=self.failure,
        )


@dataclass(frozen=True, eq=False)
class RecordedLayer:
    """One layer of edits with what stood there before, and where that was in the original (``int64[M]``)."""

    stage: str
    edits: Edits
    before: TextBatch
    original_start: Positions
    original_end: Positions

    def layer(self) -> Layer:
        """Give the layer as a document has it."""
        return Layer(self.stage, self.edits)

    def undo(self, batch: TextBatch, id: str) -> TextBatch:
        """Give the text as it was before this layer."""
        edits = self.edits
        start = edits.new_start()
        back = Edits(start, start + edits.after.lengths, self.before, edits.rule, edits.rules)
        try:
            back.check(batch)
        except EditError as error:
            raise RecordError(f"the text of {id!r} is not the one that was recorded: {error}") from error
        if back.before(batch) != edits.after:
            raise RecordError(f"the text of {id!r} was changed after it was recorded")
        return back.apply(batch)


def recorded_layers(document: Document) -> tuple[RecordedLayer, ...]:
    """Give a document's layers, each with what it replaced and where that was in the original."""
    batch = TextBatch.from_text(document.original)
    found: list[RecordedLayer] = []
    for depth, (stage, edits) in enumerate(document.history):
        start, end = edits.start, edits.end
        for earlier in reversed(document.history[:depth]):
            start, end = earlier.edits.spans_to_old(start, end)
        found.append(RecordedLayer(stage, edits, edits.before(batch), start, end))
        batch = edits.apply(batch)
    return tuple(found)


def _rules_of(document: Document) -> list[str]:
    return sorted({rule for layer in document.history for rule in layer.edits.rule_ids()})
