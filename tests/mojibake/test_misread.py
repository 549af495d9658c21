"""Misread runs: where they end, over line ends and beside frames, by both readers of Big5, and what stays unclear."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cleancorpus.language import load_model
from cleancorpus.mojibake import RULES, Repair
from cleancorpus.mojibake.big5_readers import big5_readers, decided
from cleancorpus.mojibake.charsets import big5, big5_hkscs, gbk
from cleancorpus.mojibake.excerpts import SEPARATOR, Excerpt, line_starts
from cleancorpus.mojibake.misread_run import Run
from cleancorpus.mojibake.one_to_one import choose
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context, Proposal
from cleancorpus.text import TextBatch, encode_codepoints
from tests.mojibake.garbling import HANS, HANT, garbler

REPAIR = Repair(RuleSet(RULES))


def propose(text: str) -> tuple[str, Proposal]:
    batch = TextBatch.from_text(text)
    proposal = REPAIR.propose(batch, Context())
    return proposal.edits.apply(batch).text(0), proposal


def misread(text: str, encoding: str, reader: str) -> str:
    wrong = garbler.misread(text, (encoding, reader))
    assert isinstance(wrong, str)
    return wrong


# -- whole lines and documents, every sentence --------------------------------------------------------

WHOLE = [
    (text, encoding, reader)
    for sentences, encodings in ((HANS, ("utf-8", "gbk")), (HANT, ("utf-8", "gbk", "big5")))
    for sentence in sentences
    for text in (sentence, sentence[:-1])
    for encoding, reader in garbler.LAYERS
    if encoding in encodings and garbler.misread(text, (encoding, reader))
]


@pytest.mark.parametrize(("text", "encoding", "reader"), WHOLE)
def test_a_whole_document_comes_back(text: str, encoding: str, reader: str) -> None:
    assert propose(misread(text, encoding, reader))[0] == text


@pytest.mark.parametrize(("text", "encoding", "reader"), WHOLE)
def test_a_whole_line_between_good_ones_comes_back(text: str, encoding: str, reader: str) -> None:
    good = HANS[2] if encoding != "big5" else HANT[1]
    assert propose(f"{good}\n{misread(text, encoding, reader)}\n{good}")[0] == f"{good}\n{text}\n{good}"


def test_there_are_cases_of_every_layer() -> None:
    assert {case[1:] for case in WHOLE} >= set(garbler.LAYERS) - {("utf-8", "big5")}


# -- UTF-8 as single bytes --------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", garbler.SINGLE_BYTE_READERS)
@pytest.mark.parametrize("text", [*HANS[:4], *HANT[:2]])
def test_what_any_single_byte_set_read_comes_back(text: str, reader: str) -> None:
    wrong = misread(text, "utf-8", reader)
    assert propose(wrong)[0] == text
    assert propose(f"{HANT[1]}\n{wrong}\n{HANT[1]}")[0] == f"{HANT[1]}\n{text}\n{HANT[1]}"
    assert propose(text[:3] + misread(text[3:9], "utf-8", reader) + text[9:])[0] == text


@pytest.mark.parametrize("reader", ["cp1250", "cp1251", "cp1253", "cp1257"])
def test_a_byte_that_a_set_leaves_open_is_restored_or_marked(reader: str) -> None:
    for text in HANS[:6]:
        wrong = text.encode().decode(reader, "replace")
        got = propose(wrong)[0]
        assert len(got) == len(text)
        assert all(one in (other, "\ufffd") for one, other in zip(got, text, strict=True))


def test_turkish_letters_stand_for_bytes_too() -> None:
    text = "搭绣衣，и红鞋，在灵前默诵接引诸咒。"
    assert "Ğ" in misread(text, "utf-8", "cp1254")
    assert propose(misread(text, "utf-8", "cp1254"))[0] == text
    assert propose(misread("新增学位一万两千个", "gbk", "cp1254"))[0] == "新增学位一万两千个"


def test_of_two_sets_the_one_is_taken_by_which_it_is_chinese() -> None:
    # By Windows-1252 these are sequences too, of characters that nobody writes.
    assert propose(misread("我们在中国生活", "utf-8", "iso8859_15"))[0] == "我们在中国生活"


@pytest.mark.parametrize("text", ["«Я видел её…»", "Но и…” — “Моё”", "И─┤ И─┤", "Prší déšť."])
def test_one_word_of_another_language_is_no_misread_character(text: str) -> None:
    assert propose(text)[0] == text
    assert propose(HANS[0] + text)[0] == HANS[0] + text


# -- runs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "reader"), [("gbk", "latin-1"), ("gbk", "cp1252"), ("gbk", "big5")])
@pytest.mark.parametrize("end", range(2, 7))
def test_a_run_may_go_over_the_end_of_a_line(encoding: str, reader: str, end: int) -> None:
    text = f"{HANS[0]}\n{HANS[5]}"
    start = len(HANS[0]) - 12
    stop = len(HANS[0]) + 1 + end
    run = misread(text[start:stop], encoding, reader)
    got, proposal = propose(text[:start] + run + text[stop:])
    left = text[:start] + run + text[stop:]
    assert got == text or (
        got == left and any(row[2] == "mojibake.unclear-misreading" for row in proposal.flags.rows())
    )


def test_most_runs_over_a_line_end_are_repaired() -> None:
    text = f"{HANS[0]}\n{HANS[5]}"
    start = len(HANS[0]) - 12
    done = 0
    for end in range(2, 7):
        stop = len(HANS[0]) + 1 + end
        run = misread(text[start:stop], "gbk", "latin-1")
        done += propose(text[:start] + run + text[stop:])[0] == text
    assert done == 5


@pytest.mark.parametrize(
    ("text", "encoding", "reader"),
    [
        ("- [目錄 - 安裝](/install.html)", "big5", "cp936"),
        ("### 用 Rust 寫的 Web 框架 {#web}", "big5", "cp936"),
        ("表 3-2: 設定的 `timeout` 單位", "big5", "cp936"),
        ("- [檔案名稱](src/config.toml)", "gbk", "big5"),
    ],
)
def test_private_use_characters_tell_in_lines_of_few_characters(text: str, encoding: str, reader: str) -> None:
    wrong = misread(text, encoding, reader)
    assert any(0xE000 <= ord(character) <= 0xF8FF for character in wrong)
    assert propose(wrong)[0] == text
    assert propose(f"{HANT[0]}\n{wrong}\n{HANT[1]}")[0] == f"{HANT[0]}\n{text}\n{HANT[1]}"


def test_a_short_run_before_common_characters_is_looked_at() -> None:
    text = "將 *src/main.rs* 檔案分開來，將一些程式碼移到別處。"
    start = text.index("檔")
    wrong = text[:start] + misread(text[start : start + 4], "gbk", "big5hkscs") + text[start + 4 :]
    assert propose(wrong)[0] == text


def test_frames_of_tables_are_part_of_a_line() -> None:
    text = "│配件工業    │從事製造各種機器配件之工業。      │      │"
    assert propose(misread(text, "gbk", "big5"))[0] == text


def test_numbers_between_marks_are_no_end() -> None:
    text = "修正公布第 3、5、12、17、20、25、37、43 條條文；第 7 條亦同"
    assert propose(misread(text, "gbk", "big5"))[0] == text


def test_what_browsers_read_as_big5_is_read_back_by_their_table() -> None:
    text = "新增学位一万两千个，各区县要统筹安排好校舍建设。"
    seen = misread(text, "gbk", "big5hkscs")
    assert big5().codes(encode_codepoints(seen)).tolist() != big5_hkscs().codes(encode_codepoints(seen)).tolist()
    assert propose(seen)[0] == text


def test_letters_that_both_readers_of_big5_have_tell_neither() -> None:
    text = "老船工说，从前过河要等半天，现在大桥修通了，孩子们上学再也不用起早贪黑。"
    start = text.index("，现在大桥")
    for reader in ("big5", "big5hkscs"):
        damage = garbler.layered(text, (start, start + 9), ("gbk", reader))
        assert re.search("[\u0400-\u04ff\u3040-\u30ff]", damage.text)
        assert propose(damage.text)[0] == text


def test_hkscs_leads_back_from_the_second_plane() -> None:
    point = encode_codepoints("𡐤")
    assert int(big5_hkscs().codes(point)[0]).to_bytes(2).decode("big5hkscs") == "𡐤"


@pytest.mark.parametrize(
    "text",
    [
        "发展水平\n（三）预算收入编制是否与经济社会发展水平相适应",
        "经济发展水平不断提高，社会保障水平也逐步提高。",
    ],
)
def test_good_text_whose_bytes_are_utf8_by_chance_stays_beside_a_misread_line(text: str) -> None:
    first, *rest = text.split("\n")
    damaged = "\n".join([first, *(misread(line, "utf-8", "cp936") for line in rest)])
    assert propose(damaged)[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "第一步，把文件名改成 main.rs，然后保存。",
        "これは日本語の文章です。漢字も仮名もあります。図書館で本を読む。",
        "ㄅㄆㄇㄈ是注音符號，ㄉㄊㄋㄌ也是，學生要會讀會寫。",
        "龘靐齉爩、麤鱻、驫骉，这些字很少见，写起来也麻烦。",
        "价格为︵一百元︶，﹁引號﹂﹃用於直排﹄。",
    ],
)
def test_whole_text_with_strange_characters_stays(text: str) -> None:
    assert propose(text)[0] == text


# -- parts ----------------------------------------------------------------------------------------------


def test_an_excerpt_holds_the_lines_beside_and_leads_back() -> None:
    batch = TextBatch.from_texts(["一\n\n二\n三\n四", "五\n六"])
    place = batch.to_texts()[0].index("三")
    places = np.array([place, place])
    edges = line_starts(batch, places)
    assert edges.tolist() == [0, 3, 5, 7, 8, 11]  # the blank line goes with the first, the other text is not cut
    excerpt = Excerpt.lines(batch, places, edges)
    assert "".join(map(chr, excerpt.text.tolist())).split(chr(SEPARATOR))[0] == "二\n三\n四\n"
    assert excerpt.origin.tolist() == [place - 2]
    both = Excerpt.documents(batch, [1, 0])
    assert both.origin.tolist() == batch.offsets[:-1].tolist()


def test_the_choice_is_clear_inside_and_open_where_both_readings_are_good() -> None:
    model = load_model()
    truth = HANS[0]
    wrong = misread(truth[6:20], "gbk", "big5")
    text = encode_codepoints(truth[:6] + wrong + truth[20:])
    codes = big5().codes(text)
    read = np.where(codes > 0, gbk().character[codes], text).astype(np.uint32)
    choice = choose(text, read, codes > 0, model)
    assert np.flatnonzero(choice.back).tolist() == list(range(6, 20))
    assert choice.stretches() == [(6, 20)]
    assert (choice.margin > 0).all()
    same = choose(text, text, np.ones(len(text), dtype=bool), model)
    assert not same.back.any()
    assert np.isinf(same.margin).all()


def test_the_reader_of_big5_is_told_by_its_own_characters_or_by_the_text() -> None:
    model = load_model()
    sentence = "其中最要測定水管渠道"
    assert propose(misread(sentence, "gbk", "big5hkscs"))[0] == sentence
    text = encode_codepoints(f"甲\n{misread(sentence, 'gbk', 'big5hkscs')}\n乙")
    assert len(big5_readers(text)) == 2
    after = encode_codepoints(sentence)
    other = after.copy()
    other[0] = ord("莋")
    runs = [[Run(2, len(text) - 2, read, "r", 100.0, 9.0, strong=True)] for read in (other, after)]
    assert [run.after.tolist() for run in decided(text, runs, model)] == [after.tolist()]
    same = [[runs[1][0]], [runs[1][0]]]
    assert all(np.array_equal(run.after, after) for run in decided(text, same, model))


@pytest.mark.parametrize("text", [HANT[0], HANT[1][:-1]])
@pytest.mark.parametrize("inner", [("gbk", "latin-1"), ("big5", "cp936")])
def test_a_span_misread_twice_comes_back_to_its_ends(text: str, inner: tuple[str, str]) -> None:
    wrong = misread(misread(text, *inner), "utf-8", "cp1252")
    assert propose(wrong)[0] == text
    assert propose(f"{HANT[2]}{wrong}{HANT[2]}")[0] == f"{HANT[2]}{text}{HANT[2]}"


@pytest.mark.parametrize("inner", [("utf-8", "cp1252"), ("gbk", "cp1252"), ("big5", "latin-1")])
def test_signs_of_windows_and_ascii_between_them_do_not_hide_a_layer_of_latin_letters(inner: tuple[str, str]) -> None:
    good, joined = HANT[2], "".join(HANT)
    spans = [(start, start + length) for length in (12, 13, 15) for start in range(0, len(joined) - length, 2)]
    made = (
        garbler.layered(
            good + joined[start:end] + good, (len(good), len(good) + end - start), inner, ("utf-8", "cp936")
        )
        for start, end in spans
    )
    lossless = [damage for damage in made if damage is not None][:30]
    assert len(lossless) > 10
    left = [damage.truth for damage in lossless if propose(damage.text)[0] != damage.truth]
    assert len(left) * 20 <= len(lossless), left


@pytest.mark.parametrize("behind", ["煤矿", "没有"])
def test_good_text_whose_bytes_are_latin_letters_stays_behind_a_span_misread_twice(behind: str) -> None:
    text = HANS[0][:12]
    wrong = misread(misread(text, "gbk", "cp1252"), "utf-8", "cp936")
    assert propose(f"{HANS[1]}{wrong}{behind}，{HANS[2]}")[0] == f"{HANS[1]}{text}{behind}，{HANS[2]}"


def test_a_slip_between_two_lost_bytes_is_no_misread_line() -> None:
    text = "全县干部认真学习\ufffd\ue0cb压ぷ髦械奈\ufffd题一件一件解决好。"
    assert not {"mojibake.big5-as-gbk", "mojibake.gbk-as-big5"} & set(propose(text)[1].edits.rule_ids())


@pytest.mark.parametrize("text", [*HANS[:3], "中"])
@pytest.mark.parametrize("times", [2, 3, 4])
def test_utf8_misread_again_and_again_comes_back(text: str, times: int) -> None:
    wrong = text
    for _ in range(times):
        wrong = misread(wrong, "utf-8", "cp1252")
    assert propose(wrong)[0] == text


@pytest.mark.parametrize("reader", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "text", ["the author’s complement: https://example.org/", "见 Author’s Notes – 第三版", "annotations | 詮釋 |"]
)
def test_a_mark_or_two_characters_among_latin_letters_come_back(text: str, reader: str) -> None:
    assert propose(misread(text[:20], "utf-8", reader) + text[20:])[0] == text


def test_a_rare_character_of_a_name_is_no_second_layer() -> None:
    text = "攻打邺都，又打邺"
    damage = garbler.layered(f"李绍荣到达{text}都南门，并派人守城。", (5, 5 + len(text)), ("utf-8", "cp1252"))
    assert propose(damage.text)[0] == damage.truth
