"""Names for the encodings of other languages; charset-normalizer knows those."""

from __future__ import annotations

from cleancorpus.encoding.labels import encoding_of_label

_SAMPLE = 4096
# The legacy encodings of the Encoding Standard that this library does not weigh itself, and KS X 1001's other form.
_KNOWN = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp866", "cp874",
    "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_10",
    "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16", "koi8_r", "koi8_u", "mac_cyrillic", "mac_roman",
    "tis_620", "johab",
]  # fmt: skip
_STANDARD_NAMES = {"cp874": "windows-874", "mac_cyrillic": "x-mac-cyrillic", "mac_roman": "macintosh"}
_FALLBACK = "windows-1252"


# The escapes of the seven-bit encodings of RFC 1468 and RFC 1557.
_SHIFTS = ((b"\x1b$B", "iso-2022-jp"), (b"\x1b$@", "iso-2022-jp"), (b"\x1b$)C", "iso-2022-kr"))


def shifted_encoding(data: bytes) -> str | None:
    """Name the seven-bit Japanese or Korean encoding whose escapes stand in ASCII data, if any."""
    for escape, name in _SHIFTS:
        if escape in data:
            return name
    return None


def name_encoding(data: bytes) -> str:
    """Name the single-byte encoding of the data from a sample; the Encoding Standard's default where none fits."""
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    best = from_bytes(data[:_SAMPLE], cp_isolation=_KNOWN, enable_fallback=False).best()
    if best is None:
        return _FALLBACK
    return _STANDARD_NAMES.get(best.encoding) or encoding_of_label(best.encoding.replace("_", "-")) or best.encoding
