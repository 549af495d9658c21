"""Question marks that stand for lost characters are flagged, and those that ask are not."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from cleancorpus.mojibake import RULES, Repair
from cleancorpus.mojibake.questions import in_question
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

REPAIR = Repair(RuleSet(RULES))
CLEAN = Path(__file__).resolve().parents[3] / "shared" / "eval" / "clean"
LOST = {"mojibake.lost-character", "mojibake.lost-characters", "mojibake.lost-byte"}


def flagged(text: str) -> bool:
    proposal = REPAIR.propose(TextBatch.from_text(text), Context())
    return any(row[2] in LOST for row in proposal.flags.rows())


@pytest.mark.parametrize(
    "text",
    [
        "老掌柜对伙计们说?? 这批货先不要卖。",  # a mark before an ideographic blank
        "修正公布第 31??34、40 條條文。",  # between numbers
        "依第 4 項、?? 8 條規定辦理。",  # behind a mark that goes on
        "老人的權益?S護與居家照顧，都要加強。",  # half of a Big5 character
        "這個方法叫做?凶? `reverse`，沒有參數。",  # one character between two marks
        "│除外之工業??                          │別原為工業│",  # before the padding of a table's cell
        "全村人都来了，把新修?渠看了一遍。",
    ],
)
def test_a_lost_character_is_flagged(text: str) -> None:
    assert flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "你去过那个村子没有?? 我没去过。",
        "怎么说好了又不去了??大家都在等，快来。",
        "去不去?去！大家都去，一个不少。",
        "这件衣服好看不好看?我，说不上来。",
        "那里来的这许多人?都是看戏的，从县里来。",
        "难道他忘记这件事?不会的，他记性好。",
        "他走了?? \n我不信，他昨天还在。",
        "小明：??",
        "return value ?? 0;  // 没有就用 0",
        "INSERT INTO t VALUES (??, ??)  -- 两个占位符",
        "https://example.com/?q=1??2&page=3 打开这个网址",
    ],
)
def test_a_question_mark_that_asks_is_not_flagged(text: str) -> None:
    assert not flagged(text)


def test_a_question_is_told_by_its_own_clause_and_text() -> None:
    texts = ["为什么下雨。天晴", "天晴", "他来没来", "什么", ""]
    batch = TextBatch.from_texts(texts)
    places = batch.offsets[1:]
    asks = in_question(batch.codepoints, places, batch.offsets[:-1])
    assert asks.tolist() == [False, False, True, True, False]
    assert in_question(batch.codepoints, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)).tolist() == []


@pytest.mark.skipif(not CLEAN.is_dir(), reason="the shared corpora are not there")
def test_few_questions_of_clean_texts_are_taken_for_losses() -> None:
    """A question mark that is written narrow and twice among full-width ones, as an eager writer may."""
    lines = {
        line
        for path in sorted(CLEAN.glob("*/*"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "？" in line and "?" not in line and 10 < len(line) < 400
    }
    chosen = random.Random(11).sample(sorted(lines), 400)
    for mark in ("?", "??"):
        batch = TextBatch.from_texts(line.replace("？", mark, 1) for line in chosen)
        flags = REPAIR.propose(batch, Context()).flags
        taken = {int(number) for number in batch.document_of(flags.start)}
        assert len(taken) <= 16
