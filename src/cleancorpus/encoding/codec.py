"""Reading and writing bytes in one named encoding."""

from __future__ import annotations

import codecs
from functools import lru_cache

import numpy as np

from cleancorpus.encoding import doublebyte, hz, tables, transformation
from cleancorpus.encoding.doublebyte import REPLACEMENT, Decoded
from cleancorpus.text import decode_codepoints, encode_codepoints

CHINESE = ("gb18030", "big5", "euc-tw", "hz-gb-2312")
DOUBLE_BYTE = ("gb18030", "big5", "euc-tw")
# In these no byte below 40, but for digits, is ever part of a longer code, and a line break never is.
ASCII_BASED = (*DOUBLE_BYTE, "utf-8")

# Where undecodable bytes begin and end, and the position in the text of the U+FFFD that stands for them.
Fault = tuple[int, int, int]

# Where CPython's big5hkscs follows the mapping of 1993 and the Encoding Standard what is meant on the web.
# Each left-hand character has that one code, so that the change can be made behind the codec.
_BIG5_MODERN = str.maketrans("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡")
_BIG5_OLD = [(chr(old), chr(new)) for old, new in _BIG5_MODERN.items()]

_PAIR_ENDS = frozenset(pair[1] for pair in tables.PAIRS)
_REPLACEMENT_EXCESS = len(chr(REPLACEMENT).encode("gb18030")) - 1

# Names of the Encoding Standard that CPython does not know, or knows as a smaller set.
_PYTHON_NAMES = {
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "iso-8859-8-i": "iso8859_8",
}


@lru_cache(maxsize=64)
def python_name(encoding: str) -> str | None:
    """Give CPython's name of an encoding outside the Chinese family, or ``None`` where it has no codec."""
    name = _PYTHON_NAMES.get(encoding, encoding)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def read_strict(data: bytes, encoding: str) -> str | None:
    """Decode sound bytes as fast as can be; ``None`` where a byte is undecodable."""
    try:
        if encoding == "utf-8":
            return data.decode()
        if encoding == "gb18030":
            return _decode_gb18030(data)
        if encoding == "big5":
            return _modern_big5(data.decode("big5hkscs"))
        if encoding in ("euc-tw", "hz-gb-2312"):
            decoded = read(data, encoding)
            return None if decoded.bad.any() else decode_codepoints(decoded.codepoints)
        return data.decode(python_name(encoding) or "ascii")
    except UnicodeError:
        return None


def read_nearly(data: bytes, encoding: str, most: int) -> tuple[str, tuple[Fault, ...]] | None:
    """Decode ``utf-8``, ``gb18030`` or ``big5`` with U+FFFD for each fault; ``None`` where there are none, or too many.

    Faults of the double-byte encodings are one byte each.  What is read so is still to be looked into around them.
    """
    pieces: list[str] = []
    faults: list[Fault] = []
    name = "big5hkscs" if encoding == "big5" else encoding
    done = position = 0
    for _ in range(most + 1):
        try:
            pieces.append(data[done:].decode(name))
        except UnicodeDecodeError as error:
            start = done + error.start
            piece = data[done:start].decode(name)
            position += len(piece) + 1
            done = done + error.end if encoding == "utf-8" else start + 1
            faults.append((start, done, position - 1))
            pieces += [piece, chr(REPLACEMENT)]
        else:
            text = "".join(pieces)
            return (_modern_big5(text) if encoding == "big5" else text, tuple(faults)) if faults else None
    return None


def byte_length(text: str, encoding: str, faults: int = 0) -> int:
    """Give how many bytes a text was read from in ``gb18030`` or ``big5``, each of its faults from one."""
    if encoding == "gb18030":
        return len(text.encode("gb18030")) - _REPLACEMENT_EXCESS * faults
    # Big5 has two bytes for all but ASCII, but none for the second half of a pair of code points.
    singles = len(text.encode("ascii", "ignore")) + faults
    return 2 * (len(text) - sum(map(text.count, _PAIR_ENDS))) - singles


def _decode_gb18030(data: bytes) -> str:
    """Decode with CPython's GBK codec, which reads all but the four-byte and private-use codes, a third faster."""
    return data.decode("gbk", _REST_OF_LINE)


def _rest_of_line(error: UnicodeError) -> tuple[str, int]:
    """Read GB 18030 from where the GBK codec stopped, at the head of a code, to the next line break.

    So nothing is read twice, and a text full of such codes stops the codec no more than once a line.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stop = error.object.find(b"\n", error.start)
    stop = stop if stop >= 0 else len(error.object)
    return error.object[error.start : stop].decode("gb18030"), stop


# CPython's codecs take a handler by a name only, which must be known to the process; it holds nothing.
_REST_OF_LINE = "cleancorpus.gb18030-to-end-of-line"
codecs.register_error(_REST_OF_LINE, _rest_of_line)


def _modern_big5(text: str) -> str:
    for old, new in _BIG5_OLD:
        if old in text:
            text = text.replace(old, new)
    return text


def read(data: bytes, encoding: str) -> Decoded:
    """Decode any bytes, each character with its byte offset; U+FFFD stands for what is undecodable."""
    if encoding == "utf-8":
        return transformation.decode_utf8(data)
    if encoding in DOUBLE_BYTE:
        return doublebyte.decode(data, encoding)
    if encoding.startswith("utf-16"):
        return transformation.decode_utf16(data, encoding[-2:])
    if encoding.startswith("utf-32"):
        return transformation.decode_utf32(data, encoding[-2:])
    if encoding == "hz-gb-2312":
        return hz.decode_hz(data)
    return _read_with_python(data, python_name(encoding) or "cp1252")


def _read_with_python(data: bytes, name: str) -> Decoded:
    """Read with one of CPython's codecs; a byte that it escapes is undecodable."""
    try:
        text = data.decode(name, "surrogateescape")
        length = _code_lengths(text, name)
    except UnicodeError:
        return _read_with_python(data, "cp1252")  # in which every byte can be read or marked
    if name.startswith("iso2022") and max(text, default="") < "\udc80":
        # With shift states a character has no bytes of its own; sound text needs no places.
        return Decoded(encode_codepoints(text), np.zeros(len(text), dtype=np.int64), np.zeros(len(text), dtype=bool))
    if int(length.sum()) != len(data):
        return _read_with_python(data, "cp1252")
    codepoints = encode_codepoints(text).copy()
    bad = (codepoints >= 0xDC80) & (codepoints <= 0xDCFF)
    codepoints[bad] = REPLACEMENT
    return Decoded(codepoints, np.cumsum(length) - length, bad)


def _code_lengths(text: str, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    sizes = {character: len(character.encode(name, "surrogateescape")) for character in set(text)}
    return np.fromiter(map(sizes.__getitem__, text), dtype=np.int64, count=len(text))


def write(text: str, encoding: str) -> bytes | None:
    """Encode text in the canonical codes of an encoding; ``None`` where a character has none."""
    if encoding in ("big5", "euc-tw"):
        return doublebyte.encode(text, encoding)
    if encoding == "hz-gb-2312":
        return hz.encode_hz(text)
    try:
        return text.encode(python_name(encoding) or "ascii")
    except UnicodeError:
        return None
