"""How bytes are made again out of decoded text: every codec has one canonical way, the rest is kept verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleancorpus.encoding import codec

# In these a character is written the same way wherever it stands, so that a line can be cut anywhere.
_STATELESS = (*codec.ASCII_BASED, "utf-16le", "utf-16be", "utf-32le", "utf-32be")


class Segment(NamedTuple):
    """Bytes ``start`` to ``end`` of the input, in one encoding; their text begins at ``position``."""

    start: int
    end: int
    encoding: str
    position: int


class Undecodable(NamedTuple):
    """Bytes ``start`` to ``end`` of the input mean nothing; U+FFFD stands for them at ``position`` of the text."""

    start: int
    end: int
    position: int


class Verbatim(NamedTuple):
    """The text from ``start`` to ``end`` came from ``data``, which its encoding would not write for it."""

    start: int
    end: int
    data: bytes


def verbatim_parts(
    text: str, data: bytes, segments: Sequence[Segment], undecodable: Sequence[Undecodable]
) -> tuple[Verbatim, ...]:
    """Find the parts whose bytes do not follow from the text; checked by making the bytes again."""
    found: list[Verbatim] = []
    remaining = list(reversed(undecodable))
    for segment, stop in zip(segments, _text_ends(segments, len(text)), strict=True):
        byte, place = segment.start, segment.position
        while segment.encoding in _STATELESS and remaining and remaining[-1].end <= segment.end:
            gap = remaining.pop()
            found += _differing(text[place : gap.position], data[byte : gap.start], place, segment.encoding)
            found.append(Verbatim(gap.position, gap.position + 1, data[gap.start : gap.end]))
            byte, place = gap.end, gap.position + 1
        found += _differing(text[place:stop], data[byte : segment.end], place, segment.encoding)
    head = segments[0].start if segments else 0
    if rebuild(text, segments, found) == data[head:]:
        return tuple(found)
    return tuple(
        Verbatim(segment.position, stop, data[segment.start : segment.end])
        for segment, stop in zip(segments, _text_ends(segments, len(text)), strict=True)
    )


def rebuild(text: str, segments: Sequence[Segment], verbatim: Sequence[Verbatim]) -> bytes | None:
    """Make the bytes of a text again; ``None`` where the parts do not fit the text."""
    out: list[bytes] = []
    remaining = list(reversed(verbatim))
    for segment, stop in zip(segments, _text_ends(segments, len(text)), strict=True):
        place = segment.position
        while remaining and remaining[-1].end <= stop:
            part = remaining.pop()
            out.append(codec.write(text[place : part.start], segment.encoding) or b"")
            out.append(part.data)
            place = part.end
        written = codec.write(text[place:stop], segment.encoding)
        if written is None:
            return None
        out.append(written)
    return b"".join(out)


def _text_ends(segments: Sequence[Segment], length: int) -> list[int]:
    return [segment.position for segment in segments[1:]] + [length] if segments else []


def _differing(text: str, data: bytes, place: int, encoding: str) -> Iterator[Verbatim]:
    """Find the lines, and in them the spans, that the encoding would write in other bytes."""
    if codec.write(text, encoding) == data:
        return
    lines, raw_lines = text.split("\n"), data.split(b"\n")
    if len(lines) != len(raw_lines) or encoding.startswith("utf-"):
        lines, raw_lines = [text], [data]
    for line, raw in zip(lines, raw_lines, strict=True):
        written = codec.write(line, encoding)
        if written != raw:
            start, end, kept = _trimmed(line, written, raw, encoding)
            yield Verbatim(place + start, place + end, kept)
        place += len(line) + 1


def _trimmed(line: str, written: bytes | None, raw: bytes, encoding: str) -> tuple[int, int, bytes]:
    """Leave off the characters at both ends of a line that would be written as they came."""
    if written is None or encoding not in _STATELESS or len(written) != len(raw):
        return 0, len(line), raw
    differing = [place for place in range(len(raw)) if raw[place] != written[place]]
    first, head = _character_before(line, encoding, differing[0])
    last, tail = _character_before(line, encoding, differing[-1])
    tail += len(codec.write(line[last], encoding) or b"")
    return first, last + 1, raw[head:tail]


def _character_before(line: str, encoding: str, byte: int) -> tuple[int, int]:
    """Give the character that holds a byte of the written line, and the byte where it begins."""
    low, high = 0, len(line)
    while high - low > 1:
        middle = (low + high) // 2
        if len(codec.write(line[:middle], encoding) or b"") <= byte:
            low = middle
        else:
            high = middle
    return low, len(codec.write(line[:low], encoding) or b"")
