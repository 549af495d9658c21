"""Sound and damaged text decodes to what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.encoding import Decoding, decode, decode_many, detect
from cleancorpus.encoding.codec import write
from cleancorpus.encoding.evidence import pair_bits
from cleancorpus.encoding.reader import _GROUP_BYTES
from cleancorpus.encoding.resync import HALVES, out_of_step, runs_in
from cleancorpus.encoding.tables import gb18030_table
from cleancorpus.errors import DecodeError, RecordError

from .prose import HANS, HANT, passages

SOUND = [
    ("utf-8", HANS), ("utf-8", HANT), ("gb18030", HANS), ("gb18030", HANT), ("big5", HANT), ("euc-tw", HANT),
    ("hz-gb-2312", HANS), ("utf-16le", HANS), ("utf-16be", HANT), ("utf-32le", HANS), ("utf-32be", HANT),
]  # fmt: skip
MARKS = {
    "utf-8": b"\xef\xbb\xbf",
    "utf-16le": b"\xff\xfe",
    "utf-16be": b"\xfe\xff",
    "utf-32le": b"\xff\xfe\0\0",
    "utf-32be": b"\0\0\xfe\xff",
    "gb18030": b"\x84\x31\x95\x33",
}


def encoded(text: str, encoding: str) -> bytes:
    data = write(text, encoding)
    assert data is not None
    return data


@pytest.mark.parametrize(("encoding", "sentences"), SOUND)
@given(draw=st.data())
def test_text_in_every_encoding_decodes_to_itself(
    encoding: str, sentences: tuple[str, ...], draw: st.DataObject
) -> None:
    text = draw.draw(passages(sentences))
    found = decode(encoded(text, encoding))
    assert (found.text, found.encoding, found.undecodable) == (text, encoding, ())
    assert detect(encoded(text, encoding))[0].encoding == encoding


@given(st.lists(st.integers(0xB0A1, 0xF7FE), min_size=300, max_size=400))
def test_a_list_of_rare_characters_decodes_to_itself(codes: list[int]) -> None:
    assigned = [code for code in codes if code & 0xFF >= 0xA1 and chr(gb18030_table()[code]) > "\u4dff"][:120]
    data = b"".join(code.to_bytes(2, "big") for code in assigned if 0x4E00 <= gb18030_table()[code] < 0xA000)
    if len(data) >= 160:
        assert decode(data).text == data.decode("gb18030")


@pytest.mark.parametrize("encoding", sorted(MARKS))
def test_a_byte_order_mark_is_believed_and_kept_apart(encoding: str) -> None:
    found = decode(MARKS[encoding] + encoded("短", encoding))
    assert (found.text, found.encoding, found.bom) == ("短", encoding, MARKS[encoding])
    assert Decoding.from_dict(found.to_dict()).raw() == MARKS[encoding] + encoded("短", encoding)


@pytest.mark.parametrize(("encoding", "sentences"), [("gb18030", HANS), ("gb18030", HANT), ("big5", HANT)])
@pytest.mark.parametrize("sentence", range(len(HANS)))
def test_a_slice_that_begins_inside_a_character(encoding: str, sentences: tuple[str, ...], sentence: int) -> None:
    text = sentences[sentence] + sentences[sentence - 1]
    data = encoded(text, encoding)[1:]
    found = decode(data)
    assert found.encoding == encoding
    torn = "" if data[0] < 0x80 else "\ufffd"  # an ASCII second half looks like the letter that it is
    assert found.text == (torn or chr(data[0])) + text[1:]
    assert [gap[:2] for gap in found.undecodable] == ([(0, 1)] if torn else [])


@pytest.mark.parametrize("missing", [1, 2])
def test_a_cut_slice_of_utf8(missing: int) -> None:
    text = "".join(HANS)
    found = decode(encoded(text, "utf-8")[missing:-missing])
    assert found.encoding == "utf-8"
    assert found.text.strip("\ufffd") == text[1:-1]


@pytest.mark.parametrize("place", [5, 41, 70, 103])
@pytest.mark.parametrize(("encoding", "sentences"), [("gb18030", HANS), ("big5", HANT)])
def test_a_byte_that_slipped_in_spoils_one_place(encoding: str, sentences: tuple[str, ...], place: int) -> None:
    text = "\n".join(sentences)
    offset = len(encoded(text[:place], encoding))
    data = encoded(text, encoding)
    found = decode(data[:offset] + b"\xe5" + data[offset:])
    assert found.encoding == encoding
    assert found.text.startswith(text[: place - 2])
    assert found.text.endswith(text[place + 2 :])
    assert abs(len(found.text) - len(text)) <= 4


@pytest.mark.parametrize("place", [5, 41, 70, 103])
@pytest.mark.parametrize("half", [0, 1])
def test_a_lost_byte_spoils_one_place(place: int, half: int) -> None:
    text = "\n".join(HANS)
    offset = len(encoded(text[:place], "gb18030")) + half
    data = encoded(text, "gb18030")
    found = decode(data[:offset] + data[offset + 1 :])
    assert found.encoding == "gb18030"
    assert found.text.startswith(text[: place - 2])
    assert found.text.endswith(text[place + 3 :])
    assert found.raw() == data[:offset] + data[offset + 1 :]


def places_before_halves(text: str, encoding: str) -> list[int]:
    """Give the places four characters before one whose second byte is ASCII that ends a run of bytes from 80 up."""
    codes = [encoded(character, encoding) for character in text]
    return [
        place
        for place in range(3, len(codes) - 4)
        if codes[place + 4][-1] in HALVES
        and all(len(code) == 2 and code[1] >= 0x80 for code in codes[place : place + 4])
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_lost_byte_is_noticed_where_its_damage_ends_in_a_letter(encoding: str) -> None:
    text = "\n".join(HANT)
    places = places_before_halves(text, encoding)
    assert places
    for place in places:
        head = encoded(text[:place], encoding)
        found = decode(head + encoded(text[place:], encoding)[1:])
        assert found.text.startswith(text[: place - 2])
        assert found.text.endswith(text[place + 3 :])


@pytest.mark.parametrize(
    "line",
    [
        "维生素C片",
        "X光显示跖骨没有断",
        "蝾螈A组、蟾蜍B组和蜥蜴C组分开饲养",
        "腓骨D\n胫骨E\n髌骨F",
        "变量为α_β",
        "见[渲染函数](render.html)和[插槽]",
    ],
)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_letter_that_stands_alone_stays(line: str, encoding: str) -> None:
    text = "\n".join([*HANS, line, *HANS])
    assert decode(encoded(text, encoding)).text == text


@pytest.mark.parametrize("place", [0, 1, 9, 20])
@pytest.mark.parametrize(
    "before", ["骡、駃騠和驴骡都是家养的牲口，", "Здравствуйте, ", "これはテストです，", "见[渲染函数](render.html)，"]
)
def test_a_lost_byte_is_noticed_behind_what_is_only_rare(before: str, place: int) -> None:
    start = "\n".join([*HANS, before + HANS[1][:place]])
    rest = HANS[1][place:] + "\n" + "\n".join(HANS)
    found = decode(encoded(start, "gb18030") + encoded(rest, "gb18030")[1:])
    assert found.text.startswith(start[:-2])
    assert found.text.endswith(rest[3:])


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_slice_whose_first_run_ends_in_a_letter(encoding: str) -> None:
    text = "".join(HANT)
    heads = [(encoded(text[place - 1], encoding)[1:], place) for place in range(1, len(text) - 12)]
    slices = [(head + encoded(text[place:], encoding), text[place:]) for head, place in heads if head >= b"\x80"]
    torn = [(data, rest) for data, rest in slices if len(data) > 2 and data[1] >= 0x80 and data[2] in HALVES]
    assert torn
    for data, rest in torn:
        assert decode(data).text == "\ufffd" + rest


@pytest.mark.parametrize("mark", ["?", "?;"])
def test_a_text_out_of_step_behind_a_question_mark_is_left_to_the_repair(mark: str) -> None:
    text = f"今天要高度重視{mark}" + HANT[1].encode("gbk")[1:].decode("gbk", "ignore")
    assert decode(text.encode("gb18030")).text == text


def test_a_long_text_in_hz_is_no_plain_ascii() -> None:
    text = "\n".join(HANS * 40)
    assert decode(encoded(text, "hz-gb-2312")).text == text
    assert decode(b"~ letters and more letters\n" * 400).encoding == "ascii"


@pytest.mark.parametrize("pair", [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("big5", "utf-8"), ("big5", "gb18030")])
def test_a_file_in_two_encodings(pair: tuple[str, str]) -> None:
    above, below = "\n".join(HANT) + "\n", "\n".join(HANS if pair[1] == "gb18030" else HANT)
    head = encoded(above, pair[0])
    found = decode(head + encoded(below, pair[1]))
    assert found.text == above + below
    assert [(part.encoding, part.start, part.position) for part in found.segments] == [
        (pair[0], 0, 0),
        (pair[1], len(head), len(above)),
    ]


# Each line is valid in the encoding around it, or nearly so, and what it says there is rare.
ISLANDS = [("gb18030", "utf-8"), ("gb18030", "big5"), ("big5", "utf-8"), ("big5", "gb18030"), ("utf-8", "gb18030")]


@pytest.mark.parametrize(("around", "inside"), ISLANDS)
@pytest.mark.parametrize("sentence", range(len(HANT)))
def test_one_line_in_another_encoding(around: str, inside: str, sentence: int) -> None:
    page = "\n".join(HANT * 2) + "\n"
    line = HANS[sentence] if inside == "gb18030" else HANT[sentence]
    data = encoded(page, around) + encoded(line, inside) + encoded("\n" + page, around)
    found = decode(data)
    assert found.text == page + line + "\n" + page
    assert [part.encoding for part in found.segments] == [around, inside, around]
    assert Decoding.from_dict(found.to_dict()).raw() == data


@pytest.mark.parametrize(
    "line",
    [
        "Здравствуйте, как у вас дела",
        "Привет",
        "Καλημέρα σας",
        "これはテストです。ありがとうございます",
        "①②③④⑤⑥⑦⑧⑨⑩",
        "饕餮魑魅魍魉",
        "āáǎàōóǒòēéěè",
        "┌─┬─┐│└┴┘",
    ],
)
def test_a_line_of_other_letters_stays_in_the_encoding_of_its_page(line: str) -> None:
    page = "\n".join(HANS * 2)
    data = f"{page}\n{line}\n{page}".encode("gb18030")
    found = decode(data)
    assert found.text == data.decode("gb18030")
    assert len(found.segments) == 1


def test_a_page_that_ends_inside_a_character_is_read_as_the_whole_one_is() -> None:
    page = "\n".join(HANS * 8)
    for encoding in ("gb18030", "utf-8"):
        found = decode(encoded(page, encoding)[:-1])
        assert found.text == page[:-1] + "\ufffd"
        assert (found.encoding, found.confidence) == (encoding, 0.999)
        assert [gap.position for gap in found.undecodable] == [len(page) - 1]


def test_a_declared_label_decides_only_where_the_bytes_do_not() -> None:
    data = encoded("".join(HANS), "gb18030")
    assert decode(data, declared="big5").encoding == "gb18030"
    assert decode(data, declared="no-such-label").encoding == "gb18030"
    two = b"\xa4\xa4\xa4\xe5"  # two characters of Big5, or two kana of GB 2312
    assert decode(two, declared="big5").encoding == "big5"
    assert decode(two, declared="gb2312").declared == "gb2312"


def test_many_buffers_give_what_each_gives() -> None:
    buffers = [encoded(text, encoding) for encoding, text in (("gb18030", HANS[0]), ("big5", HANT[1]), ("utf-8", ""))]
    assert decode_many(buffers) == [decode(data) for data in buffers]


@given(st.lists(st.integers(200, 1800), min_size=1, max_size=3, unique=True))
def test_utf8_that_lost_bytes_is_read_as_the_codec_replaces(places: list[int]) -> None:
    page = "\n".join([*HANS, *HANT] * 3).encode()
    data = bytes(byte for place, byte in enumerate(page) if place not in places)
    found = decode(data)
    assert found.encoding == "utf-8"
    assert found.text == data.decode("utf-8", "replace")
    assert [gap.position for gap in found.undecodable] == [at for at, one in enumerate(found.text) if one == "\ufffd"]
    assert b"".join(data[gap.start : gap.end] for gap in found.undecodable) == b"".join(
        piece.encode("utf-8", "surrogateescape")
        for piece in data.decode("utf-8", "surrogateescape")
        if "\udc80" <= piece <= "\udcff"
    )


@pytest.mark.parametrize("word", ["第三页", "图书馆门口", "昨天下午我们在"])
def test_a_faulty_line_keeps_a_word_in_another_encoding(word: str) -> None:
    line = "目录 ".encode("gb18030") + word.encode() + " 完".encode("gb18030")
    data = b"\n".join([*(text.encode("gb18030") for text in HANS), line, *(text.encode("gb18030") for text in HANS)])
    found = decode(data)
    assert found.encoding == "gb18030"
    assert word in found.text


@pytest.mark.parametrize("place", [3, 8, 40])
def test_a_run_out_of_step_is_told_where(place: int) -> None:
    text = "".join(HANS).translate({ord(sign): None for sign in "：“”"})[:60].encode("gb18030")
    lost = text[: 2 * place] + text[2 * place + 1 :]
    runs = [run for _, run in runs_in(text + b"\n" + lost + b"\n")]
    (found,) = out_of_step(runs, pair_bits("gb18030"))
    assert found[0] == 1
    assert abs(found[1] - 2 * place) <= 2


def test_more_buffers_than_are_judged_together_give_what_each_gives() -> None:
    sound = [encoded("\n".join(text * 12), name) for name, text in (("gb18030", HANS), ("big5", HANT), ("utf-8", HANS))]
    damaged = [data[:1001] + data[1002:] for data in sound]
    mixed = [sound[0] + b"\n" + sound[2], sound[1] + b"\n" + sound[0]]
    buffers = [*sound, *damaged, *mixed, b"", b"ASCII"] * 16
    assert sum(map(len, buffers)) > 2 * _GROUP_BYTES
    assert decode_many(buffers) == [decode(data) for data in buffers]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a PNG image"),
        (b"PK\x03\x04\x14\x00\x00\x00" + bytes(40), "ZIP"),
        (b"\x1f\x8b\x08\x00" + bytes(40), "decompress"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00", "a PDF document"),
        (bytes(range(256)) * 8, "control characters"),
    ],
)
def test_binary_data_is_refused_with_a_reason_and_kept_on_request(data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode(data)
    kept = decode(data, binary="keep")
    assert (kept.encoding, kept.text, kept.raw()) == ("binary", "", data)
    assert Decoding.from_dict(kept.to_dict()).raw() == data


def test_a_text_about_png_is_no_png() -> None:
    assert decode("GIF89a 是一种图像格式的开头，PK 则是压缩文件的开头。".encode("gb18030")).encoding == "gb18030"


def test_a_record_for_another_text_is_refused() -> None:
    record = decode(encoded("".join(HANT), "big5")).to_dict(text=False)
    with pytest.raises(RecordError):
        Decoding.from_dict(record, text="短").raw()
    with pytest.raises(RecordError):
        Decoding.from_dict({"encoding": "big5"})


def test_the_record_of_sound_text_holds_no_bytes() -> None:
    for encoding, sentences in SOUND:
        assert decode(encoded("\n".join(sentences), encoding)).to_dict(text=False)["verbatim"] == []


def test_the_record_holds_only_the_bytes_that_do_not_follow_from_the_text() -> None:
    data = encoded("\n".join(HANT), "big5")
    twin = data.replace(encoded("說", "big5"), b"\xa2\xcc", 1)  # A2CC is a second code of 十
    found = decode(twin)
    assert "十" in found.text
    assert len(found.to_dict(text=False)["verbatim"]) == 1
    assert Decoding.from_dict(found.to_dict()).raw() == twin
