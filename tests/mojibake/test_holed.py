"""Lines of which a wrong reader lost bytes: what is known comes back, what is not is marked and flagged."""

from __future__ import annotations

import pytest

from cleancorpus.language import load_model
from cleancorpus.mojibake import RULES, Repair
from cleancorpus.mojibake.charsets import big5_hkscs, gbk
from cleancorpus.mojibake.holed_lines import holed_runs
from cleancorpus.mojibake.readers import HOLE, big5_line_source, latin_source
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context, Flags
from cleancorpus.text import TextBatch, encode_codepoints
from tests.mojibake.garbling import HANS, HANT, garbler

REPAIR = Repair(RuleSet(RULES))
CASES = [
    (text, layer)
    for sentences in (HANS, HANT)
    for text in sentences
    for layer in garbler.LOSSY_LAYERS
    if garbler.holed(text, (0, len(text)), layer)
]


def propose(text: str) -> tuple[str, Flags]:
    batch = TextBatch.from_text(text)
    proposal = REPAIR.propose(batch, Context())
    return proposal.edits.apply(batch).text(0), proposal.flags


@pytest.mark.parametrize(("text", "layer"), CASES)
def test_what_is_known_comes_back(text: str, layer: tuple[str, str]) -> None:
    damage = garbler.holed(text, (0, len(text)), layer)
    got, flags = propose(damage.text)
    if got != damage.text:  # few may be left alone: the next test counts them
        assert len(got) == len(text)
        assert all(a in (b, "\ufffd") for a, b in zip(got, text, strict=True))
        lost = got.count("\ufffd")
        assert lost <= damage.text.count("\ufffd")
        assert sum(row[2] == "mojibake.lost-byte" for row in flags.rows()) >= lost


def test_nearly_all_lines_come_back() -> None:
    left = 0
    for text, layer in CASES:
        damage = garbler.holed(text, (0, len(text)), layer)
        left += propose(damage.text)[0] == damage.text
    assert len(CASES) > 30
    assert left <= len(CASES) // 20


def test_a_line_with_characters_of_another_reader_is_no_line_of_it() -> None:
    text = encode_codepoints("ÖÐ\ufffdÎÄ字")
    assert holed_runs(text, latin_source, gbk(), "x", load_model()) == []


@pytest.mark.parametrize(
    "text", ["他说\ufffd，然后走了。", "第一行\ufffd\n第二行没有问题。", "\ufffd\ufffd\ufffd", "naïve caf\ufffd"]
)
def test_a_mark_in_good_text_stays(text: str) -> None:
    assert propose(text)[0] == text


@pytest.mark.parametrize(
    "text", ["主管機關得廢止、輔導及其他必要之措施，並公告其內容。", "申請人得向法院提出諮詢、輔導及其他請求。"]
)
def test_the_euro_sign_before_a_lost_byte_is_a_pair(text: str) -> None:
    wrong = text.encode().decode("gb18030", "replace")
    assert "\N{EURO SIGN}\ufffd" in wrong
    got, _ = propose(wrong)
    assert len(got) == len(text)
    assert all(a in (b, "\ufffd") for a, b in zip(got, text, strict=True))


def test_characters_that_big5_has_twice_are_open_where_a_line_is_out_of_step() -> None:
    for character in "十卅":
        source = big5_line_source(encode_codepoints(f"中{character}"), big5_hkscs())
        assert source.data[2:].tolist() == [HOLE, HOLE]
        assert source.data[:2].tolist() == list("中".encode("big5"))
