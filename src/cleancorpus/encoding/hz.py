"""HZ (RFC 1843): GB 2312 in seven bits between ``~{`` and ``~}``."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import doublebyte
from cleancorpus.encoding.doublebyte import REPLACEMENT, Decoded

_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_LOW = bytes(byte & 0x7F for byte in range(256))
_BLANK = bytes(byte if byte < 0x80 else 0x20 for byte in range(256))
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
    plain = bytearray()  # the text in GB 18030, with a blank for each undecodable byte
    origins: list[NDArray[np.int64]] = []
    bad: list[int] = []
    place = 0
    inside = _begins_inside(data)
    if inside and data.index(b"~}") % 2:
        bad.append(0)
        plain += b" "
        origins.append(np.zeros(1, dtype=np.int64))
        place = 1
    while place < len(data):
        token = (_GB_TOKEN if inside else _PLAIN_TOKEN).match(data, place)
        assert token is not None
        found = token.group()
        if found in (b"~{", b"~}"):
            inside, found = found == b"~{", b""
        elif found == b"~~" and not inside:
            found = b"~"
        elif found == b"~\n" and not inside:
            found = b""
        elif inside and len(found) > 1:
            found = found.translate(_HIGH)
        elif inside and found > b" ":
            bad.append(len(plain))
            found = b" "
        elif not found.isascii():
            bad += [len(plain) + at for at, byte in enumerate(found) if byte >= 0x80]
            found = found.translate(_BLANK)
        inside = inside and found != b"\n"
        plain += found
        origins.append(np.arange(place, place + len(found)))
        place = token.end()
    return _with_origins(bytes(plain), np.concatenate(origins) if origins else np.zeros(0, dtype=np.int64), bad)


def _with_origins(plain: bytes, origins: NDArray[np.int64], bad: list[int]) -> Decoded:
    """Decode the GB 18030 that HZ was rewritten to, with the places that its bytes came from."""
    decoded = doublebyte.decode(plain, "gb18030")
    broken = decoded.bad | np.isin(decoded.starts, np.array(bad, dtype=np.int64))
    codepoints = np.where(broken, np.uint32(REPLACEMENT), decoded.codepoints)
    return Decoded(codepoints, origins[decoded.starts], broken)


def encode_hz(text: str) -> bytes | None:
    """Encode HZ, every escape closed before the end of its line; ``None`` where a character has no code."""
    out = []
    for run in re.findall(r"[\x00-\x7f]+|[^\x00-\x7f]+", text):
        if run.isascii():
            out.append(run.replace("~", "~~").encode("ascii"))
            continue
        codes = run.encode("gb18030", "ignore")  # as it is read: the middle dot and the dash of today
        if len(codes) != 2 * len(run) or min(codes) < 0xA1 or max(codes[::2]) > 0xF7:
            return None
        out.append(b"~{" + codes.translate(_LOW) + b"~}")
    return b"".join(out)
