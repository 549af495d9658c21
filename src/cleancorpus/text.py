"""Columnar text: many documents as one flat array of code points.

Everything that the library does to text is a pass over these arrays; a document is a slice of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

Codepoints = NDArray[np.uint32]
Positions = NDArray[np.int64]

_UTF32 = "utf-32-le"
_PIECE = 1 << 17  # characters encoded at a time; a NumPy string may have 2**29 at most
_LONG = 100  # characters of a text from which on it costs less to copy it alone than by the places of its characters
_LINE_FEED, _CARRIAGE_RETURN = 0x0A, 0x0D


def encode_codepoints(text: str) -> Codepoints:
    """Give the code points of a string as a read-only ``uint32`` array; lone surrogates are kept."""
    if len(text) > _PIECE:
        return np.frombuffer(text.encode(_UTF32, "surrogatepass"), dtype=np.uint32)
    # NumPy's own strings are UTF-32 and made in a third of the codec's time; an empty one has room for one character.
    codepoints: Codepoints = np.array([text]).view(np.uint32)[: len(text)]
    codepoints.flags.writeable = False
    return codepoints


def decode_codepoints(codepoints: Codepoints) -> str:
    """Give the string of an array of code points; lone surrogates are kept."""
    return codepoints.tobytes().decode(_UTF32, "surrogatepass")


def offsets_of(lengths: NDArray[Any]) -> Positions:
    """Give where parts of these lengths begin when they lie one behind the other, and where the last ends.

    ``lengths`` is a column of D numbers (or truth values), the result ``int64[D + 1]``; its first entry is 0.
    """
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def runs_within(costs: Positions, most: int) -> Iterator[tuple[int, int]]:
    """Cut a sequence into runs ``[first, last)`` whose costs (``int64``) add up to ``most`` at most, in order.

    What costs more alone is a run of its own.
    """
    reach = np.cumsum(costs)
    first, spent = 0, 0
    while first < len(reach):
        last = max(first + 1, int(np.searchsorted(reach, spent + most, side="right")))
        yield first, last
        first, spent = last, int(reach[last - 1])


def flat_ranges(start: Positions, length: Positions) -> Positions:
    """Give all positions of the ranges ``[start, start + length)``, one after the other, as ``int64``."""
    ends = np.cumsum(length)
    total = int(ends[-1]) if len(ends) else 0
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    if total <= len(start) and int(length.max()) == 1:
        return start if total == len(start) else start[length == 1]
    ranges: Positions = np.repeat(start - (ends - length), length)
    ranges += np.arange(total, dtype=np.int64)
    return ranges


@dataclass(frozen=True)
class Lines:
    """The lines of a batch as columns, in order; an empty document has one empty line.

    ``start`` and ``end`` (``int64``) enclose a line's characters, ``stop`` stands behind its line break
    (equal to ``end`` where a document ends without one), and ``document`` (``int64``) is its document.
    """

    start: Positions
    end: Positions
    stop: Positions
    document: Positions

    def __len__(self) -> int:
        return len(self.start)


class TextBatch:
    """Many texts in one pair of arrays: ``codepoints`` (``uint32[N]``) and ``offsets`` (``int64[D + 1]``).

    Text ``i`` is ``codepoints[offsets[i]:offsets[i + 1]]``.  A batch is immutable.
    Raises ``InputError`` where the offsets do not describe the code points.
    """

    __slots__ = ("__dict__", "codepoints", "offsets")

    codepoints: Codepoints
    offsets: Positions

    def __init__(self, codepoints: Codepoints, offsets: Positions) -> None:
        codepoints = np.ascontiguousarray(codepoints, dtype=np.uint32).view()
        offsets = np.ascontiguousarray(offsets, dtype=np.int64).view()
        if offsets.ndim != 1 or len(offsets) == 0 or offsets[0] != 0 or offsets[-1] != len(codepoints):
            raise InputError("offsets must run from 0 to the number of code points")
        if len(offsets) > 2 and bool((offsets[1:] < offsets[:-1]).any()):
            raise InputError("offsets must not decrease")
        codepoints.flags.writeable = False
        offsets.flags.writeable = False
        self.codepoints = codepoints
        self.offsets = offsets

    # -- in -----------------------------------------------------------------------------------------

    @classmethod
    def from_text(cls, text: str) -> TextBatch:
        """Make a batch of one text."""
        return cls(encode_codepoints(text), np.array([0, len(text)], dtype=np.int64))

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> TextBatch:
        """Make a batch of many texts, without a loop over them."""
        texts = texts if isinstance(texts, Sequence) else list(texts)
        offsets = offsets_of(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
        if offsets[-1] <= _PIECE:
            return cls(encode_codepoints("".join(texts)), offsets)
        # By pieces: to get the pages for one long string of bytes takes several times as long as to encode it.
        codepoints = np.empty(int(offsets[-1]), dtype=np.uint32)
        borders = np.searchsorted(offsets, np.arange(0, int(offsets[-1]), _PIECE))
        for first, last in pairwise([*borders.tolist(), len(texts)]):
            codepoints[offsets[first] : offsets[last]] = encode_codepoints("".join(texts[first:last]))
        return cls(codepoints, offsets)

    @classmethod
    def from_utf8(cls, data: bytes | memoryview, byte_offsets: Positions) -> TextBatch:
        """Make a batch from UTF-8 bytes and the byte offsets of its texts, without a loop over texts.

        ``byte_offsets`` is ``int64[D + 1]`` and need not begin at 0.  Surrogates in their three-byte
        form are kept.  Raises ``InputError`` where the bytes are not UTF-8 or a text begins inside a character.
        """
        first, last = int(byte_offsets[0]), int(byte_offsets[-1])
        view = memoryview(data)[first:last]
        try:
            codepoints = encode_codepoints(str(view, "utf-8", "surrogatepass"))
        except UnicodeDecodeError as error:
            raise InputError(f"not UTF-8 at byte {first + error.start}: {error.reason}") from error
        raw = np.frombuffer(view, dtype=np.uint8)
        if len(codepoints) == len(raw):
            return cls(codepoints, byte_offsets - first)
        leads = (raw & 0xC0) != 0x80
        begins = offsets_of(leads)
        inner = byte_offsets[(byte_offsets < last)] - first
        if not bool(leads[inner].all()):
            raise InputError("a text begins inside a UTF-8 character")
        return cls(codepoints, begins[byte_offsets - first])

    @classmethod
    def from_arrow(cls, array: pa.Array | pa.ChunkedArray) -> TextBatch:
        """Make a batch from an Arrow array of strings; a null raises ``InputError`` that names its row."""
        import pyarrow as pa

        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
        kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
            raise InputError(f"an array of strings is needed, this is one of {array.type}")
        if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
            array = array.cast(pa.large_string())
        if array.null_count:
            row = int(np.flatnonzero(np.asarray(array.is_null()))[0])
            raise InputError(f"row {row} is null; fill or drop nulls first")
        if len(array) == 0:
            return cls.from_texts(())
        width = np.int64 if pa.types.is_large_string(array.type) else np.int32
        _, offset_buffer, data = array.buffers()
        if offset_buffer is None:
            raise InputError("the Arrow array has no offsets")
        byte_offsets = np.frombuffer(offset_buffer, dtype=width)[array.offset : array.offset + len(array) + 1]
        return cls.from_utf8(memoryview(data if data is not None else b""), byte_offsets.astype(np.int64))

    @classmethod
    def concatenate(cls, parts: Sequence[TextBatch]) -> TextBatch:
        """Make a batch of the texts of several, one after the other."""
        if len(parts) == 1:
            return parts[0]
        lengths = [np.zeros(0, dtype=np.int64), *(part.lengths for part in parts)]
        codepoints = [np.zeros(0, dtype=np.uint32), *(part.codepoints for part in parts)]
        return cls(np.concatenate(codepoints), offsets_of(np.concatenate(lengths)))

    # -- out ----------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TextBatch):
            return NotImplemented
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(self.codepoints, other.codepoints)

    __hash__ = None  # type: ignore[assignment]  # arrays are compared by value, so a batch is no dictionary key

    def __repr__(self) -> str:
        return f"TextBatch({len(self)} texts, {len(self.codepoints)} code points)"

    def __reduce__(self) -> tuple[type[TextBatch], tuple[Codepoints, Positions]]:
        return TextBatch, (self.codepoints, self.offsets)

    @cached_property
    def lengths(self) -> Positions:
        """The number of code points of each text, ``int64[D]``."""
        return np.diff(self.offsets)

    def text(self, index: int) -> str:
        """Give one text as a string; raises ``IndexError`` for a number that no text has."""
        if not 0 <= index < len(self):
            raise IndexError(f"there is no text {index} in a batch of {len(self)}")
        return self.substring(int(self.offsets[index]), int(self.offsets[index + 1]))

    def substring(self, start: int, end: int) -> str:
        """Give the characters ``[start, end)`` of the batch as a string."""
        return decode_codepoints(self.codepoints[start:end])

    def to_texts(self) -> list[str]:
        """Give all texts as strings."""
        whole = decode_codepoints(self.codepoints)
        bounds = self.offsets.tolist()
        return [whole[a:b] for a, b in pairwise(bounds)]

    def to_utf8(self) -> tuple[bytes, Positions]:
        """Give the texts as UTF-8 bytes and their byte offsets, ``int64[D + 1]``.

        A lone surrogate takes its three-byte form, which strict readers refuse.
        """
        data = decode_codepoints(self.codepoints).encode("utf-8", "surrogatepass")
        if len(data) == len(self.codepoints):
            return data, self.offsets
        points = self.codepoints
        width = np.ones(len(points), dtype=np.uint8)
        for limit in (0x80, 0x800, 0x10000):
            width += points >= limit
        return data, offsets_of(width)[self.offsets]

    def to_arrow(self) -> pa.LargeStringArray:
        """Give the texts as an Arrow array of large strings, without a loop over texts."""
        import pyarrow as pa

        data, byte_offsets = self.to_utf8()
        buffers = [None, pa.py_buffer(np.ascontiguousarray(byte_offsets)), pa.py_buffer(data)]
        return pa.LargeStringArray.from_buffers(len(self), buffers[1], buffers[2])

    # -- parts --------------------------------------------------------------------------------------

    def take(self, indices: Iterable[int] | Positions) -> TextBatch:
        """Give a batch of the chosen texts, in the order asked for."""
        chosen = np.asarray(indices if isinstance(indices, np.ndarray) else list(indices), dtype=np.int64)
        length = self.lengths[chosen]
        offsets = offsets_of(length)
        start = self.offsets[chosen]
        if len(chosen) and offsets[-1] >= _LONG * len(chosen):
            spans = zip(start.tolist(), (start + length).tolist(), strict=True)
            return TextBatch(np.concatenate([self.codepoints[first:last] for first, last in spans]), offsets)
        return TextBatch(self.codepoints[flat_ranges(start, length)], offsets)

    def between(self, first: int, last: int) -> TextBatch:
        """Give the texts ``first`` to ``last`` (left out), without copying their code points."""
        offsets = self.offsets[first : last + 1]
        return TextBatch(self.codepoints[offsets[0] : offsets[-1]], offsets - offsets[0])

    def slice(self, start: Positions, end: Positions) -> TextBatch:
        """Give a batch of the spans ``[start, end)`` of this one, as texts of their own."""
        length = end - start
        return TextBatch(self.codepoints[flat_ranges(start, length)], offsets_of(length))

    def document_of(self, positions: Positions) -> Positions:
        """Give the text in which each position lies, ``int64``; the end of the batch lies in the last text.

        A position on a border belongs to the text that begins there (to the last of them if some are empty).
        """
        found = np.searchsorted(self.offsets, positions, side="right") - 1
        return np.minimum(found, max(len(self) - 1, 0)).astype(np.int64, copy=False)

    def lines(self) -> Lines:
        r"""Give the lines of all texts; ``\n``, ``\r\n`` and ``\r`` break a line, and none spans two texts."""
        points = self.codepoints
        breaks = np.flatnonzero((points == _LINE_FEED) | (points == _CARRIAGE_RETURN)).astype(np.int64)
        behind = breaks + 1
        returns = np.flatnonzero(points[breaks] == _CARRIAGE_RETURN)
        if len(returns):
            following = breaks[returns] + 1
            paired = points[np.minimum(following, len(points) - 1)] == _LINE_FEED
            paired &= ~np.isin(following, self.offsets)
            behind[returns[paired]] += 1
            first = np.ones(len(breaks), dtype=bool)
            first[returns[paired & (following < len(points))] + 1] = False
            breaks, behind = breaks[first], behind[first]
        # The end of each text, in its place among the breaks.
        borders = self.offsets[1:]
        place = np.searchsorted(breaks, borders, side="left")
        at = place + np.arange(len(borders))
        broken = np.ones(len(breaks) + len(borders), dtype=bool)
        broken[at] = False
        ends, stops = np.empty((2, len(broken)), dtype=np.int64)
        ends[at] = stops[at] = borders
        ends[broken], stops[broken] = breaks, behind
        document = np.cumsum(~broken) - ~broken
        starts = np.empty_like(stops)
        starts[1:] = stops[:-1]
        if len(starts):
            starts[0] = 0
        # A text that ends with a line break has no further, empty line behind it.
        keep = (stops > starts) | (starts == self.offsets[document])
        return Lines(starts[keep], ends[keep], stops[keep], document[keep])
