"""How well bytes read in each encoding: the length, in bits, of what they would say.

A reading is charged for each character what the language model finds it surprising by, given the one before,
and a flat sum for each undecodable byte.  The encoding that makes the bytes cheapest explains them best
(minimum description length); the margin over the next one, in bits, is the strength of the evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import codec, doublebyte, resync, tables
from cleancorpus.encoding.doublebyte import REPLACEMENT, Decoded
from cleancorpus.encoding.resync import ASCII_BITS, BAD_BYTE
from cleancorpus.language import load_model
from cleancorpus.text import Codepoints, Positions, encode_codepoints

_CONTROL_BITS = 12.0
_TORN_BYTE = 10.0  # an undecodable byte at the head or the tail: seven bits for it, three for that it was cut there
_TORN_GAIN = 2.0  # bits that it must save to take the first byte for torn
HEAD = 48  # bytes in which the text behind a torn character shows itself
_WHOLE_BITS = 24.0  # by which a first run reads worse from its second byte on: of 367 torn ones four were so
_RUN = re.compile(rb"[\x80-\xff]+[\x00-\x7f]?")
_SIGN_BITS = 13.0  # the model's prose has few signs, but where a code is one it is hardly there by chance
# Rules and leaders repeat one character, an ASCII one at half the price; the model knows only prose.
_REPEATED_BITS = 2.0
_NEXT_BITS = 4.0  # of a sign after the one before it in order: a numbered list is one in every encoding
_BOX_DRAWING, _BOX_DRAWING_BITS = slice(0x2500, 0x2580), 8.0  # of which laws and mails draw their tables
_TEXT_CONTROLS = (0x09, 0x0A, 0x0C, 0x0D, 0x1B)
_UNIT = {"utf-16": 2, "utf-32": 4}
_PROSE_BITS = 15.0  # an average that Chinese prose of any period stays below, and lists of characters do not
_LETTER_BITS = 5.0  # letters cost no less; what repeats more is a repetition, and cheap in every reading
# Code pages have capitals and signs at 80 to 9F, but for the ellipsis and the quotation marks of windows-125x.
_CONTROLS = np.array([code < 0x20 and code not in _TEXT_CONTROLS for code in range(0x21)])
_HALVES = np.array([code in resync.HALVES for code in range(0x81)])
_ALPHANUMERIC = np.array([code < 0x80 and chr(code).isalnum() for code in range(0x81)])
_C1_BITS, _QUOTES = 5.0, (0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97)
# First and last code point, and bits.
_JAPANESE = (
    (0x3041, 0x3096, 6.5),
    (0x30A0, 0x30FF, 7.5),
    (0x3000, 0x3002, 6.0),
    (0xFF61, 0xFF9F, 9.0),
    (0xFF01, 0xFF5E, 9.0),
)
_KOREAN = ((0xAC00, 0xD7A3, 14.0), (0x2000, 0x33FF, 12.0), (0x3000, 0x303F, 9.0), (0xFF01, 0xFF5E, 9.0))
_TABLE_SIZE = 0x30000  # the planes with Chinese characters; code points behind them count as the last
# Costs are whole multiples of this, so that their sums are exact in whatever order they are added up: a document
# is judged in a batch just as by itself.
_GRAIN = 1 / 64


@cache
def character_bits() -> NDArray[np.float32]:
    """Give how surprising each code point is by itself, in bits: ``float32[0x30000]``."""
    bits = -load_model().score_alone(np.arange(_TABLE_SIZE, dtype=np.uint32))
    signs = encode_codepoints(_signs())
    bits[signs] = np.minimum(bits[signs], _SIGN_BITS)
    bits[_BOX_DRAWING] = _BOX_DRAWING_BITS
    bits = np.round(bits / _GRAIN) * np.float32(_GRAIN)
    bits.flags.writeable = False
    return bits


def _signs() -> str:
    """Give the punctuation, signs and numerals of GB 2312 rows 1 to 3 and of Big5's first three rows."""
    gb = bytes(byte for row in (0xA1, 0xA2, 0xA3) for cell in range(0xA1, 0xFF) for byte in (row, cell))
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    big5 = bytes(byte for row in (0xA1, 0xA2) for trail in trails for byte in (row, trail))
    return gb.decode("gb2312", "ignore") + big5.decode("big5", "ignore")


