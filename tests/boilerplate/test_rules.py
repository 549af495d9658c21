"""Every rule acts on all of its hits and on none of its misses."""

from __future__ import annotations

from functools import cache

import pytest

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.boilerplate.families import menu_words, pattern_rules
from cleancorpus.boilerplate.matching import LONGEST_LINE
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

# Runs are made of what the other rules know, and these tell entries, so such rules act only in company.
IN_COMPANY = frozenset(
    f"boilerplate.{name}" for name in ("chrome-run", "outside-main-content", "below-main-content", "entry-contents")
)


@cache
def stage_of(rule: Rule) -> Strip:
    rules = RULES if rule.id in IN_COMPANY else (rule,)
    return Strip(RuleSet(rules, enable=[rule.id]))


def rules_that_act(rule: Rule, text: str) -> list[str]:
    return stage_of(rule).propose(TextBatch.from_text(text), Context()).edits.rule_ids()


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, text, id=f"{rule.id.removeprefix('boilerplate.')}-{number}")
        for rule in RULES
        for number, text in enumerate(getattr(rule, kind))
    ]


@pytest.mark.parametrize(("rule", "text"), cases("hits"))
def test_hit(rule: Rule, text: str) -> None:
    assert rule.id in rules_that_act(rule, text)


@pytest.mark.parametrize(("rule", "text"), cases("misses"))
def test_miss(rule: Rule, text: str) -> None:
    assert rule.id not in rules_that_act(rule, text)


@pytest.mark.parametrize("rule", [r for r in RULES if r.words], ids=lambda rule: rule.id)
def test_words_are_in_folded_form_and_act(rule: Rule) -> None:
    text = "\n".join(rule.words)
    edits = stage_of(rule).propose(TextBatch.from_text(text), Context()).edits
    assert edits.apply(TextBatch.from_text(text)).text(0).strip() == ""


def test_a_word_belongs_to_one_rule_and_is_no_menu_word() -> None:
    words = [word for rule in pattern_rules() for word in rule.words]
    assert sorted(words) == sorted(set(words))
    assert not set(words) & set(menu_words())


@pytest.mark.parametrize("rule", pattern_rules(), ids=lambda rule: rule.id)
def test_a_rule_says_what_it_hits_and_what_it_leaves(rule: Rule) -> None:
    assert rule.hits
    assert rule.misses
    assert rule.family


@pytest.mark.parametrize("rule", pattern_rules(), ids=lambda rule: rule.id)
def test_no_line_takes_long(rule: Rule) -> None:
    """Lines made of a rule's own hits, over and over, are the hardest that its pattern can meet."""
    stage = stage_of(rule)
    for hit in (*rule.hits, *rule.words[:5]):
        for text in ((hit * LONGEST_LINE)[:LONGEST_LINE], (hit[:-1] * LONGEST_LINE)[: LONGEST_LINE - 1] + "。"):
            assert len(stage.propose(TextBatch.from_text(text), Context()).edits) <= len(text)
