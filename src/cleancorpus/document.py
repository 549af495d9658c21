"""One document as a user holds it: what came in, what came out, and the record of all that lies between."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.encoding.decoding import Decoding
from cleancorpus.errors import InputError, RecordError
from cleancorpus.text import Positions, TextBatch

RECORD_VERSION = 1

_BETWEEN_SURROGATES = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


class Edit(NamedTuple):
    """One change: which stage and rule made it, why, where in ``Document.original``, and what it did."""

    stage: str
    rule: str
    reason: str
    start: int
    end: int
    before: str
    after: str


class Flag(NamedTuple):
    """A finding that changed nothing: a span of ``Document.original``, the rule, the reason, its score."""

    start: int
    end: int
    rule: str
    reason: str
    score: float


class MetadataField(NamedTuple):
    """One piece of metadata: key, value, and the span of ``Document.original`` that it was read from.

    The span is empty where the head of an HTML page declares what the page does not show.
    """

    key: str
    value: str
    start: int
    end: int


class Layer(NamedTuple):
    """What one stage did in one pass: edits for the text as the layer before left it."""

    stage: str
    edits: Edits


@dataclass(frozen=True)
class Failure:
    """Why a document could not be cleaned: the step that failed and its message."""

    step: str
    reason: str


@dataclass(frozen=True)
class Item:
    """One input: its data and what is known about it.

    ``data`` is the text, or the bytes as they came; ``declared`` is an encoding label that came with it
    (HTTP, a database), taken as evidence and never believed against the bytes; ``url`` says where it is from.
    """

    data: str | bytes
    id: str | None = None
    declared: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """A cleaned text with everything that was done to it.

    ``original`` is the text as decoded (of HTML: as extracted) and ``text`` the clean one; ``history`` are
    the layers of edits that lead from the one to the other.  ``metadata`` was found in the page's chrome,
    ``flags`` change nothing, ``script`` is ``Hans``, ``Hant``, ``mixed`` or ``neither``.  ``decoding`` is ``None``
    where a ``str`` came in; of an HTML page it names the encoding, and ``source`` holds the page if it was
    kept.  ``failure`` says why a document was left as it came, else it is ``None``.
    """

    original: str
    text: str
    id: str | None = None
    decoding: Decoding | None = None
    script: str = ""
    url: str | None = None
    fields: tuple[MetadataField, ...] = ()
    history: tuple[Layer, ...] = ()
    flags: tuple[Flag, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    source: bytes | None = field(default=None, repr=False)
    source_sha256: str | None = None
    failure: Failure | None = None

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata found in the chrome: title, date, source, author, editor …, by key."""
        return {entry.key: entry.value for entry in self.fields}

    @property
    def site(self) -> str:
        """The host that it came from, by its url or the url found in its chrome; empty if neither tells."""
        for url in (self.url, self.metadata.get("url")):
            if url:
                try:
                    host = urlsplit(url if "//" in url else f"//{url}").hostname
                except ValueError:
                    continue
                if host:
                    return host
        return ""

    def raw(self) -> bytes:
        """Give back the bytes that came in (of a ``str``: its UTF-8 form).

        Raises ``RecordError`` for an HTML page whose source was not kept.
        """
        if self.source is not None:
            return self.source
        if self.source_sha256 is not None:
            raise RecordError("the page's source was not kept; clean with keep_source=True to have it back")
        if self.decoding is not None:
            return self.decoding.raw()
        return self.original.encode("utf-8", "surrogatepass")

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every change, in the order in which it was made, with its span in ``original``."""
        found: list[Edit] = []
        batch = TextBatch.from_text(self.original)
        for depth, (stage, edits) in enumerate(self.history):
            start, end = edits.start, edits.end
            for layer in reversed(self.history[:depth]):
                start, end = layer.edits.spans_to_old(start, end)
            columns = (edits.rule_ids(), start.tolist(), end.tolist(), edits.before(batch).to_texts())
            for rule, first, last, before, after in zip(*columns, edits.after.to_texts(), strict=True):
                found.append(Edit(stage, rule, self.reasons.get(rule, ""), first, last, before, after))
            batch = edits.apply(batch)
        return tuple(found)

    def to_original(self, position: int) -> int:
        """Give the place in ``original`` of a position in ``text``, its end included.

        Raises ``InputError`` for a position outside of the text.
        """
        if not 0 <= position <= len(self.text):
            raise InputError(f"there is no position {position} in a text of {len(self.text)} characters")
        places: Positions = np.array([position], dtype=np.int64)
        for layer in reversed(self.history):
            places = layer.edits.to_old(places)
        return int(places[0])

    def span_to_original(self, start: int, end: int) -> tuple[int, int]:
        """Give the smallest span of ``original`` that holds all that the span of ``text`` was made from."""
        first, last = np.array([start], dtype=np.int64), np.array([end], dtype=np.int64)
        for layer in reversed(self.history):
            first, last = layer.edits.spans_to_old(first, last)
        return int(first[0]), int(last[0])

    def to_dict(self) -> dict[str, Any]:
        """Give the document as plain JSON data; ``from_dict`` gives it back, record and bytes included."""
        return {
            "version": RECORD_VERSION,
            "id": _named_to_json(self.id),
            "url": _named_to_json(self.url),
            "text": _text_to_json(self.text),
            "original": _text_to_json(self.original),
            "script": self.script,
            "decoding": None if self.decoding is None else self.decoding.to_dict(text=False),
            "fields": [_row_to_json(entry) for entry in self.fields],
            "flags": [_row_to_json(flag) for flag in self.flags],
            "history": [_layer_to_dict(layer) for layer in self.history],
            "reasons": {rule: self.reasons[rule] for rule in self._rules_named() if rule in self.reasons},
            "source": None if self.source is None else base64.b64encode(self.source).decode("ascii"),
            "source_sha256": self.source_sha256,
            "failure": None if self.failure is None else asdict(self.failure),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        """Rebuild a document from ``to_dict``; raises ``RecordError`` where the record does not replay."""
        if not isinstance(data, Mapping):
            raise RecordError(f"a record is a mapping with keys, not {type(data).__name__}")
        if data.get("version") != RECORD_VERSION:
            raise RecordError(f"record version {data.get('version')!r}; this library reads {RECORD_VERSION}")
        try:
            original, text = _text_from_json(data["original"]), _text_from_json(data["text"])
            history = tuple(_layer_from_dict(layer) for layer in data["history"])
            decoding = data["decoding"]
            # An HTML page was decoded to its source, which a decoding does not hold beside the page's text.
            decoded = original if data["source_sha256"] is None else ""
            source, failure = data["source"], data["failure"]
            document = cls(
                original=original,
                text=text,
                id=_named_from_json(data["id"]),
                url=_named_from_json(data["url"]),
                decoding=None if decoding is None else Decoding.from_dict(decoding, text=decoded),
                script=data["script"],
                fields=tuple(MetadataField(*_row_from_json(entry)) for entry in data["fields"]),
                history=history,
                flags=tuple(Flag(*_row_from_json(flag)) for flag in data["flags"]),
                reasons=dict(data["reasons"]),
                source=None if source is None else base64.b64decode(source, validate=True),
                source_sha256=data["source_sha256"],
                failure=None if failure is None else Failure(**failure),
            )
            replayed = replay(original, history)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"the record lacks or misstates something: {error}") from error
        if replayed != text:
            raise RecordError("the record does not give the text; it was changed after it was written")
        return document

    def _rules_named(self) -> list[str]:
        named = [rule for layer in self.history for rule in layer.edits.rule_ids()]
        return sorted({*named, *(flag.rule for flag in self.flags)})


def replay(original: str, history: tuple[Layer, ...]) -> str:
    """Give the text that the layers of edits make of ``original``."""
    batch = TextBatch.from_text(original)
    for layer in history:
        batch = layer.edits.apply(batch)
    return batch.text(0)


def _text_to_json(text: str) -> str | list[str]:
    """Give a text for JSON: in parts where a lone high surrogate meets a low one, which JSON reads as one character."""
    parts = _BETWEEN_SURROGATES.split(text)
    return parts if len(parts) > 1 else text


def _text_from_json(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _named_to_json(name: str | None) -> str | list[str] | None:
    return None if name is None else _text_to_json(name)


def _named_from_json(value: str | list[str] | None) -> str | None:
    return None if value is None else _text_from_json(value)


def _row_to_json(row: tuple[Any, ...]) -> list[Any]:
    return [_text_to_json(entry) if isinstance(entry, str) else entry for entry in row]


def _row_from_json(row: list[Any]) -> list[Any]:
    return [_text_from_json(entry) if isinstance(entry, list) else entry for entry in row]


def _layer_to_dict(layer: Layer) -> dict[str, Any]:
    edits = layer.edits
    return {
        "stage": layer.stage,
        "start": edits.start.tolist(),
        "end": edits.end.tolist(),
        "after": [_text_to_json(text) for text in edits.after.to_texts()],
        "rule": edits.rule_ids(),
    }


def _layer_from_dict(data: Mapping[str, Any]) -> Layer:
    after = [_text_from_json(text) for text in data["after"]]
    rows = zip(data["start"], data["end"], after, data["rule"], strict=True)
    return Layer(data["stage"], Edits.of(rows))
