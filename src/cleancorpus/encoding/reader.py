"""The front door of the family: ``decode``, ``decode_many`` and ``detect``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import codec, detection, evidence, foreign
from cleancorpus.encoding.binary import refuse_controls, refuse_signature
from cleancorpus.encoding.decoding import Candidate, Decoding
from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.encoding.recipe import Segment, Undecodable
from cleancorpus.encoding.segmentation import mixed_reading
from cleancorpus.errors import DecodeError
from cleancorpus.text import decode_codepoints, encode_codepoints

Part = tuple[int, int, str, Decoded]

# Chinese read right costs some ten bits a character by itself, read in the wrong encoding some sixteen.
_PLAIN_BITS = 12.5
_CONTROL_SAMPLE = 4096  # characters in which binary data show themselves
_BLOCK = 64  # characters that are judged together
_BAD_BLOCK = 40.0  # bits above the plain ones at which a block is looked into
_SPOT = 16.0  # bits above the plain ones that three characters in a row may be
# An ASCII letter near the head may be the second half of a code whose first half was taken for another's second.
_LETTER = re.compile(r"[@-~]")
_RARE_HEAD = 2.0  # bits above the plain ones at which a first character may be half of one
_SURE = -120.0  # bits below, over a whole text, at which no other encoding is weighed


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
        sure, spotless = _judge(text)
        if sure and spotless:
            return _plain(data, text, encoding, declared)
        if sure:
            return _reread(data, encoding, declared)
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


@cache
def _excess() -> NDArray[np.float32]:
    """Give by how many bits each code point is above what Chinese costs, ``float32[0x30000]``; ASCII is 0."""
    excess = evidence.character_bits() - np.float32(_PLAIN_BITS)
    excess[:0x80] = 0
    excess[0:0x20] = 100
    excess[[0x09, 0x0A, 0x0C, 0x0D]] = 0
    excess.flags.writeable = False
    return excess


def _judge(text: str) -> tuple[bool, bool]:
    """Say whether a text is so clearly Chinese, all through, that nothing else needs to be weighed,
    and whether it is free of spots where a few characters in a row are too rare."""
    excess = _excess().take(encode_codepoints(text), mode="clip")
    blocks = np.add.reduceat(excess, np.arange(0, len(excess), _BLOCK))
    sure = bool(blocks.max() < _BAD_BLOCK) and float(blocks.sum()) < _SURE
    if not sure or excess[0] > _RARE_HEAD or (excess[0] and _LETTER.search(text, 1, 6)):
        return sure, False
    return sure, bool((excess[2:] + excess[1:-1] + excess[:-2]).max() < _SPOT)


def _reread(data: bytes, encoding: str, declared: str | None) -> Decoding:
    """Decode text whose encoding is plain, but which may have lost a byte somewhere."""
    part = evidence.read(data, encoding)
    return _assemble(data, [(0, len(data), encoding, part)], 0.999, (Candidate(encoding, 0.999),), declared, b"")


def _plain(data: bytes, text: str, encoding: str, declared: str | None) -> Decoding:
    segments = (Segment(0, len(data), encoding, 0),)
    return Decoding(text, encoding, 0.999, (Candidate(encoding, 0.999),), segments, (), declared, b"", data)


def _decode_marked(data: bytes, declared: str | None, bom: bytes, encoding: str) -> Decoding:
    """Decode behind a byte order mark, which is believed: no text begins with one by chance."""
    start = len(bom)
    part = codec.read(data[start:], encoding)
    part = Decoded(part.codepoints, part.starts + start, part.bad)
    return _assemble(data, [(start, len(data), encoding, part)], 0.999, (Candidate(encoding, 0.999),), declared, bom)


def _examine(data: bytes, declared: str | None) -> Decoding:
    """Decode what is not plainly one encoding: weigh all, and look for changes inside."""
    refuse_signature(data)
    hypotheses = detection.weigh(data, declared)
    shares = detection.candidates(hypotheses)
    best = hypotheses[0]
    if best.encoding in codec.ASCII_BASED:
        parts = mixed_reading(data, list(dict.fromkeys((best.encoding, *detection.MIXABLE))))
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
