"""Characters in place of others: runs of them are replaced at once, and only where no conversion made the evidence."""

from __future__ import annotations

import pytest

import cleancorpus as cc
from cleancorpus.mojibake import RULES, Repair
from cleancorpus.rules import RuleSet
from cleancorpus.settings import Target
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

HKSCS = "mojibake.hkscs-private-use"
REPAIR = Repair(RuleSet(RULES, enable=[HKSCS]))


def once(text: str) -> str:
    batch = TextBatch.from_text(text)
    return REPAIR.propose(batch, Context()).edits.apply(batch).text(0)


@pytest.mark.parametrize(
    "text", ["佢哋喺度食\ue2e5\ue2e6\ue2e7嘢", "歷史\uf98e\uf98e\uf98e代", "年年\ue81e\ue826\ue82b字形"]
)
def test_a_run_is_replaced_at_once(text: str) -> None:
    done = once(text)
    assert done != text
    assert once(done) == done
    assert not any(point in done for point in "\ue2e5\ue2e6\ue2e7\uf98e\ue81e\ue826\ue82b")


def test_a_run_far_from_chinese_characters_stays() -> None:
    assert once("abc \ue81e\ue826 def") == "abc \ue81e\ue826 def"


@pytest.mark.parametrize("script", ["keep", "hk", "tw"])
def test_conversion_makes_no_evidence_for_private_use_characters_of_hong_kong(script: Target) -> None:
    text = "内容简介\ue019\ue5ed\ue5f7，国会开过两次会议，讨论了经济问题。"
    document = cc.clean(text, script=script, enable=[HKSCS])
    assert all(point in document.text for point in "\ue019\ue5ed\ue5f7")
