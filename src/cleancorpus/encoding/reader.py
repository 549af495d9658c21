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
from cleancorpus.encoding.verdict import Strict, Verdict, judge
from cleancorpus.errors import DecodeError
from cleancorpus.text import decode_codepoints

Part = tuple[int, int, str, Decoded]
Binary = Literal["refuse", "keep"]

_GROUP_BYTES = 1 << 17  # bytes judged together: their code points and costs stay in the second-level cache
_CONTROL_SAMPLE = 4096  # characters in which binary data show themselves


def decode(data: bytes, declared: str | None = None, *, binary: Binary = "refuse") -> Decoding:
    """Turn bytes into text, and say in which encoding they are, how sure that is, and what could not be read.

    ``declared`` is the label that came with the bytes (of HTTP, say); it is evidence with a weight.
    Raises ``DecodeError`` for data that are no text, with what they are and what to do; with ``binary="keep"``
    they become a decoding without text, in the encoding ``binary``, that still gives its bytes back.
    """
    return _decode_group([data], declared, binary)[0]


def decode_many(buffers: Iterable[bytes], declared: str | None = None, *, binary: Binary = "refuse") -> list[Decoding]:
    """Decode each of many buffers, in order, each as ``decode`` does; pages are judged many at a time.

    ``declared`` came with all of them.  Raises ``DecodeError`` as ``decode`` does.
    """
    found: list[Decoding] = []
    group: list[bytes] = []
    size = 0
    for data in buffers:
        group.append(data)
        size += len(data)
        if size >= _GROUP_BYTES:
            found += _decode_group(group, declared, binary)
            group, size = [], 0
    return found + _decode_group(group, declared, binary)


def _decode_group(group: Sequence[bytes], declared: str | None, binary: Binary) -> list[Decoding]:
    """Decode each buffer by what settles it: its mark or form, a verdict on all at once, or a weighing of its own."""
    found = [_decode_at_once(data, declared) for data in group]
    pages = {number: _read_strict(group[number]) for number, decoding in enumerate(found) if decoding is None}
    _settle(found, {number: page for number, page in pages.items() if page is not None}, declared)
    return [decoding or _examine(data, declared, binary) for data, decoding in zip(group, found, strict=True)]


def _decode_at_once(data: bytes, declared: str | None) -> Decoding | None:
    """Decode what its byte order mark or its form gives away."""
    marked = detection.bom_of(data)
    if marked is not None:
        return _decode_marked(data, declared, *marked)
    if data.isascii():
        return None if _has_control(data) else _plain(data, data.decode("ascii"), "ascii", declared)
    text = codec.read_strict(data, "utf-8")
    return None if text is None or not _plainly_utf8(data, text) else _plain(data, text, "utf-8", declared)


def _read_strict(data: bytes) -> Strict | None:
    """Read in the first double-byte encoding without an error.

    Big5 comes first: it fails soon where it is the wrong one, while GB 18030 has a character for nearly every pair
    of bytes.
    """
    for encoding in ("big5", "gb18030"):
        text = codec.read_strict(data, encoding)
        if text is not None:
            return Strict(data, text, encoding)
    return None


def _settle(found: list[Decoding | None], pages: dict[int, Strict], declared: str | None) -> None:
    """Put in the decodings of those pages that are Chinese in one double-byte encoding, by and large."""
    if not pages:
        return
    verdicts = judge(list(pages.values()))
    again = {}
    for (number, page), verdict in zip(pages.items(), verdicts, strict=True):
        if verdict is not Verdict.UNCLEAR:
            found[number] = _decode_judged(page, verdict, declared)
        if verdict is not Verdict.PLAIN and page.encoding == "big5":
            text = codec.read_strict(page.data, "gb18030")
            if text is not None:
                again[number] = Strict(page.data, text, "gb18030")
    _settle(found, again, declared)


def _decode_judged(page: Strict, verdict: Verdict, declared: str | None) -> Decoding:
    data, text, encoding = page
    if verdict is Verdict.PLAIN:
        return _plain(data, text, encoding, declared)
    if verdict is Verdict.SPOTTED:
        return _certain(data, [(0, len(data), encoding, evidence.read(data, encoding))], encoding, declared)
    return _certain(data, _mixture(data, encoding), encoding, declared)


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


def _examine(data: bytes, declared: str | None, binary: Binary) -> Decoding:
    """Decode what is not plainly one encoding, or keep it as binary where that is wished."""
    try:
        return _weigh(data, declared)
    except DecodeError:
        if binary == "refuse":
            raise
        return Decoding("", "binary", 0.0, (), (Segment(0, len(data), "binary", 0),), (), declared, b"", data)


def _weigh(data: bytes, declared: str | None) -> Decoding:
    """Weigh all encodings, and look for changes inside."""
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
