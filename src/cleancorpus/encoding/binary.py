"""Bytes that are no text: known by their signature, or by control characters that no text holds."""

from __future__ import annotations

from cleancorpus.errors import DecodeError

# Signatures from the formats' own specifications, with what to do instead.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image", "read its text with OCR first"),
    (b"\xff\xd8\xff", "a JPEG image", "read its text with OCR first"),
    (b"GIF8", "a GIF image", "read its text with OCR first"),
    (b"PK\x03\x04", "a ZIP archive (or a DOCX, XLSX or EPUB)", "unpack it, or export its text"),
    (b"\x1f\x8b\x08", "gzip data", "decompress it first"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data", "decompress it first"),
    (b"BZh", "bzip2 data", "decompress it first"),
    (b"\xfd7zXZ\x00", "xz data", "decompress it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it first"),
    (b"%PDF-1.", "a PDF document", "extract its text first"),
    (b"%PDF-2.", "a PDF document", "extract its text first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "export its text first"),
    (b"\x7fELF", "an ELF program", "leave it out"),
    (b"MZ\x90\x00", "a Windows program", "leave it out"),
    (b"SQLite format 3\x00", "an SQLite database", "export its text first"),
    (b"PAR1", "a Parquet file", "read it with the Parquet reader"),
    (b"\x00\x01\x00\x00\x00", "a TrueType font", "leave it out"),
    (b"OggS", "an Ogg file", "leave it out"),
    (b"ID3", "an MP3 file", "leave it out"),
)
_HEAD = 1024
_TEXT_CONTROLS = b"\t\n\x0b\x0c\r\x1a\x1b"
CONTROLS = bytes(byte for byte in range(0x20) if byte not in _TEXT_CONTROLS) + b"\x7f"

# Random bytes hold 11 % of these, programs and databases more; of 185 real text files none holds 1 %.
_CONTROL_SHARE = 0.05
# In fewer characters than this a handful of odd ones would decide: more than half of them must be odd, and two.
_SHORT, _SHORT_SHARE = 256, 0.5


def signature(data: bytes) -> tuple[str, str] | None:
    """Give what kind of file the first bytes announce, and what to do with it, if that is none of text."""
    for mark, kind, advice in _SIGNATURES:
        # A mark of ASCII letters and figures may be the first word of a text.
        if data.startswith(mark) and (not mark.isalnum() or holds_controls(data)):
            return kind, advice
    return None


def holds_controls(data: bytes) -> bool:
    """Say whether there are control characters at the head of the data that text has none of."""
    return _controls(data[:_HEAD]) > 0


def refuse_signature(data: bytes) -> None:
    """Raise ``DecodeError`` where the first bytes announce a format that is no text."""
    found = signature(data)
    if found is not None:
        kind, advice = found
        raise DecodeError(f"this is {kind}, not text; {advice}")


def refuse_controls(sample: str) -> None:
    """Raise ``DecodeError`` where a sample, read in the best encoding, is full of control characters.

    In a short sample what is undecodable counts as well, if all else is ASCII.
    """
    count = _controls(sample.encode("ascii", "ignore"))
    least = _CONTROL_SHARE * len(sample)
    if len(sample) < _SHORT:
        rest = sample.replace("\ufffd", "")
        count += len(sample) - len(rest) if rest.isascii() else 0
        least = max(1, _SHORT_SHARE * len(sample))
    if count > least:
        share = round(100 * count / len(sample))
        raise DecodeError(
            f"this is binary data, not text: {share} % of a sample are control characters in every encoding; "
            "leave it out, or extract its text with the program that made it"
        )


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, CONTROLS))