@cache
def pair_bits(encoding: str) -> NDArray[np.float32]:
    """Give how surprising each two-byte code of a double-byte encoding is, in bits: ``float32[65536]``.

    A code that takes an ASCII character along costs what that does not; where there is none, the byte alone counts.
    """
    if encoding == "gb18030":
        table = tables.gb18030_table()
    else:
        table = tables.big5_table() if encoding == "big5" else tables.euc_tw_planes()[0]
    bits = character_bits().take(table, mode="clip")
    bits[table == tables.UNASSIGNED] = 2 * BAD_BYTE
    bits[(table >= _BOX_DRAWING.start) & (table < _BOX_DRAWING.stop)] = _SIGN_BITS
    if encoding == "euc-tw":
        # A single shift says that the next pair is of another plane; that pair is charged by itself.
        bits[0x8EA1:0x8EB1] = 0
    by_lead = bits.reshape(256, 256)
    by_lead[:, :0x80] = np.minimum(by_lead[:, :0x80] - ASCII_BITS, BAD_BYTE)
    by_lead[:0x80] = 0
    by_lead[list(resync.HALVES), ord(resync.LONE_END)] = resync.LONE_HALF
    bits.flags.writeable = False
    return bits


def read(data: bytes, encoding: str) -> Decoded:
    """Decode any bytes like ``codec.read``, but get back in step where a byte of a pair was lost or added.

    Only text that is Chinese by and large is judged so finely; in a list of rare characters every byte counts.
    """
    if encoding not in codec.DOUBLE_BYTE:
        return codec.read(data, encoding)
    if is_torn(data, encoding):
        return behind(read(data[1:], encoding), 1)
    reading = _read_in_step(data, encoding)
    beyond = reading.codepoints[reading.codepoints >= 0x80]
    if len(beyond) and character_bits().take(beyond, mode="clip").mean() <= _PROSE_BITS:
        return reading
    return codec.read(data, encoding)


def _read_in_step(data: bytes, encoding: str) -> Decoded:
    return doublebyte.decode(data, encoding, resync.bytes_to_leave_out(data, pair_bits(encoding)))


def is_torn(data: bytes, encoding: str) -> bool:
    """Say whether the first byte is better taken for the second half of a character that was cut off.

    Only prose can show that, from the second byte on; and a first byte before an ASCII one is more often the first half
    of a rare character.
    """
    head = data[:HEAD]
    if len(head) < 2 or head[0] < 0x80 or head[1] < 0x80 or _is_clearly_whole(head, encoding):
        return False
    rest = _read_in_step(head[1:], encoding)
    if rest.bad[0]:
        return False
    rest_bits = reading_bits(rest, encoding)
    if not rest_bits[rest.codepoints >= 0x80].mean() <= resync.PLAUSIBLE:
        return False
    whole_bits = reading_bits(_read_in_step(head, encoding), encoding).sum()
    return bool(rest_bits.sum() + _TORN_BYTE + _TORN_GAIN < whole_bits)


