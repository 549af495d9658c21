"""A garbler: makes each kind of damage from clean text, with the truth known.

Readers here behave as real ones do, and are written apart from the library's own tables, so that a mistake
there does not hide itself.  ``benchmarks/mojibake.py`` measures repairs on what this makes, and the tests
draw from it as a Hypothesis strategy (``damaged_texts``).
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LOST = "?"


@dataclass(frozen=True)
class Damaged:
    """A damaged text, what it was, and whether every byte of it is still there.

    ``place`` is where the damage stands in ``text``; ``truth`` is the whole text as it was.
    """

    kind: str
    text: str
    truth: str
    place: tuple[int, int]
    complete: bool


def is_hanzi(character: str) -> bool:
    """Say whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff"


def width_folded(text: str) -> str:
    """Give a text in half width, as the scorers compare it."""
    return unicodedata.normalize("NFKC", text)


# -- byte slips -----------------------------------------------------------------------------------------


def _pair(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return text if len(text) == 1 else None


def read_pairs(data: bytes, codec: str) -> tuple[str, bool]:
    """Read bytes by pairs as a lenient reader does; say whether it met a byte that made no pair."""
    out, lossy, at = [], False, 0
    while at < len(data):
        if data[at] < 0x80:
            out.append(chr(data[at]))
            at += 1
            continue
        character = _pair(data[at : at + 2], codec) if len(data) - at > 1 else None
        if character is None:
            out.append(LOST)
            lossy = True
            at += 1
        else:
            out.append(character)
            at += 2
    return "".join(out), lossy


def slip(text: str, at: int, codec: str, second_loss: int | None = None) -> Damaged | None:
    """Lose the lead byte of the character at ``at``; ``None`` where it has none or the slip does not end.

    With ``second_loss`` the trail byte of the so-manieth character behind it is lost too, and ends the slip.
    """
    encoded: list[bytes] = []
    for character in text[at:]:
        try:
            data = character.encode(codec)
        except UnicodeEncodeError:
            return None
        if len(data) > 2:
            return None
        encoded.append(data)
    if len(encoded[0]) != 2:
        return None
    for end in range(1, len(encoded)):
        parts = [encoded[0][1:], *encoded[1:end]]
        if end == second_loss and len(encoded[end]) == 2:
            late, lossy = read_pairs(b"".join([*parts, encoded[end][:1]]), codec)
            if lossy:
                return None
            rest = LOST + text[at + end + 1 :]
            return _slipped(text, at, late, rest, complete=False)
        if len(encoded[end]) == 1:
            # An ASCII byte: either it completes a pair, or it leaves a lone lead byte behind.
            late, lossy = read_pairs(b"".join([*parts, encoded[end]]), codec)
            return _slipped(text, at, late, text[at + end + 1 :], complete=not lossy)
        late, lossy = read_pairs(b"".join(parts), codec)
        if late and ord(late[-1]) < 0x80 and not lossy:
            return _slipped(text, at, late, text[at + end :], complete=True)
    return None


def _slipped(text: str, at: int, late: str, rest: str, *, complete: bool) -> Damaged:
    damaged = text[:at] + LOST + late + rest
    end = at + 1 + len(late) + (not complete and rest.startswith(LOST))
    return Damaged("slip", damaged, text, (at, end), complete)


NARROW = {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def narrowed(damage: Damaged) -> Damaged:
    """Narrow a damaged text and its truth, as a later converter did to many pages."""
    return Damaged(
        damage.kind, damage.text.translate(NARROW), damage.truth.translate(NARROW), damage.place, damage.complete
    )


# -- layers ---------------------------------------------------------------------------------------------

LATIN_HOLES = {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def read_windows_1252(data: bytes) -> str:
    """Read bytes as browsers read Windows-1252: the five open places become control characters."""
    return "".join(chr(byte) if byte in LATIN_HOLES else bytes([byte]).decode("cp1252") for byte in data)


def read_cp936(data: bytes) -> str | None:
    """Read bytes as Windows code page 936, where byte 80 is the euro sign; ``None`` where a byte is lost."""
    out, at = [], 0
    while at < len(data):
        if data[at] == 0x80:
            out.append("€")
        elif data[at] < 0x80:
            out.append(chr(data[at]))
        else:
            character = _pair(data[at : at + 2], "gb18030") if len(data) - at > 1 else None
            if character is None:
                return None
            out.append(character)
            at += 1
        at += 1
    return "".join(out)


def read_cp950(data: bytes) -> str | None:
    """Read bytes as Windows code page 950, where open pairs are private-use characters."""
    out, at = [], 0
    while at < len(data):
        if data[at] < 0x80:
            out.append(chr(data[at]))
            at += 1
            continue
        if len(data) - at < 2:
            return None
        character = _pair(data[at : at + 2], "cp950") or _user_defined(data[at], data[at + 1])
        if character is None:
            return None
        out.append(character)
        at += 2
    return "".join(out)


# Rows of code page 950's end-user characters: first and last lead byte, and the first row's character.
USER_ROWS = ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8))


def _user_defined(lead: int, trail: int) -> str | None:
    if not (0x40 <= trail <= 0x7E or 0xA1 <= trail <= 0xFE):
        return None
    column = trail - (0x40 if trail < 0x80 else 0x62)
    for first, last, point in USER_ROWS:
        if first <= lead <= last:
            return chr(point + (lead - first) * 157 + column)
    if (0xC6, 0xA1) <= (lead, trail) <= (0xC8, 0xFE):
        return chr(0xF6B1 + (lead - 0xC6) * 157 + column - 63)
    return None


def _strict(codec: str) -> Callable[[bytes], str | None]:
    def read(data: bytes) -> str | None:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            return None

    return read


READERS: dict[str, Callable[[bytes], str | None]] = {
    "cp936": read_cp936,
    "latin-1": _strict("latin-1"),
    "cp1252": read_windows_1252,
    "big5": read_cp950,
    "big5hkscs": _strict("big5hkscs"),
}


def _sloppy(codec: str) -> Callable[[bytes], str | None]:
    """Read single bytes; those that a set leaves open become control characters, as browsers have it."""
    return lambda data: "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in data)


SINGLE_BYTE_READERS = (
    *("mac_roman", "cp437", "cp850", "koi8_r", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257"),
    *("iso8859_2", "iso8859_15"),
)
READERS |= {codec: _sloppy(codec) for codec in SINGLE_BYTE_READERS}

# What was read as what: (true encoding, reader).
LAYERS: tuple[tuple[str, str], ...] = (
    ("utf-8", "cp936"),
    ("utf-8", "latin-1"),
    ("utf-8", "cp1252"),
    ("utf-8", "big5"),
    ("gbk", "latin-1"),
    ("gbk", "cp1252"),
    ("gbk", "big5"),
    ("big5", "cp936"),
    ("big5", "latin-1"),
    ("big5", "cp1252"),
    ("gbk", "big5hkscs"),  # as browsers read Big5
)


# UTF-8 read as a single-byte set other than Latin-1 and Windows-1252.
SINGLE_BYTE_LAYERS = tuple(("utf-8", codec) for codec in SINGLE_BYTE_READERS)


def misread(text: str, layer: tuple[str, str]) -> str | None:
    """Read a text's bytes by the wrong reader; ``None`` where a byte would be lost or nothing changes."""
    encoding, reader = layer
    try:
        data = text.encode("cp950" if encoding == "big5" else encoding)
    except UnicodeEncodeError:
        return None
    wrong = READERS[reader](data)
    return None if wrong == text else wrong


def layered(text: str, span: tuple[int, int], *layers: tuple[str, str]) -> Damaged | None:
    """Misread a span of a text, by one layer or by several, the first one first."""
    run: str | None = text[span[0] : span[1]]
    for layer in layers:
        run = misread(run, layer) if run is not None else None
    if run is None:
        return None
    kind = "+".join(f"{encoding}-as-{reader}" for encoding, reader in layers)
    place = (span[0], span[0] + len(run))
    return Damaged(kind, text[: span[0]] + run + text[span[1] :], text, place, complete=True)


# Readers that put U+FFFD where they cannot make a character: (true encoding, reader).
LOSSY_LAYERS: tuple[tuple[str, str], ...] = (
    ("utf-8", "gb18030"),
    ("utf-8", "cp1252"),
    ("gbk", "cp1252"),
    ("gbk", "big5"),
    ("gbk", "big5hkscs"),
    ("big5", "gbk"),
    ("big5", "cp1252"),
)


def holed(text: str, span: tuple[int, int], layer: tuple[str, str]) -> Damaged | None:
    """Misread a span of a text with U+FFFD for what the reader cannot read; ``None`` where nothing is lost."""
    encoding, reader = layer
    try:
        run = text[span[0] : span[1]].encode("cp950" if encoding == "big5" else encoding).decode(reader, "replace")
    except UnicodeEncodeError:
        return None
    if "\ufffd" not in run:
        return None
    damaged = text[: span[0]] + run + text[span[1] :]
    return Damaged(f"{encoding}-as-{reader}", damaged, text, (span[0], span[0] + len(run)), complete=False)


# -- converter's pinyin ---------------------------------------------------------------------------------


def annotated(text: str, readings: dict[str, str], style: Callable[[str], str]) -> tuple[str, int]:
    """Write readings behind all characters that ``readings`` has; give the text and how many were written."""
    out, count = [], 0
    for character in text:
        out.append(character)
        if character in readings:
            out.append(style(readings[character]))
            count += 1
    return "".join(out), count


PINYIN_STYLES: tuple[Callable[[str], str], ...] = (
    lambda reading: f"({reading})",
    lambda reading: f"（{reading}）",
    lambda reading: f"({reading} )",
    lambda reading: f"({_toneless(reading)})",
)


def _toneless(reading: str) -> str:
    decomposed = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c == "\u0308" or not unicodedata.combining(c)))


# -- sampling -------------------------------------------------------------------------------------------


def slips_of(text: str, rng: random.Random, codec: str, leads: tuple[int, ...] = (0xA1, 0xA3)) -> Iterator[Damaged]:
    """Give slips at the marks of a text: as they end by themselves, or ended by a second loss."""
    for at, character in enumerate(text[:-1]):
        try:
            data = character.encode(codec)
        except UnicodeEncodeError:
            continue
        if len(data) != 2 or data[0] not in leads:
            continue
        second = rng.choice((None, rng.randint(1, 12)))
        damage = slip(text, at, codec, second)
        if damage:
            yield damage
