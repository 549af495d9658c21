"""Strategies for cleaned documents, without any stage: random text, random layers of edits that fit it."""

from __future__ import annotations

from hypothesis import strategies as st

from cleancorpus.document import Document, Failure, Flag, Layer, MetadataField, replay
from cleancorpus.edits import Edits
from cleancorpus.encoding import decode
from cleancorpus.encoding.decoding import Decoding
from cleancorpus.errors import DecodeError
from cleancorpus.text import TextBatch
from tests.strategies import edits_for, texts

_spans = st.tuples(st.integers(0, 40), st.integers(0, 40))
_flags = st.builds(
    lambda span, reason, score: Flag(span[0], span[1], "test.flag", reason, score),
    _spans,
    texts,
    st.floats(allow_nan=False, width=32),
)
_fields = st.builds(
    lambda span, key, value: MetadataField(key, value, *span), _spans, st.sampled_from(("title", "date")), texts
)
_failures = st.builds(Failure, st.sampled_from(("decode", "mojibake")), texts)


def decoded(data: bytes) -> Decoding | None:
    """Decode bytes; binary data gives ``None``."""
    try:
        return decode(data)
    except DecodeError:
        return None


@st.composite
def layers_of(draw: st.DrawFn, original: str) -> tuple[Layer, ...]:
    """Draw up to three layers of edits, each fitting what the one before leaves."""
    batch, layers = TextBatch.from_text(original), []
    for number in range(draw(st.integers(0, 3))):
        edits = draw(edits_for(batch))
        if len(edits):
            plain = Edits(edits.start, edits.end, edits.after, edits.rule, edits.rules)
            layers.append(Layer(("mojibake", "boilerplate", "script")[number], plain))
            batch = plain.apply(batch)
    return tuple(layers)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw a document: of a text or of bytes, with layers, flags and metadata."""
    original, decoding = draw(texts), None
    if draw(st.booleans()):
        data = original.encode(draw(st.sampled_from(("gb18030", "utf-8", "utf-16-le"))), "replace")
        decoding = decoded(data)
        original = original if decoding is None else decoding.text
    history = draw(layers_of(original))
    rules = {rule for layer in history for rule in layer.edits.rule_ids()}
    return Document(
        original=original,
        text=replay(original, history),
        id=draw(texts),
        decoding=decoding,
        script=draw(st.sampled_from(("", "Hans", "Hant", "mixed"))),
        url=draw(st.none() | st.just("https://example.org/")),
        fields=tuple(draw(st.lists(_fields, max_size=2, unique_by=lambda entry: entry.key))),
        history=history,
        flags=tuple(draw(st.lists(_flags, max_size=2))),
        reasons={rule: f"because of {rule}" for rule in sorted(rules)},
        failure=draw(st.none() | _failures),
    )
