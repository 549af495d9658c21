"""The front door of the family: ``decode``, ``decode_many`` and ``detect``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from cleancorpus.encoding import codec, detection, evidence, foreign
from cleancorpus.encoding.binary import refuse_controls, refuse_signature
from cleancorpus.encoding.decoding import Candidate, Decoding
from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.encoding.recipe import Segment, Undecodable
from cleancorpus.encoding.segmentation import mixed_reading
from cleancorpus.encoding.verdict import Verdict, judge
from cleancorpus.errors import DecodeError
from cleancorpus.text import decode_codepoints

Part = tuple[int, int, str, Decoded]

_CONTROL_SAMPLE = 4096  # characters in which binary data show themselves


def decode(data: bytes, declared: str | None = None, *, binary: Literal["refuse", "keep"] = "refuse") -> Decoding:
    """Turn bytes into text, and say in which encoding they are, how sure that is, and what could not be read.

    ``declared`` is the label that came with the bytes (of HTTP, say); it is evidence with a weight.
    Raises ``DecodeError`` for data that are no text, with what they are and what to do; with ``binary="keep"``
    they become a decoding without text, in the encoding ``binary``, that still gives its bytes back.
    """
    try:
        return _decode(data, declared)
    except DecodeError:
        if binary == "refuse":
            raise
        return Decoding("", "binary", 0.0, (), (Segment(0, len(data), "binary", 0),), (), declared, b"", data)


def _decode(data: bytes, declared: str | None) -> Decoding:
    marked = detection.bom_of(data)
    if marked is not None:
        return _decode_marked(data, declared, *marked)
    if data.isascii() and not _has_control(data):
        return _plain(data, data.decode("ascii"), "ascii", declared)
    text = codec.read_strict(data, "utf-8")
    if text is not None and _plainly_utf8(data, text):
        return _plain(data, text, "utf-8", declared)
    for encoding in ("gb18030", "big5"):
        text = codec.read_strict(data, encoding)
        if text is None:
            continue
        verdict = judge(data, text, encoding)
        if verdict is Verdict.PLAIN:
            return _plain(data, text, encoding, declared)
        if verdict is Verdict.SPOTTED:
            return _certain(data, [(0, len(data), encoding, evidence.read(data, encoding))], encoding, declared)
        if verdict is Verdict.PATCHY:
            return _certain(data, _mixture(data, encoding), encoding, declared)
    return _examine(data, declared)


def decode_many(buffers: Iterable[bytes], declared: str | None = None) -> list[Decoding]:
    """Decode each of many buffers, in order; ``declared`` came with all of them.  Raises ``DecodeError``."""
    return [decode(data, declared) for data in buffers]


def detect(data: bytes, declared: str | None = None) -> tuple[Candidate, ...]:
    """Say which encodings the data may be in, best first, from a bounded sample and without decoding the whole."""
    marked = detection.bom_of(data)
    if marked is not None:
        return (Candidate(marked[1], 1.0),)
    return detection.candidates(detection.weigh(data, declared))


def _has_control(data: bytes) -> bool:
    return b"\0" in data or b"\x1b" in data or b"~" in data


def _plainly_utf8(data: bytes, text: str) -> bool:
    """Say whether well-formed UTF-8 is long enough not to be well-formed by chance."""
    return b"\0" not in data and len(data) - len(text) >= 12


def _plain(data: bytes, text: str, encoding: str, declared: str | None) -> Decoding:
    segments = (Segment(0, len(data), encoding, 0),)
    return Decoding(
        text, encoding, detection.CERTAIN, (Candidate(encoding, detection.CERTAIN),), segments, (), declared, b"", data
    )


def _certain(data: bytes, parts: Sequence[Part], encoding: str, declared: str | None) -> Decoding:
    """Decode in parts what is by and large in an encoding that needs no weighing."""
    return _assemble(data, parts, detection.CERTAIN, (Candidate(encoding, detection.CERTAIN),), declared, b"")


def _mixture(data: bytes, encoding: str) -> list[Part]:
    return mixed_reading(data, list(dict.fromkeys((encoding, *detection.MIXABLE))))


def _decode_marked(data: bytes, declared: str | None, bom: bytes, encoding: str) -> Decoding:
    """Decode behind a byte order mark, which is believed: no text begins with one by chance."""
    start = len(bom)
    part = codec.read(data[start:], encoding)
    part = Decoded(part.codepoints, part.starts + start, part.bad)
    return _assemble(
        data,
        [(start, len(data), encoding, part)],
        detection.CERTAIN,
        (Candidate(encoding, detection.CERTAIN),),
        declared,
        bom,
    )


def _examine(data: bytes, declared: str | None) -> Decoding:
    """Decode what is not plainly one encoding: weigh all, and look for changes inside."""
    refuse_signature(data)
    hypotheses = detection.weigh(data, declared)
    shares = detection.candidates(hypotheses)
    best = hypotheses[0]
    if best.encoding in codec.ASCII_BASED:
        parts = _mixture(data, best.encoding)
    elif best.encoding == detection.SINGLE_BYTE:
        name = foreign.name_encoding(data)
        parts = [(0, len(data), name, codec.read(data, name))]
    else:
        parts = [
            (
                0,
                len(data),
                best.encoding,
                evidence.behind(codec.read(data[best.skipped :], best.encoding), best.skipped),
            )
        ]
    refuse_controls(decode_codepoints(parts[0][3].codepoints[:_CONTROL_SAMPLE]))
    return _assemble(data, parts, shares[0].score, shares, declared, b"")


def _assemble(
    data: bytes,
    parts: Sequence[Part],
    confidence: float,
    candidates: tuple[Candidate, ...],
    declared: str | None,
    bom: bytes,
) -> Decoding:
    """Put the text of the parts together, with where each begins and what in it was undecodable."""
    texts: list[str] = []
    segments: list[Segment] = []
    undecodable: list[Undecodable] = []
    position = 0
    for start, end, encoding, part in parts:
        segments.append(Segment(start, end, encoding, position))
        stops = np.append(part.starts[1:], end)
        for place in np.flatnonzero(part.bad).tolist():
            undecodable.append(Undecodable(int(part.starts[place]), int(stops[place]), position + place))
        texts.append(decode_codepoints(part.codepoints))
        position += len(part)
    largest = max(parts, key=lambda part: part[1] - part[0])[2]
    return Decoding(
        "".join(texts), largest, confidence, candidates, tuple(segments), tuple(undecodable), declared, bom, data
    )
