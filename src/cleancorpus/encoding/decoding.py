"""What decoding found: the text, the evidence, and the way back to the bytes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cleancorpus.encoding.recipe import Segment, Undecodable, Verbatim, rebuild, verbatim_parts
from cleancorpus.errors import RecordError


class Candidate(NamedTuple):
    """An encoding that was weighed, with its share of the belief (all shares add up to at most 1)."""

    encoding: str
    score: float


@dataclass(frozen=True)
class Decoding:
    """The text that bytes hold, in which encoding, how sure that is, and how to have the bytes back.

    ``encoding`` is the name of the Encoding Standard in lower case (of the largest part, where a file mixes
    several), ``confidence`` the probability that it is right, ``candidates`` the encodings weighed, best
    first.  ``segments`` cover the bytes behind the byte order mark ``bom`` without a gap; ``undecodable``
    are the byte ranges that mean nothing, each shown as one U+FFFD.  ``declared`` is the label that came with
    the bytes.
    """

    text: str
    encoding: str
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    segments: tuple[Segment, ...] = ()
    undecodable: tuple[Undecodable, ...] = ()
    declared: str | None = None
    bom: bytes = b""
    source: bytes | None = field(default=None, repr=False, compare=False)
    verbatim: tuple[Verbatim, ...] | None = field(default=None, repr=False, compare=False)

    def raw(self) -> bytes:
        """Give the bytes that came in, exactly.  Raises ``RecordError`` where the text is not the one decoded."""
        if self.source is not None:
            return self.source
        data = rebuild(self.text, self.segments, self.verbatim or ())
        if data is None or (self.segments and len(self.bom) + len(data) != self.segments[-1].end):
            raise RecordError("the text does not fit the record of its decoding, so its bytes cannot be rebuilt")
        return self.bom + data

    def to_dict(self, text: bool = True) -> dict[str, Any]:
        """Give plain data for JSON that the bytes can be made from, without the text if that is kept elsewhere."""
        verbatim = self.verbatim
        if verbatim is None:
            verbatim = verbatim_parts(self.text, self.raw(), self.segments, self.undecodable)
        record: dict[str, Any] = {
            "encoding": self.encoding,
            "confidence": self.confidence,
            "candidates": [list(candidate) for candidate in self.candidates],
            "segments": [list(segment) for segment in self.segments],
            "undecodable": [list(gap) for gap in self.undecodable],
            "verbatim": [[part.start, part.end, base64.b64encode(part.data).decode("ascii")] for part in verbatim],
            "declared": self.declared,
            "bom": self.bom.hex(),
        }
        return record | {"text": self.text} if text else record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any], text: str | None = None) -> Decoding:
        """Read what ``to_dict`` gave; ``text`` is needed where it was left out.  Raises ``RecordError``."""
        try:
            return cls(
                text=record["text"] if text is None else text,
                encoding=str(record["encoding"]),
                confidence=float(record["confidence"]),
                candidates=tuple(Candidate(str(name), float(score)) for name, score in record["candidates"]),
                segments=tuple(Segment(int(a), int(b), str(name), int(at)) for a, b, name, at in record["segments"]),
                undecodable=tuple(Undecodable(int(a), int(b), int(at)) for a, b, at in record["undecodable"]),
                declared=record["declared"],
                bom=bytes.fromhex(record["bom"]),
                verbatim=tuple(
                    Verbatim(int(a), int(b), base64.b64decode(data, validate=True)) for a, b, data in record["verbatim"]
                ),
            )
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise RecordError(f"damaged record of a decoding: {error!r}") from error
