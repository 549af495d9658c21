"""Punctuation: a labelled table, quotation marks with nesting, flags, and laws on any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.engine import settle
from cleancorpus.rules import RuleSet
from cleancorpus.script import RULES, Unify
from cleancorpus.script.quotes import CORNER, CURLY, converted_quotes, marks_of, quoted_lines
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch
from tests import strategies
from tests.script.test_unify import flags, unified

EVAL = Path(__file__).parents[3] / "shared" / "eval"
MARKS = RuleSet(RULES, enable=["script.half-width-mark", "script.stray-blank"])
QUOTES = RuleSet(RULES, enable=["script.other-quotation-marks"])
HALF_WIDTH = ',;:?!()".'


def cases() -> list[tuple[str, str]]:
    rows = (Path(__file__).parent / "punctuation.tsv").read_text(encoding="utf-8").splitlines()
    split = [row.split("\t") for row in rows if not row.startswith("# ")]
    return [(text, text if wanted == "=" else wanted) for text, wanted in split]


CASES = cases()


def test_there_are_three_hundred_cases() -> None:
    assert len({text for text, _ in CASES}) >= 300
    assert sum(text == wanted for text, wanted in CASES) >= 100


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_case(text: str, wanted: str) -> None:
    assert unified(text, Unify(MARKS)) == wanted
    assert unified(wanted, Unify(MARKS)) == wanted


def test_nothing_is_touched_by_default() -> None:
    text = "你好,世界。他说“ 好 ”"
    assert unified(text, Unify()) == text


def test_fenced_code_is_left() -> None:
    text = "说明,如下:\n```\n中文,注释: x\n```\n结束,了\n"
    assert unified(text, Unify(MARKS)) == "说明，如下：\n```\n中文,注释: x\n```\n结束，了\n"


def test_numbers_set_off_by_habit_are_left() -> None:
    habit = "第 3 章,共 5 节,每节 2 页。见第4 章"
    assert unified(habit, Unify(MARKS)) == "第 3 章，共 5 节，每节 2 页。见第4 章"


NESTED = [
    ("「外『內』外」", "“外‘內’外”"),
    ("『外「內」外』", "“外‘內’外”"),
    ("「甲」「乙」", "“甲”“乙”"),
    ("「一『二「三」』」", "“一‘二“三”’”"),
]


@pytest.mark.parametrize(("corner", "curly"), NESTED)
def test_nesting(corner: str, curly: str) -> None:
    assert unified(corner, Unify(QUOTES, "hans")).translate(str.maketrans("內", "内")) == curly.replace("內", "内")
    back = dict(converted_quotes(curly, CORNER))
    assert "".join(back.get(place, mark) for place, mark in enumerate(curly)).count("「") == curly.count("“")


@given(st.text("“”‘’「」『』甲a'", max_size=14))
def test_quotations_keep_their_nesting(text: str) -> None:
    for wanted in (CURLY, CORNER):
        new = dict(converted_quotes(text, wanted))
        result = "".join(new.get(place, mark) for place, mark in enumerate(text))
        opening, closing = set("“‘「『"), set("”’」』")
        assert [mark in opening for mark in result if mark in opening | closing] == [
            mark in opening for mark in text if mark in opening | closing
        ]
        assert list(converted_quotes(result, wanted)) == []


def test_marks_that_do_not_nest_are_left() -> None:
    for text in ("「甲", "甲」", "「甲『乙」丙』", "“甲「乙”丙」"):
        assert list(converted_quotes(text, CURLY)) == []


def test_an_apostrophe_is_no_quotation_mark() -> None:
    assert unified("「it’s 好」说", Unify(QUOTES, "hans")) == "“it’s 好”说"


def test_keep_goes_by_the_documents_script() -> None:
    assert unified("他说「简体」", Unify(QUOTES)) == "他说“简体”"
    assert unified("他說“繁體”", Unify(QUOTES)) == "他說「繁體」"
    assert unified("“人”", Unify(QUOTES)) == "“人”"


UNCLOSED = [
    ("加快“科学发展，推进", ["“"]),
    ("“甲”和“乙”", []),
    ("“第一段\n“第二段”", []),
    ("“断在\n行里”", []),
    ("他说：“甲\n乙\n丙\n丁\n戊“己”", ["“"]),
    ("「甲『乙」", ["『"]),
    ("it’s", []),
]


@pytest.mark.parametrize(("text", "marks"), UNCLOSED)
def test_unclosed_quotations_are_flagged(text: str, marks: list[str]) -> None:
    found = [mark for rule, mark in flags(text, Unify()) if rule == "script.unclosed-quotation"]
    assert found == marks


@given(strategies.texts)
def test_settles_and_changes_only_marks_and_blanks(text: str) -> None:
    batch = TextBatch.from_text(text)
    once = settle(batch, (Unify(MARKS),), Context()).text
    assert settle(once, (Unify(MARKS),), Context()).text == once

    def bare(any_text: str) -> str:
        dropped = HALF_WIDTH + "，；：？！（）“”。 \u00a0\u3000\t"
        return any_text.translate(dict.fromkeys(map(ord, dropped)))

    assert bare(once.text(0)) == bare(text)


@given(st.text("abc,.:;!?() \"'12\n", max_size=60))
def test_latin_text_is_left(text: str) -> None:
    assert unified(text, Unify(MARKS)) == text


@pytest.mark.parametrize("unit", ["你?", "你(", "你好,", "1 ，", "“甲", '"甲"', "a@", "http:", "$", "<a", "]("])
def test_a_long_hostile_line_is_read_as_a_short_one(unit: str) -> None:
    # What the cost of such lines is stands in benchmarks/script_hostile.py; the square of it would not end here.
    stage = Unify(RuleSet(RULES, enable=["script"]))
    short, long = (len(stage.propose(TextBatch.from_text(unit * n), Context()).edits) for n in (1_000, 30_000))
    assert abs(long - 30 * short) <= 30 + 0.01 * long


@pytest.mark.skipif(not (EVAL / "seeds").exists(), reason="the seeds are not there")
def test_the_seeds_marks_are_widened() -> None:
    missed = total = 0
    for path in sorted((EVAL / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        batch = TextBatch.from_text(text)
        edits = Unify(MARKS).propose(batch, Context()).edits
        edited = set(edits.start.tolist())
        for place in range(1, len(text) - 1):
            # A mark between two ideographs is in Chinese context, whatever else is.
            if text[place] in ",;:!" and all("\u4e00" <= text[place + step] <= "\u9fff" for step in (-1, 1)):
                total += 1
                missed += place not in edited
    assert total > 900
    assert missed <= 0.01 * total


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("‘GDP’和Jones’都don’t是", "‘’"),
        ("Jones’和‘GDP’", "‘’"),
        ("他说GDP“涨”了", "“”"),
        ("他说“Jones’”了", "“”"),
        ("李‘ABC’’王", "‘’’"),
        ("’和‘", "’‘"),
    ],
)
def test_which_marks_are_apostrophes(text: str, marks: str) -> None:
    found = marks_of(text)
    assert "".join(mark for _, mark in found) == marks
    assert all(text[place] == mark for place, mark in found)


@pytest.mark.parametrize("mark", "‘’“”「」『』")
def test_every_kind_of_mark_makes_a_quoted_line(mark: str) -> None:
    batch = TextBatch.from_text(f"前一行\n他说{mark}好\n后一行")
    assert [line.text for line in quoted_lines(batch)] == [f"他说{mark}好"]
    assert [line.text for line in quoted_lines(batch, unbalanced=True)] == [f"他说{mark}好"]
    assert not list(quoted_lines(TextBatch.from_text("他说：好，„‚‛‟。")))