def _is_clearly_whole(head: bytes, encoding: str) -> bool:
    """Say whether the first run of bytes reads as much rarer characters from its second byte on, each by itself."""
    run = _RUN.match(head)
    assert run is not None
    bits = pair_bits(encoding)
    pairs = [np.frombuffer(head, dtype=">u2", count=(run.end() - at) // 2, offset=at) for at in (0, 1)]
    whole, rest = (bits[codes].sum() for codes in pairs)
    return bool(rest > whole + _WHOLE_BITS)


def behind(reading: Decoded, skipped: int) -> Decoded:
    """Put the bytes that were cut off the head back in front of a reading, as undecodable."""
    if not skipped:
        return reading
    return Decoded(
        np.concatenate([np.array([REPLACEMENT], dtype=np.uint32), reading.codepoints]),
        np.concatenate([np.zeros(1, dtype=np.int64), reading.starts + skipped]),
        np.concatenate([np.ones(1, dtype=bool), reading.bad]),
    )


def reading_bits(decoded: Decoded, encoding: str) -> NDArray[np.float32]:
    """Give what each character of a reading costs, ``float32[N]``; ASCII costs the same everywhere."""
    codepoints = decoded.codepoints
    bits = -load_model().score(codepoints)
    bits[(codepoints >= _BOX_DRAWING.start) & (codepoints < _BOX_DRAWING.stop)] = _BOX_DRAWING_BITS
    if encoding == "utf-8":
        bits = np.minimum(bits, _utf8_bits(codepoints))
    bits = _with_common_costs(bits, decoded, encoding)
    bits[_lone_halves(codepoints)] += resync.LONE_HALF
    return bits


def _lone_halves(codepoints: Codepoints) -> Positions:
    """Give where ASCII that may be half of a code stands behind a Chinese character, and before no letter or digit."""
    places = np.flatnonzero(_HALVES.take(codepoints[1:-1], mode="clip")) + 1
    lone: Positions = places[
        (codepoints[places - 1] >= 0x80) & ~_ALPHANUMERIC.take(codepoints[places + 1], mode="clip")
    ]
    return lone


def line_bits(lines: Sequence[bytes], encoding: str) -> NDArray[np.float64]:
    """Give the cost of each line in ``utf-8``, ``gb18030`` or ``big5``, ``float64[L]``."""
    codepoints, heads = _read_lines(lines, encoding)
    reading = Decoded(codepoints, np.arange(len(codepoints)), codepoints == REPLACEMENT)
    return np.add.reduceat(reading_bits(reading, encoding), heads, dtype=np.float64)[:-1]


def alone_bits(lines: Sequence[bytes], encoding: str) -> NDArray[np.float64]:
    """Give the cost of each line as ``line_bits`` does, but with each character by itself, in a fifth of the time."""
    codepoints, heads = _read_lines(lines, encoding)
    return np.add.reduceat(_alone(encoding == "utf-8").take(codepoints, mode="clip"), heads, dtype=np.float64)[:-1]


def _read_lines(lines: Sequence[bytes], encoding: str) -> tuple[Codepoints, list[int]]:
    """Give the code points of lines read all at once, and where each begins; none may be empty or hold a break.

    A line of blanks comes last, so that what a line costs does not depend on its place.
    """
    # No decoder takes a line break into a character, but for three bytes at the end that are none.
    data = b"\n".join([*lines, b"   "])
    text = data.decode("big5hkscs" if encoding == "big5" else encoding, "replace")
    lengths = [len(line) + 1 for line in text.split("\n")]
    return encode_codepoints(text), [0, *accumulate(lengths[:-1])]


@cache
def _alone(utf8: bool) -> NDArray[np.float32]:
    bits = character_bits().copy()
    if utf8:
        bits = np.minimum(bits, _utf8_bits(np.arange(_TABLE_SIZE, dtype=np.uint32)))
    bits[:0x80] = ASCII_BITS
    bits[REPLACEMENT] = BAD_BYTE
    bits.flags.writeable = False
    return bits


def foreign_bits(data: bytes, encoding: str) -> float:
    """Give the cost of the bytes as Japanese or Korean: ``shift_jis``, ``euc-jp`` or ``euc-kr``."""
    codepoints = encode_codepoints(data.decode(codec.python_name(encoding) or encoding, "replace"))
    places = np.arange(len(codepoints), dtype=np.int64)
    reading = Decoded(codepoints, places, codepoints == REPLACEMENT)
    return float(_with_common_costs(_foreign_bits(codepoints, encoding), reading, encoding).sum())


def _with_common_costs(bits: NDArray[np.float32], decoded: Decoded, encoding: str) -> NDArray[np.float32]:
    """Put in what costs the same in every reading: ASCII, control characters, repetition, undecodable bytes."""
    codepoints = decoded.codepoints
    bits[codepoints < 0x80] = ASCII_BITS
    bits[_CONTROLS.take(codepoints, mode="clip")] = _CONTROL_BITS
    repeated = np.flatnonzero(codepoints[1:] == codepoints[:-1]) + 1
    cheap = np.where(codepoints[repeated] < 0x80, np.float32(_REPEATED_BITS / 2), np.float32(_REPEATED_BITS))
    bits[repeated] = np.minimum(bits[repeated], cheap)
    successor = np.flatnonzero((codepoints[1:] == codepoints[:-1] + 1) & (codepoints[1:] >= 0x80)) + 1
    bits[successor] = np.minimum(bits[successor], np.float32(_NEXT_BITS))
    bits[decoded.bad] = BAD_BYTE * _UNIT.get(encoding[:6], 1)
    if len(bits):
        bits[[0, -1]] = np.where(decoded.bad[[0, -1]], _TORN_BYTE, bits[[0, -1]])
    return bits


def form_bits(data: bytes, encoding: str) -> float:
    """Give the cost of the bytes if any character of a double-byte encoding is as likely as another.

    A list of rare characters is no prose, but its bytes have the form of the encoding all through; where they
    have not the cost is infinite.
    """
    reading = codec.read(data, encoding)
    if bool(reading.bad[1:-1].any()) or data.isascii():
        return math.inf
    raw = np.frombuffer(data + b"\0", dtype=np.uint8)
    beyond = reading.codepoints >= 0x80
    places = reading.starts[beyond]
    codes = raw[places].astype(np.uint16) << 8 | raw[places + 1]
    plain = reading_bits(reading, encoding)[~beyond]
    return float(_form_table(encoding)[codes].sum()) + float(plain.sum())


@cache
def _form_table(encoding: str) -> NDArray[np.float32]:
    """Give the cost of each code as one of those of its part of the encoding, ``float32[65536]``.

    The parts are the characters that the national standard began with, which all lists hold, and the rest.
    """
    table = np.full((256, 256), 18, dtype=np.float32)
    if encoding == "gb18030":
        table[0x81:0xFF, 0x40:] = 13.5  # some 14,000 characters, half as likely: log2 of both, less 1.3
        table[0x81:0xA1, 0x40:] = 14  # of these the 6,080 that no list before GBK had
        table[0xAA:0xB0, 0xA1:] = table[0xF8:0xFF, 0xA1:] = table[0xA2:0xAA, 0x40:0xA1] = 18  # for private use
        table[0xB0:0xF8, 0xA1:] = table[0xA1:0xA4, 0xA1:] = 11.5  # the 6,763 of GB 2312, less the same
    else:
        table[0x87:0xFF] = 13  # the 4,600 of HKSCS, a quarter as likely
        table[0xA1:0xC7] = table[0xC9:0xFA] = 12.2  # the 13,051 of Big5, less the same
    return table.ravel()


def _utf8_bits(codepoints: Codepoints) -> NDArray[np.float32]:
    """Give what well-formed sequences cost in any language: few byte strings have that form by chance."""
    return np.where(codepoints < 0x800, np.float32(6), np.float32(11))


def _foreign_bits(codepoints: Codepoints, encoding: str) -> NDArray[np.float32]:
    """Give what the characters cost in Japanese or Korean, by the blocks that they are of.

    Kana are some 170 and take half of a text, the kanji of JIS level 1 are 2,965 and those of level 2 are rare:
    their shares, evenly divided.  The hangul of KS X 1001 are 2,350, of which a text needs some hundreds.
    """
    bits = np.full(len(codepoints), 17, dtype=np.float32)
    for first, last, cost in _JAPANESE if encoding != "euc-kr" else _KOREAN:
        bits[(codepoints >= first) & (codepoints <= last)] = cost
    bits[_common(encoding).take(codepoints, mode="clip")] = 11.0 if encoding == "euc-kr" else 12.5
    return bits


@cache
def _common(encoding: str) -> NDArray[np.bool_]:
    """Mark the hangul of KS X 1001, rows 16 to 40, or the kanji of JIS X 0208 level 1, rows 16 to 47."""
    last, name = (0xC9, "euc_kr") if encoding == "euc-kr" else (0xD0, "euc_jp")
    codes = [bytes([row, cell]) for row in range(0xB0, last) for cell in range(0xA1, 0xFF)]
    marks = np.zeros(_TABLE_SIZE, dtype=bool)
    marks[encode_codepoints(b"".join(codes).decode(name, "ignore"))] = True
    return marks


def single_byte_bits(data: bytes) -> float:
    """Give the cost of the bytes where those from 80 up are letters of some unknown alphabet.

    An adaptive code (Krichevsky and Trofimov 1981) over 128 symbols: an alphabet of thirty letters costs five
    bits each, the evenly spread bytes of a double-byte encoding nearly seven.
    """
    raw = np.frombuffer(data, dtype=np.uint8)
    counts = np.bincount(raw, minlength=256)
    repeated = int(((raw[1:] == raw[:-1]) & (raw[1:] < 0x80)).sum())
    controls = int(counts[:0x20].sum() - counts[list(_TEXT_CONTROLS)].sum())
    total = int(counts[128:].sum())
    seen = counts[128:][counts[128:] > 0].tolist()
    nats = math.lgamma(total + 64) - math.lgamma(64)
    nats -= sum(math.lgamma(count + 0.5) - math.lgamma(0.5) for count in seen)
    unusual = int(counts[0x80:0xA0].sum() - counts[list(_QUOTES)].sum())
    ascii_bits = ASCII_BITS * (len(data) - total - controls - repeated) + _REPEATED_BITS / 2 * repeated
    letters = max(nats / math.log(2), _LETTER_BITS * total)
    return letters + ascii_bits + _CONTROL_BITS * controls + _C1_BITS * unusual
