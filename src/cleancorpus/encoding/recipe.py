"""How bytes are made again out of decoded text: every codec has one canonical way, the rest is kept verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cleancorpus.encoding import codec, doublebyte
from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.text import decode_codepoints

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
        pieces: list[str] = []
        kept: list[bytes] = []
        while remaining and remaining[-1].end <= stop:
            part = remaining.pop()
            pieces.append(text[place : part.start])
            kept.append(part.data)
            place = part.end
        written = _write_pieces([*pieces, text[place:stop]], segment.encoding)
        if written is None:
            return None
        for data, behind in zip(written, [*kept, b""], strict=True):
            out += [data, behind]
    return b"".join(out)


def _write_pieces(pieces: list[str], encoding: str) -> list[bytes] | None:
    """Encode each piece, all in one go where a control character is free to stand between them."""
    if len(pieces) > 1 and encoding in codec.ASCII_BASED:
        joined = "".join(pieces)
        mark = next((mark for mark in map(chr, range(9)) if mark not in joined), None)
        if mark is not None:
            whole = codec.write(mark.join(pieces), encoding)
            return None if whole is None else whole.split(mark.encode())
    found = [codec.write(piece, encoding) for piece in pieces]
    return None if None in found else [data for data in found if data is not None]


def _text_ends(segments: Sequence[Segment], length: int) -> list[int]:
    return [segment.position for segment in segments[1:]] + [length] if segments else []


def _differing(text: str, data: bytes, place: int, encoding: str) -> Iterator[Verbatim]:
    """Find the characters, or else the lines, that the encoding would write in other bytes."""
    if codec.write(text, encoding) == data:
        return
    if encoding in codec.DOUBLE_BYTE:
        decoded = codec.read(data, encoding)
        if decode_codepoints(decoded.codepoints) == text:
            yield from _second_codes(decoded, data, place, encoding)
            return
    lines, raw_lines = text.split("\n"), data.split(b"\n")
    if len(lines) != len(raw_lines) or encoding.startswith("utf-"):
        lines, raw_lines = [text], [data]
    for line, raw in zip(lines, raw_lines, strict=True):
        written = codec.write(line, encoding)
        if written != raw:
            yield Verbatim(place, place + len(line), raw)
        place += len(line) + 1


def _second_codes(decoded: Decoded, data: bytes, place: int, encoding: str) -> Iterator[Verbatim]:
    """Find the runs of characters that were read from codes which are not those to write."""
    other = np.flatnonzero(~doublebyte.canonical(decoded, data, encoding))
    heads = np.flatnonzero(np.diff(other, prepend=-2) > 1)
    stops = np.append(decoded.starts, len(data))
    for head, next_head in zip(heads.tolist(), [*heads[1:].tolist(), len(other)], strict=True):
        first, last = int(other[head]), int(other[next_head - 1]) + 1
        yield Verbatim(place + first, place + last, data[int(stops[first]) : int(stops[last])])
