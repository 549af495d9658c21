"""The laws of the stage: fixpoint, no neighbours, clean text untouched, hostile text bearable."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.boilerplate.families import menu_words
from cleancorpus.boilerplate.strip import Level
from cleancorpus.errors import SettingsError
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

RULESET = RuleSet(RULES)
CONSERVATIVE, MAIN = Strip(RULESET), Strip(RULESET, "main-content")

_HITS = [line for rule in RULES for hit in rule.hits for line in hit.split("\n")]
_WORDS = list(menu_words())[:200]
_PROSE = [
    *("今天上午，市里举行了一次会议，会议由市长主持。", "“好，”他说，“我们走。”"),
    *("短句。", "一个标题", "", "  ", "1", "图"),
]
pages = st.lists(st.sampled_from([*_HITS, *_WORDS, *_PROSE]) | st.text(max_size=12), max_size=30).map("\n".join)


def once(stage: Strip, text: str) -> str:
    batch = TextBatch.from_text(text)
    return stage.propose(batch, Context()).edits.apply(batch).text(0)


@given(pages)
def test_a_text_does_not_depend_on_its_neighbours(text: str) -> None:
    neighbours = ["登录/注册\n首页\n京ICP备00000000号", text, "一句话。", ""]
    batch = TextBatch.from_texts(neighbours)
    for stage in (CONSERVATIVE, MAIN):
        assert stage.propose(batch, Context()).edits.apply(batch).text(1) == once(stage, text)


@given(pages)
def test_only_deletions_of_whole_spans(text: str) -> None:
    batch = TextBatch.from_text(text)
    for stage in (CONSERVATIVE, MAIN):
        edits = stage.propose(batch, Context()).edits
        edits.check(batch)
        assert all(after == "" for after in edits.after.to_texts())
        assert set(edits.rule_ids()) <= {rule.id for rule in stage.rules}


@given(pages)
def test_it_settles_soon(text: str) -> None:
    for stage in (CONSERVATIVE, MAIN):
        for _ in range(5):
            shorter = once(stage, text)
            if shorter == text:
                break
            text = shorter
        assert once(stage, text) == text


def test_a_disabled_rule_does_not_act() -> None:
    stage = Strip(RuleSet(RULES, disable=["boilerplate"]))
    assert once(stage, "登录/注册\n京ICP备00000000号") == "登录/注册\n京ICP备00000000号"


def test_a_rule_that_flags_changes_nothing() -> None:
    rule = Rule(id="mine.notice", why="A notice.", safety="flag", line="注意事项.{0,10}")
    proposal = Strip(RuleSet([*RULES, rule])).propose(TextBatch.from_text("注意事项如下\n一句话。"), Context())
    assert len(proposal.edits) == 0
    assert [(row[0], row[1], row[2]) for row in proposal.flags.rows()] == [(0, 6, "mine.notice")]


def test_rules_of_users_act_through_re2() -> None:
    pytest.importorskip("re2", reason="RE2 is not installed")
    rule = Rule(id="mine.slogan", why="A slogan.", line="某某每天[一-龥]{1,4}", span="【某某】", words=("某某",))
    assert once(Strip(RuleSet([*RULES, rule])), "某某每天向上\n某某\n他【某某】来了。") == "他来了。"


def test_levels() -> None:
    with pytest.raises(SettingsError):
        Strip(RULESET, "thorough")  # type: ignore[arg-type]  # what a caller without types may pass


@pytest.mark.parametrize("level", ["conservative", "main-content"])
@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", " ", "一", "\r\n\r", "\ud800", "首页"])
def test_texts_of_nothing(level: Level, text: str) -> None:
    assert once(Strip(RULESET, level), text) == text


@pytest.mark.parametrize(
    "text",
    [
        "首页" * 150_000,
        "(" * 300_000 + ")" * 300_000,
        "\n" * 1_000_000,
        "第1页" * 100_000,
        "| " * 200_000,
        "来源:" * 100_000,
        " " * 500_000 + "一",
        "\n".join(["2020-01-01 12:00 " * 8] * 3_000),
        "北京市|" * 60_000,
        "www." * 100_000,
        "【" * 100_000,
        "首页|" * 100_000,
    ],
    ids=[
        *("words", "brackets", "empty lines", "pages", "bars", "labels", "blanks", "times", "places", "hosts"),
        *("quotes", "words and bars"),
    ],
)
def test_hostile_text(text: str) -> None:
    assert len(once(CONSERVATIVE, text)) <= len(text)


def test_clean_text_is_left(shared_eval: Path) -> None:
    """At most one character in 100,000 goes; what does is a menu that stands in the reference itself."""
    removed = total = 0
    for file in sorted((shared_eval / "clean").glob("*/*")):
        text = file.read_text(encoding="utf-8")[:400_000]
        batch = TextBatch.from_texts([text[at : at + 4000] for at in range(0, len(text), 4000)])
        edits = CONSERVATIVE.propose(batch, Context()).edits
        total += len(text)
        removed += sum(len(before.strip()) for before in edits.before(batch).to_texts())
    assert removed <= total / 100_000


def test_the_last_lines_of_a_poem_behind_a_menu_stay() -> None:
    body = "今天上午，市里举行了一次会议，会议由市长主持，说要把路修好，把树种好。\n" * 6
    foot = "后一页\n前一页\n回目录\n回首页\n"
    last = "由来同是梦，莫笑世人痴！"
    headlines = "甲说了一句话\n一条长标题，分成了三段，还没完\n又一条标题\n最后一条\n"
    assert once(CONSERVATIVE, body + foot + last).endswith(last)
    assert "标题" not in once(CONSERVATIVE, body + foot + headlines)


def test_a_long_second_text_is_the_pages_too() -> None:
    prose = "却说那日天色将晚，众人在廊下坐着闲话，忽然听得门外有人叩门，忙命人去看，原来是送信的到了。"
    verse = "莫道人间春色老，且听檐外雨声声！\n一灯如豆照无眠，三更风雨到窗前！\n故园消息何时到，不觉霜华又满天！"
    first, second = "\n".join([prose] * 400), "\n".join([prose] * 90)
    page = f"{first}\n上一页\n下一页\n相关文章\n回目录\n{second}\n{verse}"
    assert once(CONSERVATIVE, page).endswith(f"{second}\n{verse}")


FRAMED = "首页\n登录/注册\n{}\n责任编辑：王某某\n上一页\n下一页\n相关文章\n关于我们 | 联系我们\n京ICP备00000000号"


def test_the_model_takes_nothing_from_clean_text_in_a_frame(shared_eval: Path) -> None:
    for file in sorted((shared_eval / "clean").glob("*/*")):
        text = file.read_text(encoding="utf-8")[:200_000]
        batch = TextBatch.from_texts([FRAMED.format(text[at : at + 2000]) for at in range(0, len(text), 2000)])
        assert "boilerplate.below-main-content" not in CONSERVATIVE.propose(batch, Context()).edits.rule_ids()


def test_the_model_is_not_asked_where_its_rule_is_off() -> None:
    rule = next(rule for rule in RULES if rule.id == "boilerplate.below-main-content")
    off = Strip(RuleSet(RULES, disable=[rule.id]))
    kept, gone = once(off, rule.hits[0]), once(CONSERVATIVE, rule.hits[0])
    assert "读书会" in kept
    assert "读书会" not in gone
    assert once(CONSERVATIVE, gone) == gone


@pytest.mark.parametrize("folder", ["pages/*/flat/*", "more_pages/flat/*"])
def test_a_second_pass_takes_nothing_from_real_pages(shared_eval: Path, folder: str) -> None:
    files = sorted(shared_eval.glob(folder))
    batch = TextBatch.from_texts([file.read_text(encoding="utf-8", errors="replace") for file in files])
    after = CONSERVATIVE.propose(batch, Context()).edits.apply(batch)
    assert len(CONSERVATIVE.propose(after, Context()).edits) == 0
