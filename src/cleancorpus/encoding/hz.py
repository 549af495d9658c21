"""HZ (RFC 1843): GB 2312 in seven bits between ``~{`` and ``~}``."""

from __future__ import annotations

import re

import numpy as np

from cleancorpus.encoding import doublebyte
from cleancorpus.encoding.doublebyte import REPLACEMENT, Decoded

_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_LOW = bytes(byte & 0x7F for byte in range(256))
_PLAIN_TOKEN = re.compile(rb"~[~{}\n]|[^~]+|~", flags=re.S)
_GB_TOKEN = re.compile(rb"~[{}]|\n|(?:[\x21-\x7d][\x21-\x7e])+|.", flags=re.S)
# Codes between both escapes, or behind the first where the text or the line was cut before the second.
_SIGNATURE = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){1,2000}+(?:~\}|[\x21-\x77]?(?:\n|\Z))")
_CUT_SIGNATURE = re.compile(rb"[^~\n]{1,4000}+~\}")


def looks_like_hz(data: bytes) -> bool:
    """Say whether ASCII bytes hold an escape with whole codes behind it, or begin inside of one."""
    return _SIGNATURE.search(data) is not None or _begins_inside(data)


def _begins_inside(data: bytes) -> bool:
    return _CUT_SIGNATURE.match(data) is not None


def decode_hz(data: bytes) -> Decoded:
    """Decode HZ, from the middle of an escape too; a line break ends an escape that was left open."""
    columns: list[Decoded] = []
    place = 0
    inside = _begins_inside(data)
    if inside and data.index(b"~}") % 2:
        columns.append(_piece([REPLACEMENT], 0, bad=True))
        place = 1
    while place < len(data):
        token = (_GB_TOKEN if inside else _PLAIN_TOKEN).match(data, place)
        assert token is not None
        found = token.group()
        if found in (b"~{", b"~}"):
            inside = found == b"~{"
        elif found == b"~~" and not inside:
            columns.append(_piece([0x7E], place))
        elif found == b"~\n" and not inside:
            pass
        elif inside and len(found) > 1:
            columns.append(_codes(found, place))
        else:
            columns.append(_piece(list(found), place, bad=inside and found > b" "))
            inside = inside and found != b"\n"
        place = token.end()
    if not columns:
        return doublebyte.decode(b"", "gb18030")
    return Decoded(
        np.concatenate([column.codepoints for column in columns]),
        np.concatenate([column.starts for column in columns]),
        np.concatenate([column.bad for column in columns]),
    )


def _codes(found: bytes, place: int) -> Decoded:
    decoded = doublebyte.decode(found.translate(_HIGH), "gb18030")
    return Decoded(decoded.codepoints, decoded.starts + place, decoded.bad)


def _piece(values: list[int], place: int, bad: bool = False) -> Decoded:
    count = len(values)
    codepoints = np.array(values, dtype=np.uint32)
    broken = np.full(count, bad) | (codepoints >= 0x80)
    codepoints[broken] = REPLACEMENT
    return Decoded(codepoints, np.arange(place, place + count, dtype=np.int64), broken)


def encode_hz(text: str) -> bytes | None:
    """Encode HZ, every escape closed before the end of its line; ``None`` where a character has no code."""
    out = []
    for run in re.findall(r"[\x00-\x7f]+|[^\x00-\x7f]+", text):
        if run.isascii():
            out.append(run.replace("~", "~~").encode("ascii"))
            continue
        try:
            codes = run.encode("gb2312")
        except UnicodeEncodeError:
            return None
        out.append(b"~{" + codes.translate(_LOW) + b"~}")
    return b"".join(out)
