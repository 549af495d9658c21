"""The front door of the family: ``decode``, ``decode_many`` and ``detect``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Literal

from cleancorpus.encoding import codec, detection, evidence, foreign
from cleancorpus.encoding.binary import holds_controls, refuse_controls, refuse_signature, signature
from cleancorpus.encoding.decoding import Candidate, Decoding
from cleancorpus.encoding.inspection import Doubt, Doubts, Page, faulty_lines
from cleancorpus.encoding.mending import Part, mend, part_of
from cleancorpus.encoding.recipe import Segment, Undecodable
from cleancorpus.encoding.segmentation import mixed_reading
from cleancorpus.encoding.verdict import judge
from cleancorpus.errors import DecodeError

Binary = Literal["refuse", "keep"]

_GROUP_BYTES = 1 << 16  # bytes judged together: their code points, places and costs fit a second-level cache
_FAULTS, _BYTES_PER_FAULT = 2, 512  # what is read with more faults than this is weighed
_MOST_FAULTS = 64  # each takes a copy of the rest
_SOUND_PER_FAULT = 24  # bytes of well-formed sequences, less their number, that weigh up a fault
_CONTROL_SAMPLE = 4096  # characters in which binary data show themselves


def decode(data: bytes, declared: str | None = None, *, binary: Binary = "refuse") -> Decoding:
    """Turn bytes into text, and say in which encoding they are, how sure that is, and what could not be read.

    ``declared`` is the label that came with the bytes (of HTTP, say); it is evidence with a weight.
    Raises ``DecodeError`` for data that are no text, with what they are and what to do; with ``binary="keep"``
    they become a decoding without text, in the encoding ``binary``, that still gives its bytes back.
    """
    found = _decode_at_once(data, declared)
    if found is not None:
        return found
    for read, encoding in _READINGS:
        page = read(data, encoding)
        if page is not None:
            (doubts,) = judge([page])
            if doubts is not None:
                return _decode_page(page, doubts, declared)
    return _examine(data, declared, binary)


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
    """Decode each buffer by what settles it, as ``decode`` does, with one verdict on all that an encoding reads."""
    found = [_decode_at_once(data, declared) for data in group]
    for read, encoding in _READINGS:
        if all(found):
            break
        pages = {
            number: page
            for number, data in enumerate(group)
            if found[number] is None and (page := read(data, encoding)) is not None
        }
        if pages:
            for number, doubts in zip(pages, judge(list(pages.values())), strict=True):
                found[number] = None if doubts is None else _decode_page(pages[number], doubts, declared)
    return [decoding or _examine(data, declared, binary) for data, decoding in zip(group, found, strict=True)]


def _decode_at_once(data: bytes, declared: str | None) -> Decoding | None:
    """Decode what its byte order mark or its form gives away."""
    marked = detection.bom_of(data)
    if marked is not None:
        return _decode_marked(data, declared, *marked)
    if data.isascii():
        return None if _hides_something(data) else _plain(data, data.decode("ascii"), "ascii", declared)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if error.start < _SOUND_PER_FAULT:
            return None
        begins = data[: error.start]
        # What begins as UTF-8 is asked first whether it is that but for a few faults.
        page = _nearly_utf8(data) if _plainly_utf8(begins, begins.decode(), 1) and signature(data) is None else None
        return None if page is None else _decode_page(page, _utf8_doubts(page), declared)
    return _plain(data, text, "utf-8", declared) if _plainly_utf8(data, text) else None


def _soundly(data: bytes, encoding: str) -> Page | None:
    text = codec.read_strict(data, encoding)
    return None if text is None else Page(data, text, encoding)


def _nearly(data: bytes, encoding: str) -> Page | None:
    found = codec.read_nearly(data, encoding, min(len(data) // _BYTES_PER_FAULT + _FAULTS, _MOST_FAULTS))
    return None if found is None else Page(data, found[0], encoding, found[1])


# The double-byte encodings, without an error first, and then with a few.  Big5 comes first: it fails soon where it is
# the wrong one, while GB 18030 has a character for nearly every pair of bytes.
_READINGS: tuple[tuple[Callable[[bytes, str], Page | None], str], ...] = (
    (_soundly, "big5"),
    (_soundly, "gb18030"),
    (_nearly, "gb18030"),
    (_nearly, "big5"),
)


def _nearly_utf8(data: bytes) -> Page | None:
    """Read UTF-8 with a few faults, if there is far more that is sound."""
    page = _nearly(data, "utf-8")
    return page if page is not None and _plainly_utf8(data, page.text, len(page.faults)) else None


def _utf8_doubts(page: Page) -> Doubts:
    """Give the lines with faults that may be in any encoding; otherwise sound UTF-8 only lost or got a byte there."""
    lines, raw_lines = page.text.split("\n"), page.data.split(b"\n")
    return {
        number: Doubt.FOREIGN if faults > _FAULTS else Doubt.FAULTY
        for number, faults in faulty_lines(page).items()
        if faults > _FAULTS or not _plainly_utf8(raw_lines[number], lines[number], faults)
    }


def _decode_page(page: Page, doubts: Doubts, declared: str | None) -> Decoding:
    if not doubts and not page.faults:
        return _plain(page.data, page.text, page.encoding, declared)
    parts = mend(page, doubts, _rivals(page.encoding))
    return _assemble(page.data, parts, detection.CERTAIN, _certain(page.encoding), declared, b"")


def _rivals(encoding: str) -> list[str]:
    """Give the encodings that a file may mix, its main one first."""
    return list(dict.fromkeys((encoding, *detection.MIXABLE)))


def detect(data: bytes, declared: str | None = None) -> tuple[Candidate, ...]:
    """Say which encodings the data may be in, best first, from a bounded sample and without decoding the whole."""
    marked = detection.bom_of(data)
    if marked is not None:
        return (Candidate(marked[1], 1.0),)
    return detection.candidates(detection.weigh(data, declared))


def _hides_something(data: bytes) -> bool:
    """Say whether ASCII bytes may be binary data or hold the escapes of another encoding."""
    return b"\0" in data or b"\x1b" in data or b"~" in data or holds_controls(data)


def _plainly_utf8(data: bytes, text: str, faults: int = 0) -> bool:
    """Say whether UTF-8 with so many faults holds enough that is well-formed not to do so by chance."""
    return b"\0" not in data and len(data) - len(text) >= 12 + _SOUND_PER_FAULT * faults


def _plain(data: bytes, text: str, encoding: str, declared: str | None) -> Decoding:
    segments = (Segment(0, len(data), encoding, 0),)
    return Decoding(text, encoding, detection.CERTAIN, _certain(encoding), segments, (), declared, b"", data)


@cache
def _certain(encoding: str) -> tuple[Candidate, ...]:
    return (Candidate(encoding, detection.CERTAIN),)


def _decode_marked(data: bytes, declared: str | None, bom: bytes, encoding: str) -> Decoding:
    """Decode behind a byte order mark, which is believed: no text begins with one by chance."""
    start = len(bom)
    part = part_of(0, len(data) - start, encoding, codec.read(data[start:], encoding), offset=start)
    return _assemble(data, [part], detection.CERTAIN, _certain(encoding), declared, bom)


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
    page = _nearly_utf8(data)
    if page is not None:
        return _decode_page(page, _utf8_doubts(page), declared)
    hypotheses = detection.weigh(data, declared)
    shares = detection.candidates(hypotheses)
    best = hypotheses[0]
    if best.encoding in codec.ASCII_BASED:
        parts = [part_of(*part) for part in mixed_reading(data, _rivals(best.encoding))]
    elif best.encoding == detection.SINGLE_BYTE:
        name = foreign.name_encoding(data)
        parts = [part_of(0, len(data), name, codec.read(data, name))]
    else:
        reading = evidence.behind(codec.read(data[best.skipped :], best.encoding), best.skipped)
        parts = [part_of(0, len(data), best.encoding, reading)]
    refuse_controls(parts[0].text[:_CONTROL_SAMPLE])
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
    segments: list[Segment] = []
    undecodable: list[Undecodable] = []
    position = 0
    for part in parts:
        if segments and segments[-1].encoding == part.encoding:
            segments[-1] = segments[-1]._replace(end=part.end)
        else:
            segments.append(Segment(part.start, part.end, part.encoding, position))
        undecodable += [Undecodable(start, end, position + place) for start, end, place in part.undecodable]
        position += len(part.text)
    largest = max(segments, key=lambda segment: segment.end - segment.start).encoding
    text = "".join([part.text for part in parts])
    return Decoding(text, largest, confidence, candidates, tuple(segments), tuple(undecodable), declared, bom, data)
