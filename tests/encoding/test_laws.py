"""The laws of decoding, over arbitrary bytes and over text in every encoding."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.encoding import Decoding, decode, decode_many
from cleancorpus.encoding.codec import write

from .prose import HANS, HANT

ENCODINGS = (
    "utf-8",
    "gb18030",
    "big5",
    "euc-tw",
    "hz-gb-2312",
    "utf-16le",
    "utf-16be",
    "utf-32le",
    "utf-32be",
)
FRAGMENTS = st.sampled_from(
    [b"\xb0\xa1", b"\xd6\xd0", b"\xce\xc4", b"\xe4\xb8\xad", b"\xe6\x96\x87", b"\xa4\xa4\xa4\xe5", b"\xa2\x41",
     b"\xa1\xfe", b"\x88\x62", b"\x8e\xa2\xa1\xa1", b"\x81\x30\x81\x30", b"~{VPND~}", b"~{", b"~}", b"~\n", b"\xff\xfe",
     b"\xef\xbb\xbf", b"\x80", b"\x00", b"\n", b"<p>", b"a", b" "]
)  # fmt: skip
MIXTURES = st.lists(FRAGMENTS | st.binary(max_size=6), max_size=40).map(b"".join)
# Prose in two encodings, long enough for the quick verdict, with rubbish inside.
PROSE = st.sampled_from(HANS).map(lambda text: text.encode("gb18030")) | st.sampled_from(HANT).map(
    lambda text: text.encode("big5")
)
DOCUMENTS = st.lists(PROSE | FRAGMENTS | st.binary(max_size=3), max_size=8).map(b"".join)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=40)


def assert_bytes_come_back(data: bytes) -> None:
    decoding = decode(data, binary="keep")
    assert decoding.raw() == data
    record = json.loads(json.dumps(decoding.to_dict()))
    assert Decoding.from_dict(record) == decoding
    assert Decoding.from_dict(record).raw() == data
    bare = json.loads(json.dumps(decoding.to_dict(text=False)))
    assert "text" not in bare
    assert Decoding.from_dict(bare, text=decoding.text).raw() == data


@given(st.binary(max_size=400))
def test_arbitrary_bytes_come_back(data: bytes) -> None:
    assert_bytes_come_back(data)


@given(MIXTURES)
def test_mixtures_and_broken_codes_come_back(data: bytes) -> None:
    assert_bytes_come_back(data)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=HAN, tail=st.binary(max_size=4))
def test_text_in_every_encoding_comes_back_with_rubbish_behind_it(encoding: str, text: str, tail: bytes) -> None:
    written = [write(character, encoding) for character in text]
    assert_bytes_come_back(b"".join(code for code in written if code) + tail)


@given(st.lists(DOCUMENTS, max_size=6), st.sampled_from([None, "gbk", "big5"]))
def test_a_batch_decodes_as_each_of_its_buffers_does(buffers: list[bytes], declared: str | None) -> None:
    alone = [decode(data, declared, binary="keep") for data in buffers]
    assert decode_many(buffers, declared, binary="keep") == alone


@given(MIXTURES)
def test_segments_cover_the_bytes_and_each_gap_is_one_replacement(data: bytes) -> None:
    decoding = decode(data, binary="keep")
    bounds = [(segment.start, segment.end) for segment in decoding.segments]
    assert bounds[0][0] == len(decoding.bom)
    assert bounds[-1][1] == len(data)
    assert all(before[1] == behind[0] for before, behind in pairwise(bounds))
    assert all(decoding.text[gap.position] == "\ufffd" and gap.start < gap.end for gap in decoding.undecodable)
