"""Every rule's own examples: each hit is edited or flagged by that rule, no miss is."""

from __future__ import annotations

import pytest

from cleancorpus.mojibake import RULES, Repair
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Context, Proposal
from cleancorpus.text import TextBatch

REPAIR = Repair(RuleSet(RULES, enable=["mojibake"]))


def propose(text: str) -> Proposal:
    return REPAIR.propose(TextBatch.from_text(text), Context())


def rules_named(proposal: Proposal) -> set[str]:
    return {*proposal.edits.rule_ids(), *(row[2] for row in proposal.flags.rows())}


@pytest.mark.parametrize(("rule", "text"), [(rule, hit) for rule in RULES for hit in rule.hits])
def test_a_hit_is_acted_on(rule: Rule, text: str) -> None:
    proposal = propose(text)
    assert rule.id in rules_named(proposal)
    assert rule.safety == "flag" or rule.id in proposal.edits.rule_ids()


@pytest.mark.parametrize(("rule", "text"), [(rule, miss) for rule in RULES for miss in rule.misses])
def test_a_miss_is_left_alone(rule: Rule, text: str) -> None:
    assert rule.id not in rules_named(propose(text))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_is_off_does_nothing(rule: Rule) -> None:
    quiet = Repair(RuleSet(RULES, enable=["mojibake"], disable=[rule.id]))
    for text in rule.hits:
        assert rule.id not in rules_named(quiet.propose(TextBatch.from_text(text), Context()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_examples(rule: Rule) -> None:
    assert rule.hits
