"""The code tables against the standards' other implementations, and the labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.encoding import encoding_of_label, standardize_private_use
from cleancorpus.encoding.codec import byte_length, read, read_strict, write
from cleancorpus.encoding.labels import declared_in
from cleancorpus.encoding.tables import FIRST_PAIR, UNASSIGNED, big5_table, euc_tw_planes
from cleancorpus.text import decode_codepoints

# Big5 codes that CPython's codec reads in the way of 1993; docs/encoding.md says what stands here instead.
MODERN = {0xA145, 0xA14E, 0xA1C2, 0xA1E3, 0xA1F2, 0xA1F3, 0xA244, 0xA246, 0xA247}


def test_big5_agrees_with_cpython_but_for_the_codes_named() -> None:
    differing = set()
    for code in np.flatnonzero(big5_table() != UNASSIGNED).tolist():
        try:
            text = code.to_bytes(2, "big").decode("big5hkscs")
        except UnicodeDecodeError:
            continue  # HKSCS-2008 and the ETEN signs, which it does not have
        if big5_table()[code] < FIRST_PAIR and text != chr(big5_table()[code]):
            differing.add(code)
    assert differing == MODERN


def test_both_ways_to_read_big5_agree() -> None:
    assigned = np.flatnonzero(big5_table() != UNASSIGNED).tolist()
    data = b"".join(code.to_bytes(2, "big") + b"\n" for code in assigned)
    table = decode_codepoints(read(data, "big5").codepoints).split("\n")
    for code, text in zip(assigned, table, strict=False):
        assert read_strict(code.to_bytes(2, "big"), "big5") in (text, None), hex(code)


def test_gb18030_reads_every_code_as_cpython_does() -> None:
    text = "".join(map(chr, [*range(0x20), *range(0x80, 0xD800), *range(0xE000, 0x10000), *range(0x1FF00, 0x20100)]))
    data = text.encode("gb18030")
    assert decode_codepoints(read(data, "gb18030").codepoints) == text
    assert byte_length(text, "gb18030") == len(data)


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_text_tells_how_many_bytes_it_was_read_from(encoding: str) -> None:
    codes = [bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))]
    texts = {code: text for code in codes if (text := read_strict(code, encoding)) is not None}
    assert len(texts) > 13_000
    assert all(byte_length(text, encoding) == 2 for text in texts.values())
    whole = "a\n" + "".join(texts.values())
    assert byte_length(whole, encoding) == 2 + 2 * len(texts)
    assert byte_length("\ufffd" + whole + "\ufffd", encoding, 2) == 4 + 2 * len(texts)


# Codes that GBK has, codes that only GB 18030 has, and bytes that are no code.
GB_PIECES = [b"\n", b"\xb0\xa1", b"\x81\x40", b"\x81\x30\x81\x30", b"\x90\x30\x81\x30", b"\xaa\xa1", b"\x80", b"\xc8"]


@given(st.lists(st.sampled_from(GB_PIECES), max_size=12).map(b"".join))
def test_sound_gb18030_is_read_as_cpython_does(data: bytes) -> None:
    try:
        expected = data.decode("gb18030")
    except UnicodeDecodeError:
        expected = None
    assert read_strict(data, "gb18030") == expected


@pytest.mark.parametrize("encoding", ["big5", "euc-tw"])
def test_what_is_written_is_read_again(encoding: str) -> None:
    planes = big5_table()[np.newaxis] if encoding == "big5" else euc_tw_planes()
    known = planes[(planes != UNASSIGNED) & (planes < FIRST_PAIR)]
    text = decode_codepoints(np.unique(known).astype(np.uint32))
    data = write(text, encoding)
    assert data is not None
    assert decode_codepoints(read(data, encoding).codepoints) == text


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("GB2312", "gb18030"),
        ("gbk", "gb18030"),
        (" Big5-HKSCS ", "big5"),
        ("x-x-big5", "big5"),
        ("utf8", "utf-8"),
        ("ISO-8859-1", "windows-1252"),
        ("hz-gb-2312", "hz-gb-2312"),
        ("EUC-TW", "euc-tw"),
        ("latin-klingon", None),
    ],
)
def test_labels_are_those_of_the_encoding_standard(label: str, encoding: str | None) -> None:
    assert encoding_of_label(label) == encoding


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b'<html><meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb2312"),
        (b"<meta charset='big5'>", "big5"),
        (b'<?xml version="1.0" encoding="GBK"?>', "GBK"),
        (b"<p>no declaration</p>", None),
        (b" " * 2000 + b"charset=gbk", None),
    ],
)
def test_the_label_in_a_page_is_found_at_its_head(head: bytes, label: str | None) -> None:
    assert declared_in(head) == label


def test_private_use_is_standardised_for_its_origin_only() -> None:
    assert standardize_private_use("a\ue816\ue78d字", "gb18030") == ("a\U00020087︐字", 2)
    assert standardize_private_use("\ue000", "big5") == ("\U00020547", 1)
    assert standardize_private_use("\ue000", "gb18030") == ("\ue000", 0)
